"""Channels, places and values weighed by the network itself."""
