"""The names in use in a network, and the next free one: conv1, conv2 …

A base remembers how far its numbers are taken, so that naming many nodes does not count anew.
"""

from __future__ import annotations

from collections import Counter

DIGITS = "0123456789"


class UsedNames:
    """Names with how often each is used."""

    def __init__(self) -> None:
        self._count: Counter[str] = Counter()
        self._start: dict[str, int] = {}
        """For each base asked for, a number below which all are taken."""

    def add(self, name: str) -> None:
        self._count[name] += 1

    def remove(self, name: str) -> None:
        self._count[name] -= 1
        if self._count[name]:
            return
        del self._count[name]
        head = len(name.rstrip(DIGITS))
        for cut in range(head, len(name)):
            base = name[:cut]
            if base in self._start:
                self._start[base] = max(1, min(self._start[base], int(name[cut:])))

    def free(self, base: str) -> str:
        """``base`` with the smallest number that makes it unused."""
        number = self._start.get(base, 1)
        while f"{base}{number}" in self._count:
            number += 1
        self._start[base] = number
        return f"{base}{number}"
