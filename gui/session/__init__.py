"""The open document: its levels, its undo, what the person prefers."""
