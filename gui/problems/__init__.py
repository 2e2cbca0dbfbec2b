"""Faults and the ways out."""
