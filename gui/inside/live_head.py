"""The line over the live panel: which node is looked at, and where what is shown comes from."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from gui.appearance.glyphs import paint_glyph
from gui.appearance.theme import current, notifier
from gui.language.text import tr
from gui.widgets.parts import Elided, Label

Paint = Callable[[QPainter, QRectF], None]


class LiveHead(QWidget):
    """Glyph, name and type of the node; at the right the step of what is shown."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._category, self._live = "", False
        self._glyph = _Spot(self, self._paint_glyph)
        self._name = Elided(tr("Live"), "panel_title", self)
        self._type = Label("", "hint", self)
        self._dot = _Spot(self, self._paint_dot)
        self._step = Label("", "hint", self)
        self._row = QHBoxLayout(self)
        for widget in (self._glyph, self._name, self._type):
            self._row.addWidget(widget)
        self._row.addStretch(1)
        self._row.addWidget(self._dot)
        self._row.addWidget(self._step)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._restyle()
        notifier.changed.connect(self._restyle)

    def _restyle(self) -> None:
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(current().space("s"))
        self.setFixedHeight(current().size("dock_header"))

    def show_node(self, category: str, name: str, kind: str) -> None:
        """Another node."""
        self._category = category
        self._name.set_text(name)
        self._type.setText(kind)
        self._glyph.update()

    def show_step(self, text: str, live: bool) -> None:
        """Where what is shown comes from."""
        self._live = live
        self._step.setText(text)
        self._dot.update()

    def name(self) -> str:
        return self._name.text()

    def step_text(self) -> str:
        return self._step.text()

    def _paint_glyph(self, painter: QPainter, rect: QRectF) -> None:
        if self._category:
            paint_glyph(painter, self._category, rect, current().role(self._category))

    def _paint_dot(self, painter: QPainter, rect: QRectF) -> None:
        if self._live:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(current().success.base)
            painter.drawEllipse(rect.center(), 4, 4)


class _Spot(QWidget):
    """A small square that somebody else paints."""

    def __init__(self, parent: QWidget, paint: Paint) -> None:
        super().__init__(parent)
        self._paint = paint
        self.setFixedSize(current().pixels(16), current().pixels(16))

    def paintEvent(self, event: QPaintEvent) -> None:
        self._paint(QPainter(self), QRectF(self.rect()))
