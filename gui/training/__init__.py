"""The run: its controls, settings and curves."""
