"""All about what is chosen."""
