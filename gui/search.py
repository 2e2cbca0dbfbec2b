"""Finding a layer by a few typed characters: ``conv 64 3 s2``, ``relu``, ``BatchNorm2d``.

``find`` ranks the layer types: those that fit the shape at hand come first. Numbers are settings in
the order of the type's fields; a letter names a setting (s stride, p padding, d dilation,
g groups, k kernel_size).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
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

from graph.declaration import FieldError, FieldSpec, Kind, fields_of
from graph.layer import Layer, Shape, dims
from graph.layers import LAYERS
from gui.glyphs import glyph_icon
from gui.text import tr
from gui.theme import current, set_property

LETTERS = {
    "k": "kernel_size",
    "s": "stride",
    "p": "padding",
    "d": "dilation",
    "g": "groups",
}
_LETTERED = re.compile(r"([kspdg])(\d+(?:[x×*]\d+)*)$")
_NUMBER = re.compile(r"\d+(?:\.\d+)?$|\.\d+$")
_SIZES = re.compile(r"\d+(?:[x×*]\d+)+$")
PADDINGS = ("same", "valid")
CLOSE_ENOUGH = 0.5
MOST = 60


@dataclass(frozen=True, slots=True)
class Found:
    """A layer that matches, ready to be placed. ``note`` is its result, or why it does not fit."""

    layer: Layer
    fits: bool
    note: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a search gives; ``closest`` are types whose names resemble a text that nothing has."""

    found: tuple[Found, ...]
    closest: tuple[Found, ...] = ()
    words: str = ""
    trouble: str = ""
    """What is wrong with a number that was typed."""


def find(
    text: str, shape: Shape | None = None, suits: Callable[[Layer], bool] | None = None
) -> Answer:
    """The layer types for a text, best first. ``shape`` is what would arrive."""
    words, settings = _split(text)
    rated: list[tuple[bool, float, int, Found]] = []
    trouble = ""
    for place, kind in enumerate(LAYERS):
        score = _score(kind, words)
        if score is None:
            continue
        try:
            layer = kind.make(_settings(kind, settings))
        except FieldError as error:
            trouble = trouble or f"{kind.type_name()}: {tr(error.message)}"
            continue
        if suits is not None and not suits(layer):
            continue
        fits, note = _fit(layer, shape)
        rated.append((not fits, score, place, Found(layer, fits, note)))
    rated.sort(key=lambda entry: entry[:3])
    found = tuple(entry[3] for entry in rated)
    closest = () if found or trouble else _closest(words, shape, suits)
    return Answer(found, closest, words, "" if found else trouble)


def _split(text: str) -> tuple[str, list[str]]:
    """The words and the settings of a text."""
    words: list[str] = []
    settings: list[str] = []
    for part in text.lower().replace(",", " ").split():
        setting = _LETTERED.match(part) or _NUMBER.match(part) or _SIZES.match(part)
        if words and (setting or part in PADDINGS):
            settings.append(part)
        else:
            words.append(part)
    return " ".join(words), settings


def _settings(kind: type[Layer], parts: Sequence[str]) -> dict[str, Any]:
    """Field values from typed settings. Raises FieldError for one that the type cannot take."""
    specs = fields_of(kind)
    free = [spec for spec in specs.values() if spec.kind not in (Kind.FLAG, Kind.CHOICE)]
    values: dict[str, Any] = {}
    for part in parts:
        lettered = _LETTERED.match(part)
        if part in PADDINGS:
            if "padding" in specs:
                values["padding"] = part
            continue
        if lettered and LETTERS[lettered[1]] in specs:
            spec = specs[LETTERS[lettered[1]]]
            part = part[1:]
        else:
            spec = next((s for s in free if s.name not in values), None)  # type: ignore[assignment]
            if spec is None or lettered:
                continue
        values[spec.name] = _value(spec, part)
    return values


def _value(spec: FieldSpec, part: str) -> Any:
    if spec.kind is Kind.REAL:
        return float(part) if _NUMBER.match(part) else part
    pieces = re.split(r"[x×*]", part)
    if spec.kind is Kind.REALS:
        return tuple(float(piece) for piece in pieces if _NUMBER.match(piece))
    sizes = tuple(int(piece) if piece.isdigit() else 0 for piece in pieces)
    if spec.kind in (Kind.PAIR, Kind.TRIPLE) and len(sizes) == 1:
        return sizes * spec.lengths[0]
    if spec.kind is Kind.INTEGER:
        return sizes[0] if len(set(sizes)) == 1 else sizes
    return sizes


def _names(kind: type[Layer]) -> tuple[str, ...]:
    """What a type is called, most telling first."""
    words = (*kind.search, *(tr(word) for word in kind.search))
    return (kind.type_name().lower(), kind.base_name(), *(word.lower() for word in words))


def _score(kind: type[Layer], words: str) -> float | None:
    """How well a text names a type, 0 best; None if not at all."""
    if not words:
        return 0.0
    names = _names(kind)
    for index, name in enumerate(names):
        if name == words:
            return 0.0 if index < 2 else 1.0
    for index, name in enumerate(names):
        if name.startswith(words):
            return 2.0 if index < 2 else 3.0
    if any(f" {words}" in f" {name}" for name in names):
        return 4.0
    if len(words) > 1 and any(words in name for name in names[:2]):
        return 5.0
    label = f"{kind.category.value} {tr(_category_word(kind))}".lower()
    if len(words) > 2 and words in label:
        return 6.0
    pieces = words.split()
    if len(pieces) > 1 and all(any(piece in name for name in names) for piece in pieces):
        return 7.0
    return None


def _category_word(kind: type[Layer]) -> str:
    return kind.category.value.replace("_", " ")


def _fit(layer: Layer, shape: Shape | None) -> tuple[bool, str]:
    """Whether a layer takes a shape, and what comes out or what is in the way."""
    ports = layer.input_ports()
    if shape is None or not ports:
        return shape is None, ""
    if ports[0].many or len(ports) > 1:
        return True, ""
    for problem in layer.problems((shape,)):
        if not problem.warning:
            return False, tr(problem.why)
    outputs = layer.shapes((shape,))
    return True, dims(outputs[0]) if outputs else ""


def _closest(
    words: str, shape: Shape | None, suits: Callable[[Layer], bool] | None
) -> tuple[Found, ...]:
    """Up to three types whose names resemble a text."""
    rated = []
    for place, kind in enumerate(LAYERS):
        likeness = max(
            SequenceMatcher(None, words, name[: len(words) + 1]).ratio()
            for name in (kind.type_name().lower(), *_names(kind))
        )
        layer = kind()
        if likeness >= CLOSE_ENOUGH and (suits is None or suits(layer)):
            fits, note = _fit(layer, shape)
            rated.append((-likeness, place, Found(layer, fits, note)))
    rated.sort(key=lambda entry: entry[:2])
    return tuple(entry[2] for entry in rated[:3])


def nothing_found(answer: Answer) -> str:
    """The line shown where the list would be."""
    if answer.trouble:
        return answer.trouble
    if not answer.closest:
        return tr('Nothing called "{text}"', text=answer.words)
    names = ", ".join(found.layer.type_name() for found in answer.closest)
    return tr(
        'Nothing called "{text}". Closest: {names}. Enter adds the closest',
        text=answer.words,
        names=names,
    )


NOTE = Qt.ItemDataRole.UserRole + 1
FITS = Qt.ItemDataRole.UserRole + 2


class SearchPopup(QFrame):
    """A field and a list, for the keyboard: type, arrows, Enter; Escape closes."""

    chosen = Signal(object)
    """The Layer to place."""
    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("level", "card")
        self.setAccessibleName(tr("Search for a layer"))
        self._shape: Shape | None = None
        self._suits: Callable[[Layer], bool] | None = None
        self._answer = Answer(())
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
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(6)
        for widget in (self.field, self.list, self.empty):
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
        theme = current()
        size = QSize(theme.pixels(300), theme.pixels(340))
        room = self.parentWidget().rect()
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
        self._answer = find(text, self._shape, self._suits)
        self.list.clear()
        for found in self._answer.found[:MOST]:
            item = QListWidgetItem(found.layer.type_name())
            item.setIcon(glyph_icon(found.layer.category.value))
            item.setData(NOTE, found.note)
            item.setData(FITS, found.fits)
            item.setToolTip(found.layer.summary)
            self.list.addItem(item)
        nothing = not self._answer.found
        self.list.setVisible(not nothing)
        self.empty.setVisible(nothing)
        self.empty.setText(nothing_found(self._answer) if nothing else "")
        self.list.setCurrentRow(0)
        rows = self.list.count() * current().size("tree_row") if not nothing else 40
        room = self.parentWidget().height() - self.y()
        high = min(current().pixels(340), rows + self.field.sizeHint().height() + 34, room)
        self.resize(self.width(), max(high, self.field.sizeHint().height() + 34))

    def _choose(self) -> None:
        answer = self._answer
        found = answer.found or answer.closest
        if not found:
            return
        row = max(0, self.list.currentRow()) if answer.found else 0
        layer = found[row].layer
        self.hide()
        self.chosen.emit(layer)
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
