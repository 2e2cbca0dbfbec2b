"""Pixels of no class: they are left out of loss, accuracy, overlap and pictures."""

from __future__ import annotations

VOID = 255
"""Their value in uint8 masks, whose classes are 0 to 254."""
IGNORED = -100
"""Their label in a batch: what torch's losses leave out."""
