"""What can be placed, and finding it."""
