"""Torch modules of this program, one self-contained class a file, copied into exported files."""
