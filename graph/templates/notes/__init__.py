"""What the literature says of the architectures."""
