"""The layer types: families of one file, and the registry of all."""
