"""The window puts it together."""
