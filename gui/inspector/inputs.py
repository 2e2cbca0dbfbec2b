"""The inputs of a merge in their order, which can be changed by buttons or Alt+Up, Alt+Down."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QToolButton, QVBoxLayout, QWidget

from graph.network.edits import Reorder
from gui.appearance.icons import icon
from gui.appearance.theme import current
from gui.language.text import shape, tr
from gui.session.session import Session


class InputOrder(QWidget):
    """One row per wire: place, source and shape."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._node = ""
        self._list = _Rows(self)
        self._list.setAccessibleName(tr("Order of inputs"))
        self._up = self._button("up", tr("Move up (Alt+Up)"), -1)
        self._down = self._button("down", tr("Move down (Alt+Down)"), 1)
        buttons = QVBoxLayout()
        buttons.addWidget(self._up)
        buttons.addWidget(self._down)
        buttons.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._list, 1)
        row.addLayout(buttons)
        self._list.currentRowChanged.connect(lambda _row: self._enable())

    def _button(self, name: str, text: str, step: int) -> QToolButton:
        button = QToolButton(self)
        button.setIcon(icon(name))
        button.setToolTip(text)
        button.setAccessibleName(text)
        button.clicked.connect(lambda: self.move_row(step))
        return button

    def show_node(self, node: str) -> None:
        """Show the wires on the many-input port of a node."""
        session = self._session
        rows = []
        for place, wire in enumerate(session.network.inputs(node), 1):
            source = session.network.nodes[wire.source].name
            known, assumed = session.analysis.wire_shape(wire.id)
            size = "?" if known is None else shape(known)
            rows.append(f"{place}   {source}   {tr('assumed') + ' ' if assumed else ''}{size}")
        if node != self._node or rows != [
            self._list.item(i).text() for i in range(self._list.count())
        ]:
            row = self._list.currentRow() if node == self._node else 0
            self._node = node
            self._list.clear()
            self._list.addItems(rows)
            self._list.setCurrentRow(min(row, len(rows) - 1))
        height = current().size("tree_row") * max(1, min(len(rows), 6)) + 2
        self._list.setFixedHeight(max(height, current().pixels(64)))
        self._enable()

    def rows(self) -> list[str]:
        return [self._list.item(i).text() for i in range(self._list.count())]

    def choose(self, row: int) -> None:
        self._list.setCurrentRow(row)

    def move_row(self, step: int) -> None:
        """Move the chosen input up or down by one place."""
        old = self._list.currentRow()
        new = old + step
        if old < 0 or not 0 <= new < self._list.count():
            return
        port = self._session.network.inputs(self._node)[old].input
        self._list.setCurrentRow(new)
        self._session.do(Reorder(self._node, port, old, new))

    def _enable(self) -> None:
        row, count = self._list.currentRow(), self._list.count()
        self._up.setEnabled(row > 0)
        self._down.setEnabled(0 <= row < count - 1)


class _Rows(QListWidget):
    def __init__(self, owner: InputOrder) -> None:
        super().__init__(owner)
        self._owner = owner

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        if step and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self._owner.move_row(step)
        else:
            super().keyPressEvent(event)
