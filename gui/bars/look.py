"""The look as a person prefers it: theme, size, motion, formulas on nodes. Kept for next time."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from PySide6.QtWidgets import QApplication

from gui.actions.action import Action, KeyScope
from gui.actions.menus import SCALE, THEME, VIEW
from gui.appearance.dress import apply_theme
from gui.appearance.theme import SCALES
from gui.language.text import tr
from gui.scene.scene import CanvasScene
from gui.session.preferences import Preferences


class Look:
    """Applies the preferences to the program and to a canvas, now and when they change."""

    def __init__(self, preferences: Preferences, scene: CanvasScene) -> None:
        self._preferences, self._scene = preferences, scene
        scene.set_reduce_motion(preferences.reduce_motion)
        scene.set_symbols(preferences.symbols)

    def offered(self) -> Iterator[Action]:
        """A choice of theme and of scale, and two switches."""
        kept = self._preferences
        modes = (("dark", tr("Dark")), ("light", tr("Light")), ("system", tr("As the system")))
        for number, (mode, text) in enumerate(modes):
            yield Action(
                f"theme_{mode}",
                text,
                THEME.at(1, number),
                partial(self._set_theme, mode),
                checked=partial(lambda mode: kept.theme == mode, mode),
            )
        for number, scale in enumerate(SCALES):
            percent = round(scale * 100)
            yield Action(
                f"scale_{percent}",
                f"{percent} %",
                SCALE.at(1, number),
                partial(self._set_scale, scale),
                checked=partial(lambda scale: kept.scale == scale, scale),
            )
        yield Action(
            "reduce_motion",
            tr("Reduce motion"),
            VIEW.at(4, 4),
            self._switch_motion,
            checked=lambda: kept.reduce_motion,
        )
        yield Action(
            "symbols",
            tr("Formulas on nodes, not values"),
            VIEW.at(2, 1),
            self._switch_symbols,
            ("S",),
            KeyScope.CANVAS,
            checked=lambda: kept.symbols,
        )

    def _switch_motion(self) -> None:
        self._preferences.reduce_motion = reduce = not self._preferences.reduce_motion
        self._scene.set_reduce_motion(reduce)

    def _switch_symbols(self) -> None:
        self._preferences.symbols = symbols = not self._preferences.symbols
        self._scene.set_symbols(symbols)

    def _set_theme(self, mode: str) -> None:
        self._preferences.theme = mode
        self._apply()

    def _set_scale(self, scale: float) -> None:
        self._preferences.scale = scale
        self._apply()

    def _apply(self) -> None:
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        apply_theme(app, self._preferences.theme, self._preferences.scale)
