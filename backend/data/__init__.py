"""Labelled images: where they come from, how they are read, how a network is fed with them."""
