"""Data, pictures, fonts and the modules that exported files carry along."""
