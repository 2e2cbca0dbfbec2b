"""Read-only source with line numbers, a bar in the layer's hue on its lines, and lit lines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextCursor,
    QTextFormat,
)
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QWidget

from gui.appearance.theme import current, notifier
from gui.code.highlight import PythonHighlighter
from gui.language.text import tr


class SourceView(QPlainTextEdit):
    """Shows source; a click or a move of the cursor tells the line."""

    line_chosen = Signal(int)
    """The line, from 1, that the user went to."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setFrameShape(QPlainTextEdit.Shape.NoFrame)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setTabChangesFocus(True)
        self.setAccessibleName(tr("Source code"))
        self._hues: dict[int, str] = {}
        self._gutter = _Gutter(self)
        self._highlighter = PythonHighlighter(self.document())
        self.updateRequest.connect(self._scrolled)
        self.blockCountChanged.connect(lambda _n: self._set_margin())
        notifier.changed.connect(self._restyle)
        self._restyle()

    def _restyle(self) -> None:
        theme = current()
        self.setFont(theme.font("code"))
        self.setStyleSheet(
            f"QPlainTextEdit {{ background: {theme.background.raised.name()}; border: none; }}"
        )
        self._set_margin()

    def show_source(self, text: str, hues: Mapping[int, str]) -> None:
        """Show a text; ``hues`` gives the layer category of a line."""
        self._hues = dict(hues)
        if text != self.toPlainText():
            across, down = self.horizontalScrollBar().value(), self.verticalScrollBar().value()
            self.setPlainText(text)
            self.horizontalScrollBar().setValue(across)
            self.verticalScrollBar().setValue(down)
        self._gutter.update()

    def light(self, lines: Iterable[int], *, follow: bool = True) -> None:
        """Lay the selection's ground under some lines; ``follow`` brings the first into view."""
        theme = current()
        marks = []
        wanted = sorted(lines)
        for line in wanted:
            mark = QTextEdit.ExtraSelection()
            mark.format.setBackground(theme.accent.background)
            mark.format.setProperty(QTextFormat.Property.FullWidthSelection, True)
            mark.cursor = QTextCursor(self.document().findBlockByNumber(line - 1))
            marks.append(mark)
        self.setExtraSelections(marks)
        if wanted and follow and not any(self._visible(line) for line in wanted):
            bar = self.verticalScrollBar()
            bar.setValue(max(0, wanted[0] - 1 - bar.pageStep() // 3))

    def lit(self) -> list[int]:
        """The lines that are lit."""
        return [mark.cursor.blockNumber() + 1 for mark in self.extraSelections()]

    def _visible(self, line: int) -> bool:
        block = self.document().findBlockByNumber(line - 1)
        box = self.blockBoundingGeometry(block).translated(self.contentOffset())
        return box.top() >= 0 and box.bottom() <= self.viewport().height()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        if event.button() == Qt.MouseButton.LeftButton and not self.textCursor().hasSelection():
            cursor = self.cursorForPosition(event.position().toPoint())
            self.line_chosen.emit(cursor.blockNumber() + 1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.line_chosen.emit(self.textCursor().blockNumber() + 1)
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        box = self.contentsRect()
        self._gutter.setGeometry(QRect(box.left(), box.top(), self._gutter_width(), box.height()))

    def _gutter_width(self) -> int:
        digits = max(3, len(str(self.blockCount())))
        return self.fontMetrics().horizontalAdvance("9") * digits + current().pixels(28)

    def _set_margin(self) -> None:
        self.setViewportMargins(self._gutter_width(), 0, 0, 0)

    def _scrolled(self, rect: QRect, down: int) -> None:
        if down:
            self._gutter.scroll(0, down)
        else:
            self._gutter.update(0, rect.y(), self._gutter.width(), rect.height())

    def paint_gutter(self, event: QPaintEvent) -> None:
        """Numbers and hue bars of the lines in view."""
        theme = current()
        painter = QPainter(self._gutter)
        painter.fillRect(event.rect(), theme.background.raised)
        painter.setFont(theme.font("mono"))
        lit = set(self.lit())
        block = self.firstVisibleBlock()
        box = self.blockBoundingGeometry(block).translated(self.contentOffset())
        width = self._gutter.width()
        right = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        while block.isValid() and box.top() <= event.rect().bottom():
            line, top, height = block.blockNumber() + 1, int(box.top()), int(box.height())
            if line in lit:
                painter.fillRect(0, top, width, height, theme.accent.background)
            painter.setPen(theme.text.tertiary)
            painter.drawText(0, top, width - theme.pixels(18), height, right, str(line))
            if line in self._hues:
                hue = theme.category[self._hues[line]]
                painter.fillRect(
                    width - theme.pixels(12), top + 2, theme.pixels(3), height - 4, hue
                )
            block = block.next()
            box = self.blockBoundingGeometry(block).translated(self.contentOffset())
        painter.end()


class _Gutter(QWidget):
    def __init__(self, view: SourceView) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self) -> QSize:
        return QSize(self._view._gutter_width(), 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        self._view.paint_gutter(event)
