"""Torch modules of this program, one class a file, copied into exported files."""
