"""Windows with weights."""
