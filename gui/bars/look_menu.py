"""The part of the View menu that changes the look: theme, interface scale, panels."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QApplication, QDockWidget, QMenu

from gui.appearance.dress import apply_theme
from gui.appearance.theme import SCALES
from gui.language.text import tr
from gui.session.preferences import Preferences


class LookMenus:
    """Submenus with one choice marked each."""

    def __init__(
        self,
        view: QMenu,
        preferences: Preferences,
        docks: Mapping[str, QDockWidget],
        set_reduce_motion: Callable[[bool], None],
    ) -> None:
        self._preferences = preferences
        self._set_reduce_motion = set_reduce_motion
        view.addSeparator()
        self.theme = view.addMenu(tr("Theme"))
        self.scale = view.addMenu(tr("Interface scale"))
        self.panels = view.addMenu(tr("Panels"))
        self.motion = view.addAction(tr("Reduce motion"))
        self.motion.setCheckable(True)
        self.motion.setChecked(preferences.reduce_motion)
        self.motion.toggled.connect(self._take_motion)
        set_reduce_motion(preferences.reduce_motion)
        self._groups: list[QActionGroup] = []
        modes = (("dark", tr("Dark")), ("light", tr("Light")), ("system", tr("As the system")))
        self._fill(self.theme, modes, preferences.theme, self._set_theme)
        scales = tuple((scale, f"{round(scale * 100)} %") for scale in SCALES)
        self._fill(self.scale, scales, preferences.scale, self._set_scale)
        for dock in docks.values():
            self.panels.addAction(dock.toggleViewAction())

    def _fill(self, menu: QMenu, choices: tuple, present: object, take: object) -> None:
        group = QActionGroup(menu)
        for value, text in choices:
            action = menu.addAction(text)
            action.setCheckable(True)
            action.setChecked(value == present)
            action.triggered.connect(lambda _=False, v=value: take(v))
            group.addAction(action)
        self._groups.append(group)

    def _take_motion(self, reduce: bool) -> None:
        self._preferences.reduce_motion = reduce
        self._set_reduce_motion(reduce)

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
