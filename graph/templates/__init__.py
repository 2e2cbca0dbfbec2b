"""Architectures to begin with, fitted to any images."""
