"""Curves, of anything."""
