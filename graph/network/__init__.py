"""Nodes, wires and edits."""
