"""The item of one node: it paints its body, texts, ports, badge and rings by itself."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPen, QTransform
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from gui.appearance.glyphs import paint_snowflake
from gui.appearance.theme import blend, current
from gui.face import measures as m
from gui.face.anatomy import Face, InputSlot, OutputSlot, Severity
from gui.face.bodies import MARGIN, BodyLook
from gui.face.measures import Detail
from gui.face.outline import BodyForm
from gui.face.writing import MARK, Text, paint_texts, texts_of
from gui.language.text import plain
from gui.scene.stage import Stage

_AROUND = (-26.0, -20.0, 12.0, 10.0)
DISC = 14.0
COPY_STEP = 3.0
_BADGE = QRectF(-m.BADGE / 2 - 1, -m.BADGE / 2 - 1, m.BADGE, m.BADGE)
ANTIALIASING = QPainter.RenderHint.Antialiasing


class NodeItem(QGraphicsItem):
    """One node. The scene tells it what changed; it keeps nothing that the model knows better."""

    def __init__(self, stage: Stage, face: Face) -> None:
        super().__init__()
        self._stage = stage
        self.face = face
        self.chosen = False
        self.focused = False
        self.hovered = False
        self.flash = 0.0
        self.thumbnails: QImage | None = None
        self.activity = 0.0
        self._hidden_inputs: frozenset[tuple[str, int]] = frozenset()
        self._hidden_outputs: frozenset[str] = frozenset()
        self._texts: tuple[Text, ...] | None = None
        self._bounds = face.body().adjusted(*_AROUND)
        self._name_width: float | None = None
        self._body = _body_of(face, False)
        self.setZValue(2)

    def set_face(self, face: Face) -> bool:
        """Take a new face; False if it looks as before."""
        if face == self.face:
            return False
        if face.body() != self.face.body():
            self.prepareGeometryChange()
        self.face = face
        self._bounds = face.body().adjusted(*_AROUND)
        self._body = _body_of(face, self.hovered)
        self.renew_texts()
        return True

    def set_hovered(self, hovered: bool) -> None:
        """Whether the pointer is over the node."""
        self.hovered = hovered
        self._body = _body_of(self.face, hovered)
        self.update()

    def hide_ports(self, inputs: frozenset[tuple[str, int]], outputs: frozenset[str]) -> None:
        """Draw no circles at these ports, whose wires are all seams."""
        if (inputs, outputs) != (self._hidden_inputs, self._hidden_outputs):
            self._hidden_inputs, self._hidden_outputs = inputs, outputs
            self.update()

    def renew_texts(self) -> None:
        """Cut the texts again, after a change of face or theme."""
        self._texts = None
        self._name_width = None
        self.update()

    def texts(self) -> tuple[Text, ...]:
        """The lines of the face, cut when they are first painted."""
        if self._texts is None:
            self._texts = texts_of(self.face)
        return self._texts

    def tooltip(self) -> str:
        """What there is to say."""
        return plain("\n".join((self.face.summary, *self.face.formulas, *self.face.faults[1:])))

    # Geometry, in scene coordinates

    def rect(self) -> QRectF:
        """The body."""
        return self.face.body().translated(self.pos())

    def clearance(self) -> QRectF:
        """The body with its ports and the numbers beside them."""
        left = m.PORT / 2 + (DISC + 1 if self.face.ordered else 0)
        return self.rect().adjusted(-left, 0, m.PORT / 2, 0)

    def input_point(self, slot: InputSlot) -> QPointF:
        return self.pos() + self.face.input_point(slot)

    def output_point(self, slot: OutputSlot) -> QPointF:
        return self.pos() + self.face.output_point(slot)

    def slot_of(self, wire: str) -> InputSlot | None:
        """The place where a wire ends."""
        return next((s for s in self.face.inputs if s.wire == wire), None)

    def output_slot(self, port: str) -> OutputSlot | None:
        return next((s for s in self.face.outputs if s.port == port), None)

    def ports(self) -> list[tuple[QPointF, InputSlot | OutputSlot]]:
        """All ports with their places."""
        return [
            *((self.input_point(slot), slot) for slot in self.face.inputs),
            *((self.output_point(slot), slot) for slot in self.face.outputs),
        ]

    def badge(self) -> QRectF:
        """The disc of the badge."""
        return _BADGE.translated(self.pos())

    # Painting

    def boundingRect(self) -> QRectF:
        return self._bounds

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        stage = self._stage
        level = stage.level
        if level <= Detail.HUES:
            self._paint_hue(painter)
            return
        transform = painter.worldTransform()
        if self.face.copies > 1:
            self._paint_copies(painter)
        self._paint_body(painter, transform, stage.zoom)
        live = self.thumbnails is not None and self.face.form is BodyForm.FULL
        if level is Detail.FULL:
            painter.setWorldTransform(transform)
            if live:
                self._paint_strip(painter)
            paint_texts(painter, self._header_texts() if live else self.texts())
        else:
            self._paint_name(painter, transform, stage.zoom)
            painter.setWorldTransform(transform)
            if live:
                self._paint_strip(painter)
        painter.setRenderHint(ANTIALIASING)
        if self.face.frozen:
            side, right = MARK, self.face.width - m.PAD
            area = QRectF(right - side, (m.HEADER - side) / 2, side, side)
            paint_snowflake(painter, area, current().text.secondary)
        if self.activity > 0:
            self._paint_activity(painter)
        if self.chosen or self.flash > 0 or self.face.severity is Severity.ERROR:
            self._paint_rings(painter)
        if level is Detail.FULL:
            self._paint_ports(painter)
        if self.face.severity is not Severity.NONE:
            self._paint_badge(painter)

    def _header_texts(self) -> tuple[Text, ...]:
        return tuple(text for text in self.texts() if text.point.y() < m.HEADER)

    def _paint_hue(self, painter: QPainter) -> None:
        theme = current()
        rect = self.face.body()
        painter.fillRect(rect, theme.category[self.face.category])
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self.face.severity is Severity.ERROR:
            painter.setPen(_cosmetic(theme.error_ring, 2))
            painter.drawRect(rect)
        if self.chosen or self.flash > 0:
            painter.setPen(_cosmetic(theme.selection_ring, 2))
            painter.drawRect(rect.adjusted(-6, -6, 6, 6))

    def _paint_body(self, painter: QPainter, transform: QTransform, zoom: float) -> None:
        ratio = self._stage.ratio
        picture = self._stage.bodies.picture(self._body, zoom, ratio)
        painter.setWorldTransform(QTransform())
        left = round(transform.dx() * ratio) / ratio - MARGIN
        top = round(transform.dy() * ratio) / ratio - MARGIN
        painter.drawPixmap(QPointF(left, top), picture)

    def _paint_copies(self, painter: QPainter) -> None:
        """Two edges behind the body: it stands for several in a chain."""
        theme = current()
        painter.setRenderHint(ANTIALIASING)
        line = blend(theme.category[self.face.category], theme.background.canvas, 0.6)
        painter.setPen(QPen(line, 1))
        painter.setBrush(theme.background.canvas)
        for away in (2 * COPY_STEP, COPY_STEP):
            # To the right only: above and below stand the shapes of a stack.
            edge = self.face.body().adjusted(20.5, away + 0.5, away - 0.5, -away - 0.5)
            painter.drawRoundedRect(edge, m.RADIUS, m.RADIUS)

    def _paint_name(self, painter: QPainter, transform: QTransform, zoom: float) -> None:
        """The name at a fixed size on the screen, beside the glyph."""
        font = m.canvas_font("caption")
        if self._name_width is None:
            self._name_width = QFontMetricsF(font).horizontalAdvance(self.face.name)
        painter.setFont(font)
        painter.setPen(current().text.primary)
        left = (m.PAD + m.GLYPH + 4) * zoom
        room = self.face.width * zoom - left - 4 * zoom
        middle = transform.dy() + min(m.HEADER, self.face.height) * zoom / 2
        if self._name_width <= room:
            painter.drawText(QPointF(transform.dx() + left, middle + 4), self.face.name)
            return
        metrics = QFontMetricsF(font)
        name = metrics.elidedText(self.face.name, Qt.TextElideMode.ElideRight, room)
        painter.drawText(QPointF(transform.dx() + left, middle + 4), name)

    def _paint_strip(self, painter: QPainter) -> None:
        """What the layer answers, instead of its figures: pictures, or bars of a vector."""
        image = self.thumbnails
        if image is None or image.isNull():
            return
        room = QRectF(m.PAD + 2, 0, self.face.width - 2 * m.PAD - 2, m.THUMBNAIL)
        room.moveTop(m.HEADER + (self.face.height - m.HEADER - m.ACTIVITY - m.THUMBNAIL) / 2)
        if image.height() > 1:
            width = min(room.width(), room.height() * image.width() / image.height())
            room.setWidth(width)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        painter.drawImage(room, image)

    def _paint_activity(self, painter: QPainter) -> None:
        length = self.face.width * min(self.activity, 1.0)
        bar = QRectF(m.BAR, self.face.height - m.ACTIVITY, max(2.0, length - m.BAR), m.ACTIVITY)
        painter.fillRect(bar, current().success.base)

    def _paint_rings(self, painter: QPainter) -> None:
        theme, body = current(), self.face.body()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self.face.severity is Severity.ERROR:
            painter.setPen(QPen(theme.error_ring, m.RING_WIDTH))
            painter.drawRoundedRect(body, m.RADIUS, m.RADIUS)
        if self.chosen or self.flash > 0:
            away = m.RING_OFFSET - m.RING_WIDTH / 2
            ring = body.adjusted(-away, -away, away, away)
            radius = m.RADIUS + away
            if self.flash > 0:
                wide = blend(theme.selection_ring, theme.background.canvas, 0.5 * self.flash)
                painter.setPen(QPen(wide, 2 + 8 * self.flash))
                painter.drawRoundedRect(ring, radius, radius)
            if self.chosen:
                painter.setPen(QPen(theme.selection_ring, m.RING_WIDTH))
                painter.drawRoundedRect(ring, radius, radius)
            if self.focused:
                outer = ring.adjusted(-2.5, -2.5, 2.5, 2.5)
                painter.setPen(QPen(theme.text.primary, 1))
                painter.drawRoundedRect(outer, radius + 2.5, radius + 2.5)

    def _paint_ports(self, painter: QPainter) -> None:
        theme = current()
        radius = (m.PORT + (2 if self.hovered else 0) - m.PORT_RING) / 2
        ring = theme.text.primary if self.hovered else theme.wire.port_ring
        painter.setPen(QPen(ring, m.PORT_RING))
        painter.setBrush(theme.wire.port_fill)
        for slot in self.face.inputs:
            if self.hovered or (slot.port, slot.index) not in self._hidden_inputs:
                painter.drawEllipse(QPointF(0, slot.y), radius, radius)
        for out in self.face.outputs:
            if self.hovered or out.port not in self._hidden_outputs:
                painter.drawEllipse(QPointF(self.face.width, out.y), radius, radius)
        if self.face.ordered:
            self._paint_numbers(painter)

    def _paint_numbers(self, painter: QPainter) -> None:
        theme = current()
        painter.setFont(m.canvas_font("tick"))
        for slot in self.face.inputs:
            disc = QRectF(-m.PORT / 2 - DISC - 1, slot.y - DISC / 2, DISC, DISC)
            painter.setPen(QPen(theme.wire.port_ring, 1))
            painter.setBrush(theme.background.canvas)
            painter.drawEllipse(disc)
            painter.setPen(theme.text.secondary)
            painter.drawText(disc, Qt.AlignmentFlag.AlignCenter, str(slot.index + 1))

    def _paint_badge(self, painter: QPainter) -> None:
        theme = current()
        error = self.face.severity is Severity.ERROR
        status = theme.error if error else theme.warning
        disc = _BADGE
        painter.setPen(QPen(theme.background.canvas, 1.5))
        painter.setBrush(status.base if error else status.background)
        painter.drawEllipse(disc)
        painter.setFont(m.canvas_font("caption"))
        painter.setPen(theme.background.canvas if error else status.base)
        painter.drawText(disc, Qt.AlignmentFlag.AlignCenter, "!" if error else "▲")


def _cosmetic(colour: QColor, width: float) -> QPen:
    pen = QPen(colour, width)
    pen.setCosmetic(True)
    return pen


def _body_of(face: Face, hovered: bool) -> BodyLook:
    return BodyLook(face.category, face.width, face.height, hovered, face.form is BodyForm.CONCAT)
