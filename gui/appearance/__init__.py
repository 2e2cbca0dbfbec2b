"""Colours, sizes, fonts, icons."""
