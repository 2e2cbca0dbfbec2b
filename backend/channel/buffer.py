"""Events between the thread that trains and the window, never more than a fixed amount.

Neighbouring Progress is joined, and its points are thinned when nobody fetches them; of looks
inside only the newest stays. Everything else keeps its place, until there is far too much of it.
Nothing here imports torch.
"""

from __future__ import annotations

import threading
from dataclasses import replace

from backend.channel.events import (
    EpochDone,
    Event,
    Failed,
    Finished,
    Point,
    Preparing,
    Probed,
    Progress,
    Started,
)

MAX_EVENTS = 4096
MAX_POINTS = 16_384

_KEPT = (Started, EpochDone, Failed, Finished)


class _Run:
    """Progress that is still growing: the latest event, and the points of all of them."""

    __slots__ = ("latest", "points")

    def __init__(self, latest: Progress) -> None:
        self.latest = latest
        self.points = list(latest.points)

    def extend(self, other: _Run) -> None:
        self.latest = other.latest
        self.points += other.points

    def thin(self) -> None:
        """Put the mean of two neighbours in their place."""
        pairs = zip(self.points[::2], self.points[1::2], strict=False)
        odd = self.points[-1:] if len(self.points) % 2 else []
        self.points = [_mean(first, second) for first, second in pairs] + odd


def _mean(first: Point, second: Point) -> Point:
    return Point(
        second.step,
        (first.loss + second.loss) / 2,
        (first.accuracy + second.accuracy) / 2,
        second.learning_rate,
    )


class EventBuffer:
    """Put from one thread, drained from another."""

    def __init__(self) -> None:
        self._lock = threading.Condition()
        self._entries: list[Event | _Run] = []
        self._n_points = 0
        self._look: Probed | None = None

    def put(self, event: Event) -> None:
        """Add an event."""
        with self._lock:
            if isinstance(event, Probed):
                if self._look is not None:
                    self._drop_look()
                self._look = event
            elif isinstance(event, Preparing) and isinstance(self._last(), Preparing):
                self._entries.pop()
            self._append(_Run(event) if isinstance(event, Progress) else event)
            self._lock.notify_all()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until there is an event; returns whether there is one."""
        with self._lock:
            return self._lock.wait_for(lambda: bool(self._entries), timeout)

    def drain(self) -> list[Event]:
        """All events since the last call, oldest first."""
        with self._lock:
            entries, self._entries = self._entries, []
            self._n_points, self._look = 0, None
        return [
            replace(entry.latest, points=tuple(entry.points)) if isinstance(entry, _Run) else entry
            for entry in entries
        ]

    def _last(self) -> Event | _Run | None:
        return self._entries[-1] if self._entries else None

    def _append(self, entry: Event | _Run) -> None:
        last = self._last()
        if isinstance(entry, _Run):
            self._n_points += len(entry.points)
        if isinstance(entry, _Run) and isinstance(last, _Run):
            last.extend(entry)
        else:
            self._entries.append(entry)
        if self._n_points > MAX_POINTS:
            self._thin()
        if len(self._entries) > MAX_EVENTS:
            self._shorten()

    def _drop_look(self) -> None:
        """Take the earlier look out, and join the progress around it."""
        entries = self._entries
        index = next((i for i in reversed(range(len(entries))) if entries[i] is self._look), None)
        self._look = None
        if index is None:
            return
        del entries[index]
        if 0 < index < len(entries):
            before, after = entries[index - 1], entries[index]
            if isinstance(before, _Run) and isinstance(after, _Run):
                before.extend(after)
                del entries[index]

    def _thin(self) -> None:
        runs = [entry for entry in self._entries if isinstance(entry, _Run)]
        for run in runs:
            run.thin()
        self._n_points = sum(len(run.points) for run in runs)

    def _shorten(self) -> None:
        """Leave out the oldest quarter, first of what matters least."""
        surplus = MAX_EVENTS // 4
        for spared in ((*_KEPT, _Run), (Started, Failed, Finished, _Run)):
            left: list[Event | _Run] = []
            for entry in self._entries:
                if surplus > 0 and not isinstance(entry, spared):
                    surplus -= 1
                else:
                    left.append(entry)
            self._entries = left
        self._join()

    def _join(self) -> None:
        """Join runs that have become neighbours."""
        joined: list[Event | _Run] = []
        for entry in self._entries:
            if joined and isinstance(entry, _Run) and isinstance(joined[-1], _Run):
                joined[-1].extend(entry)
            else:
                joined.append(entry)
        self._entries = joined
