"""A declaration as a form."""
