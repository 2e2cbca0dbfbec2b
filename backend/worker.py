"""One training in a thread of its own, watched through a bounded buffer of events.

The window starts it, drains the buffer on a timer and never waits. Nothing here imports torch
before the thread runs.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from backend.events import Event
from backend.settings import TrainingSettings
from graph.plan import Plan


@dataclass(frozen=True, slots=True)
class DataRequest:
    """Which data: a known name or a folder, and how images are fitted to the network's input."""

    spec: str
    fit: Literal["auto", "resize", "pad"] = "auto"


class Worker:
    """Prepares the data and trains. All methods return at once and may be called at any time.

    After the end, ``drain`` has given exactly one ``Finished`` or ``Failed``, as the last event.
    """

    def __init__(
        self,
        plan: Plan,
        settings: TrainingSettings,
        data: DataRequest,
        out: Path | None = None,
        *,
        weights: Path | None = None,
        leave_cores: int = 1,
    ) -> None:
        """``out`` is the folder for the weights (made if missing); ``weights`` a safetensors file
        to start from. Without ``settings.threads`` the CPU trains on all cores but
        ``leave_cores``."""
        raise NotImplementedError

    def start(self) -> None:
        """Begin. Once only."""

    def drain(self) -> list[Event]:
        """The events since the last call, oldest first; neighbouring Progress events are one."""
        raise NotImplementedError

    def pause(self) -> None:
        """Wait after the present step."""

    def resume(self) -> None:
        """Go on."""

    def step_once(self) -> None:
        """Make one step, then wait."""

    def stop(self) -> None:
        """End soon, at the next step or batch; also while preparing or paused."""

    def set_learning_rate(self, value: float | None) -> None:
        """Hold the learning rate at ``value`` from the next step on; None: follow the schedule."""

    def watch(self, filters: Iterable[str] = (), maps: Iterable[str] = (), image: int = 0) -> None:
        """Look at these nodes (ids) with validation image ``image``; answered by Probed, also
        while paused. Empty: look at nothing but the probabilities."""

    @property
    def alive(self) -> bool:
        """Whether the thread runs."""
        raise NotImplementedError

    def join(self, timeout: float | None = None) -> bool:
        """Wait for the end (not in the window's thread). Returns whether it came."""
        raise NotImplementedError
