"""The learning rate over a run: one number per step, from the settings alone."""

from __future__ import annotations

import math

from backend.training.settings import TrainingSettings

_WARM_UP = 0.3
_START = 1 / 25  # of the highest rate
_END = 1e-4 * _START


class Schedule:
    """The learning rate of every step of a run.

    constant; step: times ``step_factor`` every ``step_size`` epochs; cosine: half a wave down to
    nothing; one-cycle: up from a 25th over 30 % of the run, then down to a ten-thousandth of that,
    both along a cosine, as torch's OneCycleLR (Smith and Topin, "Super-Convergence", 2018).
    """

    def __init__(self, settings: TrainingSettings, steps_per_epoch: int) -> None:
        self._settings = settings
        self._steps_per_epoch = steps_per_epoch
        self.total = settings.epochs * steps_per_epoch

    def rate(self, step: int) -> float:
        """The learning rate of ``step``, counted from 0."""
        settings = self._settings
        highest = settings.learning_rate
        if settings.schedule == "step":
            drops = step // (self._steps_per_epoch * settings.step_size)
            return highest * float(settings.step_factor**drops)
        if settings.schedule == "cosine":
            return _between(highest, 0.0, step / self.total)
        if settings.schedule == "one-cycle":
            top = max(_WARM_UP * self.total - 1, 0.0)
            if step < top:
                return _between(highest * _START, highest, step / top)
            rest = max(self.total - 1 - top, 1e-9)
            return _between(highest, highest * _END, (step - top) / rest)
        return highest

    def planned(self, most: int = 400) -> tuple[tuple[int, float], ...]:
        """At most ``most`` pairs (step from 1, rate), the first and the last step among them."""
        count = min(most, self.total)
        places = {round(i * (self.total - 1) / max(count - 1, 1)) for i in range(count)}
        return tuple((step + 1, self.rate(step)) for step in sorted(places))


def _between(start: float, end: float, share: float) -> float:
    return end + (start - end) * (1 + math.cos(math.pi * min(share, 1.0))) / 2
