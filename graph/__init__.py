"""What a network is: layers, networks, edits, analysis, plans, export, project files.

Standard library, networkx and pydantic only. Never torch, never Qt.
"""
