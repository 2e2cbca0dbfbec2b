"""The window: shows networks and asks for changes. Never torch by name."""
