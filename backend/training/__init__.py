"""The training: its loop, its thread, its settings."""
