"""Menus, tool bar, status bar, the list of commands."""
