"""The reins of a training: commands given from any thread, obeyed between two steps.

The trainer looks at one plain attribute per step; only when it is set does it take the lock.
Nothing here imports torch.
"""

from __future__ import annotations

import threading


class Control:
    """Pause, resume, step, stop and learning rate of one training."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._stopped = False
        self._paused = False
        self._steps = 0
        self._rate: float | None = None
        self._changes = 0
        self.attention = False
        """Whether there may be something to obey. Read without the lock, set with it."""

    def pause(self) -> None:
        """Wait after the present step."""
        with self._condition:
            self._paused = True
            self._steps = 0
            self._tell()

    def resume(self) -> None:
        """Go on."""
        with self._condition:
            self._paused = False
            self._steps = 0
            self._tell()

    def step_once(self) -> None:
        """Make one step more, then wait. Several calls add up."""
        with self._condition:
            self._paused = True
            self._steps += 1
            self._tell()

    def stop(self) -> None:
        """End soon. Nothing undoes it."""
        with self._condition:
            self._stopped = True
            self._tell()

    def set_learning_rate(self, value: float | None) -> None:
        """Hold the learning rate from the next step on; None returns to the schedule."""
        if value is not None and not 0 <= value < float("inf"):
            raise ValueError(f"the learning rate must be a number of at least 0, not {value}")
        with self._condition:
            self._rate = value
            self._tell()

    def wake(self) -> None:
        """Let a waiting trainer look around, for example because another look inside is wanted."""
        with self._condition:
            self._tell()

    def _tell(self) -> None:
        self._changes += 1
        self.attention = True
        self._condition.notify_all()

    # What the trainer asks

    @property
    def stopped(self) -> bool:
        """Whether to end."""
        return self._stopped

    @property
    def learning_rate(self) -> float | None:
        """The learning rate to hold, or None for the schedule's."""
        return self._rate

    @property
    def paused(self) -> bool:
        """Whether to wait, now or after the steps asked for."""
        return self._paused

    @property
    def waiting(self) -> bool:
        """Whether the next step must not be made yet."""
        with self._condition:
            return self._paused and not self._steps and not self._stopped

    def notice(self) -> int:
        """The number of commands so far. Lowers ``attention``, which later ones raise again,
        unless there is a pause to keep."""
        with self._condition:
            self.attention = self._paused
            return self._changes

    def take_step(self) -> None:
        """Count a step that is about to be made."""
        with self._condition:
            if self._steps:
                self._steps -= 1

    def wait(self, noticed: int) -> None:
        """Wait until there is a command beyond those ``noticed``."""
        with self._condition:
            self._condition.wait_for(lambda: self._changes > noticed)
