"""Looking into a module while it learns and afterwards."""
