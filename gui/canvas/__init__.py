"""The view, gestures, edits by hand."""
