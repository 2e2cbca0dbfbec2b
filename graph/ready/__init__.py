"""Ready-made layers and blocks."""
