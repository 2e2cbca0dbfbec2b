"""Editors of a list of numbers: one line of text, and a grid where the numbers are a kernel."""

from __future__ import annotations

import re
from math import isqrt
from typing import Any

from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from graph.values.declaration import FieldKind, FieldSpec
from gui.appearance.theme import current
from gui.forms.editor import Editor, spell
from gui.forms.entry import Entry, parse
from gui.language.text import tr, tr_count

GRID_SIDES = (3, 5)
"""Sides of kernels that are shown as a grid; others have no room in a form."""
_APART = re.compile(r"[;×\s]+")


def split_numbers(text: str) -> list[str]:
    """The numbers of a line, apart by spaces, semicolons or ×; by commas where nothing else is."""
    text = text.strip().strip("[]()").strip()
    if _APART.search(text):
        return [part for part in (p.strip(",") for p in _APART.split(text)) if part]
    return [part for part in text.split(",") if part]


class ListEditor(Editor):
    """All numbers in one line, apart by spaces."""

    def __init__(self, spec: FieldSpec, parent: QWidget) -> None:
        super().__init__(spec, parent)
        self._real = spec.kind is FieldKind.REALS
        self._line = self._entry(steps=False)
        least, most = spec.lengths
        if least == most:
            self._line.set_hint(tr_count("{n} number", "{n} numbers", least))
        self._row.addWidget(self._line)

    def read(self) -> Any:
        text = self._line.text()
        numbers = tuple(parse(part, real=self._real) for part in split_numbers(text))
        # As it was typed, the field's check can refuse it with a sentence.
        words = any(isinstance(number, str) for number in numbers)
        return text.strip() if words or not numbers else numbers

    def write(self, value: Any) -> None:
        self._line.setText(spell(self.spec, value))
        self._line.setCursorPosition(0)

    def inputs(self) -> list[QWidget]:
        return [self._line]

    def set_hint(self, text: str) -> None:
        self._line.set_hint(text)


class KernelEditor(ListEditor):
    """A line of numbers; while they fill a small square they also stand below it, row by row."""

    def __init__(self, spec: FieldSpec, parent: QWidget) -> None:
        super().__init__(spec, parent)
        self._row.removeWidget(self._line)
        column = QVBoxLayout()
        column.setSpacing(current().space("xs"))
        column.addWidget(self._line)
        self._grid = QGridLayout()
        self._grid.setSpacing(2)
        column.addLayout(self._grid)
        self._row.addLayout(column)
        self._cells: list[Entry] = []
        self._line.textEdited.disconnect()
        self._line.textEdited.connect(self._typed)

    def _typed(self, _text: str) -> None:
        self._show_cells()
        self.edited.emit()

    def _show_cells(self) -> None:
        """One cell per number, as a square, or none."""
        parts = split_numbers(self._line.text())
        side = isqrt(len(parts))
        if side not in GRID_SIDES or side * side != len(parts):
            parts, side = [], 1
        if len(parts) != len(self._cells):
            self._make_cells(len(parts), side)
        for cell, text in zip(self._cells, parts, strict=True):
            if cell.text() != text:
                cell.setText(text)
                cell.setCursorPosition(0)

    def _make_cells(self, count: int, side: int) -> None:
        for cell in self._cells:
            self._grid.removeWidget(cell)
            cell.hide()
            cell.deleteLater()
        self._cells = []
        before: QWidget = self._line
        for place in range(count):
            row, column = divmod(place, side)
            cell = Entry(self)
            name = tr("Row {row}, column {column}", row=row + 1, column=column + 1)
            cell.setAccessibleName(name)
            cell.setToolTip(name)
            cell.textEdited.connect(self._cell_typed)
            self._grid.addWidget(cell, row, column)
            cell.show()
            QWidget.setTabOrder(before, cell)
            before = cell
            self._cells.append(cell)

    def _cell_typed(self, _text: str) -> None:
        # An empty cell keeps its place as a word that no check takes.
        self._line.setText(" ".join(cell.text().strip() or "?" for cell in self._cells))
        self.edited.emit()

    def write(self, value: Any) -> None:
        super().write(value)
        self._show_cells()

    def inputs(self) -> list[QWidget]:
        return [self._line, *self._cells]
