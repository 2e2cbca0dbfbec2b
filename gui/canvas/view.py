"""The canvas widget: shows the scene, turns mouse and keys into gestures and edits.

The view decides which gesture a press begins and paints ground and overview. What the edits are
is in ``editing``; what a gesture does is in ``gestures`` and ``draw_wire``.
"""

from __future__ import annotations

from PySide6.QtCore import (
    QEvent,
    QPoint,
    QPointF,
    QRectF,
    Qt,
    QTimer,
    QVariantAnimation,
    Signal,
)
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QContextMenuEvent,
    QCursor,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QFocusEvent,
    QHelpEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QGraphicsView, QToolTip, QWidget

from graph.network.network import Change
from graph.values.message import Message
from gui.appearance.theme import current
from gui.canvas import keys
from gui.canvas.camera import Camera
from gui.canvas.controls import EmptyState, PointerHint, ZoomBar
from gui.canvas.editing import Editing
from gui.canvas.gestures import Pointer
from gui.canvas.pointing import Pointing
from gui.face import measures as m
from gui.face.anatomy import BodyForm, InputSlot, OutputSlot
from gui.face.ground import Ground
from gui.face.overlay import MarksOverlay
from gui.language.text import tr
from gui.scene.minimap import Minimap
from gui.scene.node_item import NodeItem
from gui.scene.overview import Overview
from gui.scene.scene import CanvasScene
from gui.scene.wire_item import WireItem
from gui.session.session import Session

REACH = 1_100_000.0
OPENING = 0.8
"""The part of its size that a block has when it begins to open."""
MINIMAP_FROM = 1280


class CanvasView(QGraphicsView):
    """The network of a session, to look at and to edit."""

    zoom_changed = Signal(float)
    part_changed = Signal()
    """Another part of the scene is visible."""
    message = Signal(str)
    """A short hint or the reason of a refusal, shown at the pointer as well."""
    templates_requested = Signal()
    fault_opened = Signal(str)
    """The badge of a use was clicked that has its fault inside its block: the node."""
    menu_requested = Signal(QPoint)
    """The context menu of what is chosen now, at a place of the screen."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.canvas = CanvasScene(session, self)
        self.zoom_bar = ZoomBar(self.viewport())
        self.minimap = Minimap(self.canvas, self.viewport())
        self.empty = EmptyState(self.viewport())
        self.hint = PointerHint(self.viewport())
        self.setScene(self.canvas)
        self.overlay = MarksOverlay()
        self.canvas.addItem(self.overlay)
        self.camera = Camera(self, self._camera_moved)
        self.camera.controls = lambda: [self.zoom_bar.geometry()]
        self.overview = Overview(self.canvas)
        self.ground = Ground()
        self.pointing = Pointing(self)
        self._level = session.levels[-1]
        self._flash = QVariantAnimation(self)
        self._flashing: tuple[str | None, str | None] = (None, None)
        self._set_up()
        self.editing = Editing(self)
        self._connect()
        self._show_empty()

    def _set_up(self) -> None:
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setInteractive(False)
        self.setSceneRect(-REACH, -REACH, 2 * REACH, 2 * REACH)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setResizeAnchor(QGraphicsView.ViewportAnchor.AnchorViewCenter)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.SmartViewportUpdate)
        self.setOptimizationFlag(QGraphicsView.OptimizationFlag.DontSavePainterState)
        self.setOptimizationFlag(QGraphicsView.OptimizationFlag.DontAdjustForAntialiasing)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAcceptDrops(True)
        self.setMouseTracking(True)
        self.viewport().setMouseTracking(True)
        self.setAccessibleName(tr("Canvas"))

    def _connect(self) -> None:
        session = self.session
        session.document_replaced.connect(self._replaced)
        session.level_changed.connect(self._change_level)
        session.changed.connect(self._edited)
        session.selection_changed.connect(self._describe)
        session.reveal_requested.connect(self.reveal)
        session.refused.connect(self._refused)
        self.canvas.pictured.connect(self._picture_changed)
        self.zoom_bar.zoom_asked.connect(self.zoom_step)
        self.zoom_bar.fit_asked.connect(self.fit)
        self.minimap.moved.connect(self._go_to)
        self.empty.templates_asked.connect(self.templates_requested)
        self._flash.setStartValue(1.0)
        self._flash.setEndValue(0.0)
        self._flash.setDuration(m.MOTION["flash"])
        self._flash.valueChanged.connect(self._show_flash)

    # Looking

    def zoom(self) -> float:
        """The zoom; 1 is 100 %."""
        return self.camera.zoom

    @property
    def afar(self) -> bool:
        """Whether one picture stands for all items."""
        crowded = self.canvas.crowded
        return self.camera.zoom < (m.OVERVIEW_BELOW_CROWDED if crowded else m.OVERVIEW_BELOW)

    def set_zoom(self, zoom: float) -> None:
        """Zoom around the middle of the view."""
        self.camera.set_zoom(zoom)

    def zoom_by(self, factor: float) -> None:
        """Multiply the zoom."""
        self.camera.set_zoom(self.camera.zoom * factor)

    def zoom_step(self, step: int) -> None:
        """One step in (1) or out (-1); 0 is 100 %."""
        self.camera.set_zoom(self.camera.zoom * m.ZOOM_STEP ** (2 * step) if step else 1.0)

    def fit(self) -> None:
        """Show the whole network."""
        area = self.canvas.content()
        if not area.isEmpty():
            self.camera.fit(area, bodies=self.canvas.covered())

    def show_whole(self) -> None:
        """Show the whole network at once, also if the window is about to give the view another
        size."""
        area = self.canvas.content()
        if not area.isEmpty():
            self.camera.fit_settling(area, self.canvas.covered())

    def fit_selection(self) -> None:
        """Show the chosen nodes, or all if none is chosen."""
        area = QRectF()
        for node in self.session.selection:
            area = area.united(self.canvas.nodes[node].rect())
        if area.isEmpty():
            self.fit()
        else:
            self.camera.fit(area, most=1.5)

    def scroll_by(self, delta: QPoint) -> None:
        """Move the picture by pixels."""
        self.camera.scroll_by(delta)

    def set_reduce_motion(self, reduce: bool) -> None:
        """Let everything jump instead of glide."""
        self.camera.reduce_motion = self.canvas.reduce_motion = reduce

    def reveal(self, node: str | None, wire: str | None = None) -> None:
        """Bring a node or wire into view and let it flash once."""
        item: NodeItem | WireItem | None = None
        if node is not None:
            item = self.canvas.nodes.get(node)
        elif wire is not None:
            item = self.canvas.wires.get(wire)
        if item is None:
            return
        self.canvas.glide.finish()
        self.camera.show(item.sceneBoundingRect())
        self._flash.stop()
        self._show_flash(0.0)
        self._flashing = (node, wire)
        if not self.canvas.reduce_motion:
            self._flash.start()

    def _show_flash(self, value: float) -> None:
        node, wire = self._flashing
        item: NodeItem | WireItem | None = self.canvas.nodes.get(node) if node else None
        if item is None and wire is not None:
            item = self.canvas.wires.get(wire)
        if item is not None:
            item.flash = value
            item.update()

    def _go_to(self, point: QPointF) -> None:
        self.camera.finish()
        self.camera.loosen()
        self.centerOn(point)
        self._camera_moved()

    def _camera_moved(self) -> None:
        zoom = self.camera.zoom
        if zoom != self.canvas.zoom:
            self.canvas.set_zoom(zoom, self.devicePixelRatioF())
            self.zoom_bar.show_zoom(zoom)
            self.zoom_changed.emit(zoom)
            self.viewport().update()
        self._show_part()

    def _show_part(self) -> None:
        shown = self.mapToScene(self.viewport().rect()).boundingRect()
        self.minimap.show_part(shown)
        self._show_minimap(shown)
        self.part_changed.emit()

    def _show_minimap(self, shown: QRectF) -> None:
        """The small map is there where it tells more than the view does, and has room."""
        useful = not self.minimap.whole(shown)
        self.minimap.setVisible(useful and self.window().width() >= MINIMAP_FROM)

    def visible_nodes(self) -> list[str]:
        """The nodes within the view that have room for pictures, by their paths in the whole
        network; none while one picture stands for all."""
        if self.afar or not self.isVisible():
            return []
        shown = self.mapToScene(self.viewport().rect()).boundingRect()
        paths = [
            self.session.node_path(key)
            for key, item in self.canvas.nodes.items()
            if item.face.form is BodyForm.FULL and item.rect().intersects(shown)
        ]
        return [path for path in paths if path is not None]

    def keep_whole(self) -> None:
        """The view is about to get another size: if all of the network is in it, that stays."""
        self.camera.keep(self.canvas.content())

    def grab_picture(self) -> QImage:
        """The whole network as a picture at 100 %, smaller if it would be huge."""
        area = self.canvas.content().adjusted(-30, -30, 30, 30)
        scale = min(1.0, 16_000 / max(1.0, area.width(), area.height()))
        image = QImage((area.size() * scale).toSize(), QImage.Format.Format_RGB32)
        image.fill(current().background.canvas)
        zoom = self.canvas.zoom
        self.canvas.set_zoom(scale)
        painter = QPainter(image)
        self.canvas.render(painter, QRectF(image.rect()), area)
        painter.end()
        self.canvas.set_zoom(zoom, self.devicePixelRatioF())
        return image

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self.afar:
            super().paintEvent(event)
            return
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), current().background.canvas)
        painter.setTransform(self.viewportTransform())
        self.overview.paint(painter, self.camera.zoom)
        self.overlay.paint(painter, None, None)  # type: ignore[arg-type]

    def drawBackground(self, painter: QPainter, rect: QRectF) -> None:
        self.ground.paint(painter, rect, self.canvas.zoom, self.viewport().size())

    # The mouse, in ``pointing``

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.pointing.press(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if not self.pointing.open_block(event):
            self.pointing.press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.pointing.move(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.pointing.release(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            return  # cuts wires
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        if not by_key:
            self.pointing.choose_at(self.mapToScene(event.pos()))
        place = self.viewport().mapToGlobal(self.pointer_place()) if by_key else event.globalPos()
        self.menu_requested.emit(place)
        event.accept()

    def wheelEvent(self, event: QWheelEvent) -> None:
        turns = event.angleDelta().y() / 120
        if turns:
            factor = m.ZOOM_STEP**turns
            self.camera.set_zoom(self.camera.zoom * factor, event.position().toPoint())
        event.accept()

    def leaveEvent(self, event: QEvent) -> None:
        self.pointing.hover_over(None)
        super().leaveEvent(event)

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            tip = self.pointing.tooltip(self.mapToScene(event.pos()))
            QToolTip.showText(event.globalPos(), tip, self.viewport())
            return True
        return super().viewportEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        self.pointing.carry_in(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        self.pointing.carry(event)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.pointing.carry_out()
        event.accept()

    def dropEvent(self, event: QDropEvent) -> None:
        self.pointing.drop(event)

    def pointer_place(self) -> QPoint:
        """Where the pointer is in the view; the middle if it is elsewhere."""
        place = self.viewport().mapFromGlobal(QCursor.pos())
        return place if self.viewport().rect().contains(place) else self.viewport().rect().center()

    # Keys

    def focusNextPrevChild(self, forward: bool) -> bool:
        return False  # Tab opens the search; F6 leaves

    def leave(self, forward: bool) -> None:
        """Give the keyboard to the next area."""
        widget = self.nextInFocusChain() if forward else self.previousInFocusChain()
        while widget is not self:
            reachable = widget.isVisible() and widget.isEnabled()
            by_tab = widget.focusPolicy() & Qt.FocusPolicy.TabFocus
            ours = self.isAncestorOf(widget) and widget is not self.empty.button
            if reachable and by_tab and not ours:
                widget.setFocus(Qt.FocusReason.TabFocusReason)
                return
            widget = widget.nextInFocusChain() if forward else widget.previousInFocusChain()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and not event.modifiers():
            if not event.isAutoRepeat():
                self.pointing.hold_space()
            event.accept()
        elif self.pointing.busy and event.key() != Qt.Key.Key_Escape:
            event.accept()  # one thing at a time
        elif keys.handle(self, event):
            event.accept()
        else:
            event.ignore()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() != Qt.Key.Key_Space or event.isAutoRepeat():
            super().keyReleaseEvent(event)
            return
        if self.pointing.release_space():
            self.open_search(False)

    def escape(self) -> None:
        """Cancel what is going on, else choose nothing, else leave the block."""
        self.hint.hide()
        if self.pointing.cancel():
            return
        if self.session.selection or self.session.selected_wires:
            self.session.select([])
        else:
            self.session.leave()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.canvas.show_selection()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.pointing.release_space()
        QTimer.singleShot(0, self.canvas, self.canvas.show_selection)

    # What else is told or asked

    def show_hint(self, place: QPoint, text: str, tone: str) -> None:
        """Show a text at the pointer while a gesture lasts."""
        self.hint.show_text(place, text, tone)

    def hide_hint(self) -> None:
        self.hint.hide()

    def tell(self, text: str, place: QPoint | None = None, tone: str = "") -> None:
        """Say something at the pointer for a while, and by the signal ``message``."""
        self.point_out(text, place, tone)
        self.message.emit(text)

    def point_out(self, text: str, place: QPoint | None = None, tone: str = "") -> None:
        """Say something at the pointer for a while that is told elsewhere, too."""
        self.hint.show_text(place or self.pointer_place(), text, tone, vanish=True)

    def set_symbols(self, symbols: bool) -> None:
        """Show formulas on the nodes, or their values."""
        self.canvas.set_symbols(symbols)

    def set_thumbnails(self, pictures: dict[str, QImage]) -> None:
        """Show what layers answer: one picture per node, a strip or a row of bars."""
        self.canvas.set_thumbnails(pictures)

    def set_running(self, running: bool) -> None:
        """Brighten the wires while data flows."""
        self.canvas.set_running(running)

    def set_activity(self, shares: dict[str, float]) -> None:
        """Show each layer's share (0 to 1) of the time of a step."""
        self.canvas.set_activity(shares)

    def _refused(self, message: Message) -> None:
        self.point_out(tr(message), tone="error")

    def _describe(self) -> None:
        """Tell a screen reader what is chosen."""
        chosen = [n for n in self.session.selection if n in self.canvas.nodes]
        text = self.canvas.nodes[chosen[-1]].face.summary if chosen else tr("Nothing chosen")
        if text != self.accessibleDescription():
            self.setAccessibleDescription(text)
            if QAccessible.isActive():
                QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, text))

    def _replaced(self) -> None:
        self._forget_level()
        self._level = self.session.levels[-1]
        self.camera.fit_settling(self.canvas.content(), self.canvas.covered())

    def _forget_level(self) -> None:
        self.pointing.forget()
        self.editing.forget()
        self.overlay = MarksOverlay()
        self.canvas.addItem(self.overlay)
        self._show_empty()

    def _change_level(self) -> None:
        """Open a block with a short move towards it; come back to where the view was."""
        self._level.camera = self.camera.zoom, self.camera.center()
        level, self._level = self.session.levels[-1], self.session.levels[-1]
        self._forget_level()
        area = self.canvas.content()
        if level.camera is not None:
            self.camera.jump(*level.camera)
        elif not area.isEmpty():
            self.camera.fit(area, still=True, bodies=self.canvas.covered())
            if not self.canvas.reduce_motion and self.isVisible():
                self.camera.set_zoom(self.camera.zoom * OPENING)
                self.camera.fit(area, bodies=self.canvas.covered())

    def _edited(self, change: Change) -> None:
        if change.structural or change.moved:
            self.camera.loosen()
        self._show_empty()

    def _show_empty(self) -> None:
        self.empty.setVisible(not self.session.network.nodes)
        self.pointing.forget_removed()

    def _picture_changed(self) -> None:
        self.overview.forget()
        self.minimap.renew()
        self._show_minimap(self.mapToScene(self.viewport().rect()).boundingRect())
        if self.afar:
            self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_controls()
        self.camera.resized(self.canvas.content, self.canvas.covered)
        self._camera_moved()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        # What lies on the viewport moves with its pixels, which is what makes scrolling quick.
        super().scrollContentsBy(dx, dy)
        self._place_controls()
        self._show_part()

    def _place_controls(self) -> None:
        gap, size = current().space("m"), self.viewport().size()
        low = size.height() - gap
        self.zoom_bar.adjustSize()
        self.zoom_bar.move(gap, low - self.zoom_bar.height())
        self.minimap.move(size.width() - self.minimap.width() - gap, low - self.minimap.height())
        self.empty.adjustSize()
        self.empty.move(
            (size.width() - self.empty.width()) // 2, (size.height() - self.empty.height()) // 2
        )

    # Editing, done by ``editing``

    def arrange(self) -> None:
        """Arrange the chosen nodes, or all, as one step."""
        self.editing.arrange()

    def delete_selection(self, reconnect: bool) -> None:
        """Delete what is chosen; ``reconnect`` joins what lay before to what lies behind."""
        self.editing.delete(reconnect)

    def duplicate(self, with_inputs: bool) -> None:
        """Copy what is chosen beside it, with the wires that enter it if asked."""
        self.editing.duplicate(with_inputs)

    def copy(self) -> None:
        """Put the chosen nodes on the clipboard, as text."""
        self.editing.copy()

    def cut(self) -> None:
        """Copy, then delete."""
        self.editing.cut()

    def paste(self) -> None:
        """Add the layers in the clipboard's text; foreign text is refused with a sentence."""
        self.editing.paste()

    def select_all(self) -> None:
        """Choose every node."""
        self.session.select(self.session.network.order())

    def open_search(self, connect: bool = False) -> None:
        """Ask for a layer at the pointer; ``connect`` joins it to the chosen node."""
        self.editing.adding.open_search(connect)

    def search_from(self, node: str, slot: InputSlot | OutputSlot, pointer: Pointer) -> None:
        """Ask for a layer to be connected to a port."""
        self.editing.adding.search_from(node, slot, pointer)

    def add_layer(self, type_name: str, connect: bool = True) -> None:
        """Place a layer by the chosen node and connect it where shapes allow."""
        layer = self.editing.adding.make(type_name)
        if layer is not None:
            self.editing.adding.add_layer(layer, connect)

    def rename_selected(self) -> None:
        """Edit the name of the chosen node in place."""
        self.editing.rename()

    def cut_selected_wires(self) -> None:
        """Cut the chosen wires, or all wires of the chosen nodes."""
        self.editing.cut_wires()

    def reorder_inputs(self, step: int) -> None:
        """Move an input of a merge up (-1) or down (1); up without one leaves the block."""
        if not self.editing.reorder(step) and step < 0:
            self.session.leave()

    def open_block(self) -> None:
        """Open the block that the chosen node uses."""
        if self.session.selection:
            self.session.enter(self.session.selection[-1])

    def delete_or_leave(self) -> None:
        """Delete what is chosen; with nothing chosen, leave the block."""
        if self.session.selection or self.session.selected_wires:
            self.delete_selection(True)
        else:
            self.session.leave()

    def nudge(self, direction: tuple[int, int], distance: float) -> None:
        """Move the chosen nodes a little."""
        self.editing.nudge(direction, distance)

    def walk(self, direction: tuple[int, int], extend: bool) -> None:
        """Choose the next node along a wire."""
        self.editing.walk(direction, extend)

    def select_wire(self, wire: str | None, node: str) -> None:
        """Choose a wire, or the node whose port was clicked."""
        if wire is not None:
            self.session.select([], [wire])
        else:
            self.session.select([node])
