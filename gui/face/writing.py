"""The texts of a node's face, cut to their places once and painted many times."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter

from gui.appearance.theme import current
from gui.face import measures as m
from gui.face.anatomy import Face, InputSlot, OutputSlot
from gui.face.outline import BodyForm

NAME_X = m.PAD + m.GLYPH + 6
LEAST_TYPE = 40.0
GAP = 4.0
MARK = 12.0
"""The side of the mark of a frozen layer."""


@dataclass(frozen=True, slots=True)
class Text:
    """One line: base line in node coordinates, font and colour."""

    point: QPointF
    text: str
    font: QFont
    colour: QColor


def texts_of(face: Face) -> tuple[Text, ...]:
    """All lines of a face in the present theme."""
    found = _header(face)
    if face.form in (BodyForm.FULL, BodyForm.PORTS):
        middle = m.HEADER + m.ROW / 2 + 1
        found += _rows(face, face.rows, middle, m.ROW)
        found += _pair(face, face.footer, "small", middle + m.ROW, current().text.secondary)
        if face.form is BodyForm.PORTS:
            found += _port_names(face)
    elif face.form is BodyForm.OPERATOR:
        found += _rows(face, face.rows, m.HEADER + (m.OPERATOR_HEIGHT - m.HEADER) / 2, m.ROW)
    elif face.form is BodyForm.CONCAT:
        found += _rows(face, face.rows, m.HEADER + m.CONCAT_ROW / 2, m.CONCAT_ROW)
    return tuple(found)


def _base(font: QFont, middle: float) -> float:
    metrics = QFontMetricsF(font)
    return round(middle + (metrics.ascent() - metrics.descent()) / 2)


def _header(face: Face) -> list[Text]:
    theme = current()
    name_font, type_font, note_font = (
        m.canvas_font("name"),
        m.canvas_font("small"),
        m.canvas_font("mono"),
    )
    right = face.width - m.PAD - (MARK + GAP if face.frozen else 0)
    found: list[Text] = []
    middle = m.HEADER / 2
    if face.note:
        width = QFontMetricsF(note_font).horizontalAdvance(face.note)
        base = _base(note_font, middle)
        found.append(Text(QPointF(right - width, base), face.note, note_font, theme.text.primary))
        right -= width + GAP
    metrics = QFontMetricsF(name_font)
    name = metrics.elidedText(face.name, Qt.TextElideMode.ElideRight, right - NAME_X)
    found.append(
        Text(QPointF(NAME_X, _base(name_font, middle)), name, name_font, theme.text.primary)
    )
    left = NAME_X + metrics.horizontalAdvance(name) + 6
    kind = face.kind
    type_metrics = QFontMetricsF(type_font)
    if type_metrics.horizontalAdvance(kind) > right - left:
        kind = kind.removesuffix("2d")
    if right - left >= LEAST_TYPE or type_metrics.horizontalAdvance(kind) <= right - left:
        kind = type_metrics.elidedText(kind, Qt.TextElideMode.ElideRight, right - left)
        found.append(
            Text(QPointF(left, _base(name_font, middle)), kind, type_font, theme.text.secondary)
        )
    return found


def _port_names(face: Face) -> list[Text]:
    """What the inputs are called at the left, the outputs at the right, each at its port."""
    font, colour = m.canvas_font("small"), current().text.secondary
    metrics = QFontMetricsF(font)
    room = face.width / 2 - m.PAD - GAP
    found: list[Text] = []
    slots: list[InputSlot | OutputSlot] = [*face.inputs, *face.outputs]
    for slot in slots:
        name = metrics.elidedText(slot.name, Qt.TextElideMode.ElideRight, room)
        left = m.PAD + 2 if isinstance(slot, InputSlot) else face.width - m.PAD - 2
        if not isinstance(slot, InputSlot):
            left -= metrics.horizontalAdvance(name)
        found.append(Text(QPointF(left, _base(font, slot.y)), name, font, colour))
    return found


def _rows(face: Face, rows: tuple[tuple[str, str], ...], middle: float, step: float) -> list[Text]:
    found: list[Text] = []
    for index, pair in enumerate(rows):
        found += _pair(face, pair, "mono", middle + step * index, current().text.primary)
    return found


def _pair(
    face: Face, pair: tuple[str, str], role: str, middle: float, colour: QColor
) -> list[Text]:
    """A text at the left and one at the right; the left one gives way."""
    font = m.canvas_font(role, face.assumed and role == "mono")
    metrics = QFontMetricsF(font)
    base = _base(font, middle)
    left, right = pair
    end = face.width - m.PAD
    found: list[Text] = []
    if right:
        width = metrics.horizontalAdvance(right)
        found.append(Text(QPointF(end - width, base), right, font, colour))
        end -= width + GAP
    if left:
        cut = metrics.elidedText(left, Qt.TextElideMode.ElideRight, end - m.PAD - 2)
        found.append(Text(QPointF(m.PAD + 2, base), cut, font, colour))
    return found


def paint_texts(painter: QPainter, texts: tuple[Text, ...]) -> None:
    """Paint lines at node coordinates."""
    for text in texts:
        painter.setFont(text.font)
        painter.setPen(text.colour)
        painter.drawText(text.point, text.text)
