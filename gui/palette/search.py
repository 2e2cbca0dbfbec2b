"""The search that opens on the canvas: a field over a list of what can be placed and matches."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from graph.calls.call import Shape
from graph.layers.base.layer import Layer
from graph.ready.presets import Preset
from gui.appearance.glyphs import glyph_icon
from gui.appearance.theme import current, set_property
from gui.language.text import tr
from gui.palette.finding import SearchAnswer, find, nothing_found
from gui.palette.search_rows import SearchRow, rows_of
from gui.palette.stock import Stock

MOST = 200
NOTE = Qt.ItemDataRole.UserRole + 1
FITS = Qt.ItemDataRole.UserRole + 2


class SearchPopup(QFrame):
    """A field and a list, for the keyboard: type, arrows, Enter; Escape closes."""

    chosen = Signal(object, object)
    """The Layer to place, and the graph.ready.presets.Preset that it is of, or None."""
    closed = Signal()

    def __init__(self, parent: QWidget, stock: Stock) -> None:
        super().__init__(parent)
        self._around, self._stock = parent, stock
        self.setProperty("level", "card")
        self.setAccessibleName(tr("Search for a layer"))
        self._shape: Shape | None = None
        self._suits: Callable[[Layer], bool] | None = None
        self._answer = SearchAnswer(())
        self._rows: list[SearchRow] = []
        self.field = QLineEdit(self)
        self.field.setPlaceholderText(tr("Layer, for example conv 64 3 s2"))
        self.field.setAccessibleName(tr("Layer to add"))
        self.list = QListWidget(self)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.list.setItemDelegate(_Row(self.list))
        self.empty = QLabel(self)
        self.empty.setTextFormat(Qt.TextFormat.PlainText)
        self.empty.setWordWrap(True)
        set_property(self.empty, "role", "hint")
        self.hint = QLabel(tr("Shift+Tab instead of Tab connects to the chosen layer"), self)
        self.hint.setTextFormat(Qt.TextFormat.PlainText)
        self.hint.setWordWrap(True)
        set_property(self.hint, "role", "hint")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(6)
        for widget in (self.field, self.list, self.empty, self.hint):
            layout.addWidget(widget)
        self.field.textChanged.connect(self._search)
        self.list.itemClicked.connect(self._choose)
        self.field.installEventFilter(self)
        self.hide()

    def open_at(
        self, point: QPoint, shape: Shape | None, suits: Callable[[Layer], bool] | None = None
    ) -> None:
        """Show the list at a point of the parent. ``shape`` ranks, ``suits`` leaves out."""
        self._shape, self._suits = shape, suits
        self.hint.setVisible(suits is None)  # else the layer is connected anyway
        theme = current()
        size = QSize(theme.pixels(300), theme.pixels(340))
        room = self._around.rect()
        size = size.boundedTo(room.size())
        x = max(0, min(point.x(), room.width() - size.width()))
        y = max(0, min(point.y(), room.height() - size.height()))
        self.setGeometry(QRect(QPoint(x, y), size))
        self.field.clear()
        self._search("")
        self.show()
        self.raise_()
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)

    def close_list(self) -> None:
        """Hide and tell so."""
        if not self.isHidden():
            self.hide()
            self.closed.emit()

    def _search(self, text: str) -> None:
        shape, suits, stock = self._shape, self._suits, self._stock
        self._answer = find(text, shape, suits, stock.usable())
        self._rows = rows_of(self._answer, text, shape, suits, stock.elsewhere())[:MOST]
        self.list.clear()
        for row in self._rows:
            item = QListWidgetItem(row.title)
            item.setIcon(glyph_icon(row.category))
            item.setData(NOTE, row.note)
            item.setData(FITS, row.fits)
            item.setToolTip(row.tip)
            self.list.addItem(item)
        nothing = not self._rows
        self.list.setVisible(not nothing)
        self.empty.setVisible(nothing)
        self.empty.setText(nothing_found(self._answer) if nothing else "")
        self.list.setCurrentRow(0)
        tall = self.list.count() * current().size("tree_row") if not nothing else 40
        room = self._around.height() - self.y()
        high = min(current().pixels(340), tall + self.field.sizeHint().height() + 34, room)
        self.resize(self.width(), max(high, self.field.sizeHint().height() + 34))

    def _choose(self) -> None:
        preset: Preset | None = None
        if self._rows:
            row = self._rows[max(0, self.list.currentRow())]
            layer, preset = row.layer or self._stock.layer(row.key), row.preset
        elif self._answer.closest:
            layer = self._answer.closest[0].layer
        else:
            return
        self.hide()
        if layer is not None:
            self.chosen.emit(layer, preset)
        self.closed.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.field and isinstance(event, QKeyEvent):
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()  # keys typed here belong here, not to the window's menus
                return True
            if event.type() == QEvent.Type.KeyPress:
                return self._key(Qt.Key(event.key()))
        if watched is self.field and event.type() == QEvent.Type.FocusOut:
            self.close_list()
        return super().eventFilter(watched, event)

    def _key(self, key: Qt.Key) -> bool:
        if key == Qt.Key.Key_Escape:
            self.close_list()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab):
            self._choose()
        elif key in (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp):
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 8}.get(key, -8)
            row = max(0, min(self.list.count() - 1, self.list.currentRow() + step))
            self.list.setCurrentRow(row)
        else:
            return False
        return True


class _Row(QStyledItemDelegate):
    """Icon, name, and at the right what comes out; what does not fit is paler and says why."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Any) -> QSize:
        return QSize(100, current().size("tree_row"))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Any) -> None:
        theme = current()
        rect = option.rect
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, theme.accent.background)
        fits = index.data(FITS)
        icon = rect.adjusted(6, 0, 0, 0)
        icon.setSize(QSize(theme.pixels(14), theme.pixels(14)))
        icon.moveTop(rect.center().y() - icon.height() // 2)
        index.data(Qt.ItemDataRole.DecorationRole).paint(painter, icon)
        painter.setFont(theme.font("body"))
        painter.setPen(theme.text.primary if fits else theme.text.tertiary)
        words = rect.adjusted(icon.width() + 14, 0, -6, 0)
        name = index.data(Qt.ItemDataRole.DisplayRole)
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
        painter.drawText(words, flags, name)
        used = QFontMetrics(theme.font("body")).horizontalAdvance(name) + 16
        note = index.data(NOTE)
        if note:
            font = theme.font("shape" if fits else "small")
            painter.setFont(font)
            painter.setPen(theme.text.secondary if fits else theme.text.tertiary)
            words.setLeft(words.left() + used)
            text = QFontMetrics(font).elidedText(note, Qt.TextElideMode.ElideRight, words.width())
            painter.drawText(words, flags | Qt.AlignmentFlag.AlignRight, text)
