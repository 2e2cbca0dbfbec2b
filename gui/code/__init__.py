"""The source beside the canvas."""
