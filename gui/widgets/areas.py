"""Walking with the keyboard from one part of the window to the next."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget


def focus_next(areas: Sequence[QWidget], step: int) -> None:
    """Put the keyboard into the next (1) or previous (−1) visible area that takes it."""
    visible = [area for area in areas if area.isVisible()]
    focus = QApplication.focusWidget()
    inside = (i for i, area in enumerate(visible) if focus and _holds(area, focus))
    here = next(inside, -1 if step > 0 else len(visible))
    for offset in range(1, len(visible) + 1):
        target = _first_focus(visible[(here + step * offset) % len(visible)])
        if target is not None:
            target.setFocus(Qt.FocusReason.TabFocusReason)
            return


def _takes_tab(widget: QWidget) -> bool:
    by_tab = widget.focusPolicy() & Qt.FocusPolicy.TabFocus
    return bool(by_tab) and widget.isVisible() and widget.isEnabled()


def _holds(area: QWidget, focus: QWidget) -> bool:
    return area is focus or area.isAncestorOf(focus)


def _first_focus(area: QWidget) -> QWidget | None:
    """The first visible widget of an area that takes the keyboard."""
    for widget in (area, *area.findChildren(QWidget)):
        if _takes_tab(widget):
            return widget
    return None
