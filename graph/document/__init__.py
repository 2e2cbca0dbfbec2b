"""The files: strict JSON, projects, a person's saved blocks."""
