"""Nodes on their way to a new place: one animation for all, interrupted by the next."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QAbstractAnimation, QEasingCurve, QObject, QPointF, QVariantAnimation


class Glide(QObject):
    """Moves pictures from start to goal; ``place`` is called with positions and whether final."""

    def __init__(self, parent: QObject, place: Callable[[dict[str, QPointF], bool], None]) -> None:
        super().__init__(parent)
        self._place = place
        self._starts: dict[str, QPointF] = {}
        self._goals: dict[str, QPointF] = {}
        self._animation = QVariantAnimation(self)
        self._animation.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._animation.setStartValue(0.0)
        self._animation.setEndValue(1.0)
        self._animation.valueChanged.connect(self._step)
        self._animation.finished.connect(self.finish)

    @property
    def running(self) -> bool:
        return self._animation.state() == QAbstractAnimation.State.Running

    def carries(self, node: str) -> bool:
        """Whether a node is on its way."""
        return node in self._goals

    def start(self, starts: dict[str, QPointF], goals: dict[str, QPointF], duration: int) -> None:
        """Send nodes to their goals; those still on their way from before arrive at once."""
        rest = {node: goal for node, goal in self._goals.items() if node not in goals}
        self.stop()
        if rest:
            self._place(rest, not goals)
        self._starts, self._goals = starts, goals
        if duration <= 0:
            self.finish()
        else:
            self._animation.setDuration(duration)
            self._animation.start()

    def finish(self) -> None:
        """Let all arrive now."""
        goals = self._goals
        self.stop()
        if goals:
            self._place(goals, True)

    def stop(self) -> None:
        """Forget all without moving them."""
        self._goals = {}
        self._animation.stop()

    def _step(self, part: float) -> None:
        if not self._goals or part >= 1:
            return
        places = {
            node: self._starts[node] + (goal - self._starts[node]) * part
            for node, goal in self._goals.items()
        }
        self._place(places, False)
