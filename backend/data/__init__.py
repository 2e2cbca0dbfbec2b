"""Data sets by their names: every format is asked in turn."""
