"""Data that can be used once the person has decided something."""

from __future__ import annotations

from graph.values.message import Message, UserError


class ThresholdWanted(UserError):
    """Masks in shades of grey, of which ``threshold`` might part background and object."""

    def __init__(self, message: Message, threshold: int) -> None:
        super().__init__(message)
        self.threshold = threshold
