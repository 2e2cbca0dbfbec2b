"""The page of the run: its controls, settings and curves."""
