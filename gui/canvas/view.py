"""The canvas widget: shows the scene, and hands mouse and keys to those who know what they mean.

Where the view looks is ``camera``'s; what the mouse does ``pointing``'s and the gestures'; what
keys do is in ``actions``; layers come by ``adding``, and all other edits by ``editing``.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, Qt, QTimer, Signal
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
from gui.canvas.actions import canvas_actions
from gui.canvas.adding import Adding
from gui.canvas.camera import Camera
from gui.canvas.controls import PointerHint
from gui.canvas.editing import Editing
from gui.canvas.fittings import Fittings
from gui.canvas.flash import Flash
from gui.canvas.keys import KeyTable
from gui.canvas.pointing import Pointing
from gui.face import measures as m
from gui.face.ground import Ground
from gui.face.outline import BodyForm
from gui.face.overlay import MarksOverlay
from gui.language.text import tr
from gui.palette.stock import NoBlocks, Stock
from gui.scene.overview import Overview
from gui.scene.scene import CanvasScene
from gui.session.session import Session

REACH = 1_100_000.0
OPENING = 0.8
"""The part of its size that a block has when it begins to open."""


class CanvasView(QGraphicsView):
    """The network of a session, to look at and to edit."""

    part_changed = Signal()
    """Another part of the scene is visible."""
    message = Signal(str)
    """A short hint or the reason of a refusal, shown at the pointer as well."""
    templates_requested = Signal()
    fault_opened = Signal(str)
    """The badge of a use was clicked that has its fault inside its block: the node."""
    menu_requested = Signal(QPoint)
    """The context menu of what is chosen now, at a place of the screen."""

    def __init__(
        self, session: Session, stock: Stock | None = None, parent: QWidget | None = None
    ) -> None:
        """``stock`` makes what is dragged and searched for; without one, torch's layer types."""
        super().__init__(parent)
        self.session = session
        self._scene = scene = CanvasScene(session, self)
        self.fittings = Fittings(self.viewport(), scene)
        self.hint = PointerHint(self.viewport())
        self.camera = Camera(self, scene, self._camera_moved, self.fittings.corners)
        self.setScene(scene)
        self.overlay = MarksOverlay()
        scene.addItem(self.overlay)
        self._overview = Overview(scene)
        self._ground = Ground()
        self._level = session.levels[-1]
        self._set_up()
        self.adding = Adding(self, stock or NoBlocks(), self)
        self.editing = Editing(self, self.adding, self)
        self.pointing = Pointing(self, self.adding, self.fault_opened.emit)
        self._flash = Flash(scene, self.camera)
        self.offered = canvas_actions(self.camera, self.adding, self.editing, self.pointing.escape)
        """What can be done here; a window shows it in its menus."""
        self._keys = KeyTable(self.offered)
        self._connect()
        self._show_empty()

    def scene(self) -> CanvasScene:
        return self._scene

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
        session.reveal_requested.connect(self._flash.reveal)
        session.refused.connect(self._refused)
        self._scene.pictured.connect(self._picture_changed)
        self.fittings.zoom_bar.zoom_asked.connect(self.camera.zoom_step)
        self.fittings.zoom_bar.fit_asked.connect(self.camera.fit_all)
        self.fittings.minimap.moved.connect(self.camera.go_to)
        self.fittings.empty.templates_asked.connect(self.templates_requested)

    # Looking

    def _camera_moved(self) -> None:
        zoom = self.camera.zoom
        if zoom != self._scene.stage.zoom:
            self._scene.stage.set_zoom(zoom, self.devicePixelRatioF())
            self.fittings.zoom_bar.show_zoom(zoom)
            self.viewport().update()
        self._show_part()

    def _show_part(self) -> None:
        self.fittings.show_part(self.camera.shown())
        self.part_changed.emit()

    def visible_nodes(self) -> list[str]:
        """The nodes within the view that have room for pictures, by their paths in the whole
        network; none while one picture stands for all."""
        if self.camera.afar or not self.isVisible():
            return []
        shown = self.camera.shown()
        paths = [
            self.session.levels.node_path(key)
            for key, item in self._scene.nodes.items()
            if item.face.form is BodyForm.FULL and item.rect().intersects(shown)
        ]
        return [path for path in paths if path is not None]

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self.camera.afar:
            super().paintEvent(event)
            return
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), current().background.canvas)
        painter.setTransform(self.viewportTransform())
        self._overview.paint(painter, self.camera.zoom)
        self.overlay.paint_marks(painter)

    def drawBackground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        zoom, size = self._scene.stage.zoom, self.viewport().size()
        self._ground.paint(painter, QRectF(rect), zoom, size)

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
            self.pointing.choose_at(self.camera.to_scene(event.pos()))
        place = self.viewport().mapToGlobal(self.pointer_place()) if by_key else event.globalPos()
        self.menu_requested.emit(place)
        event.accept()

    def wheelEvent(self, event: QWheelEvent) -> None:
        turns = event.angleDelta().y() / 120
        if turns:
            self.camera.zoom_by(m.ZOOM_STEP**turns, event.position().toPoint())
        event.accept()

    def leaveEvent(self, event: QEvent) -> None:
        self.pointing.hover_over(None)
        super().leaveEvent(event)

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            tip = self.pointing.tooltip(self.camera.to_scene(event.pos()))
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
        return False  # Tab opens the search; F6 leaves, as a shortcut of the window

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and not event.modifiers():
            if not event.isAutoRepeat():
                self.pointing.hold_space()
            event.accept()
        elif self.pointing.busy and event.key() != Qt.Key.Key_Escape:
            event.accept()  # one thing at a time
        elif self._keys.press(event):
            event.accept()
        else:
            event.ignore()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() != Qt.Key.Key_Space or event.isAutoRepeat():
            super().keyReleaseEvent(event)
            return
        if self.pointing.release_space():
            self.adding.open_search(False)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._scene.show_selection()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.pointing.release_space()
        QTimer.singleShot(0, self._scene, self._scene.show_selection)

    # What else is told or asked

    def tell(self, text: str, place: QPoint | None = None, tone: str = "") -> None:
        """Say something at the pointer for a while, and by the signal ``message``."""
        self.point_out(text, place, tone)
        self.message.emit(text)

    def point_out(self, text: str, place: QPoint | None = None, tone: str = "") -> None:
        """Say something at the pointer for a while that is told elsewhere, too."""
        self.hint.show_text(place or self.pointer_place(), text, tone, vanish=True)

    def _refused(self, message: Message) -> None:
        self.point_out(message.text(), tone="error")

    def _describe(self) -> None:
        """Tell a screen reader what is chosen."""
        chosen = list(self._scene.marked())
        text = chosen[-1].face.summary if chosen else tr("Nothing chosen")
        if text != self.accessibleDescription():
            self.setAccessibleDescription(text)
            if QAccessible.isActive():
                QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, text))

    def _replaced(self) -> None:
        self._forget_level()
        self._level = self.session.levels[-1]
        self.camera.show_whole()

    def _forget_level(self) -> None:
        self.pointing.forget()
        self.adding.forget()
        self.editing.forget()
        self.overlay = MarksOverlay()
        self._scene.addItem(self.overlay)
        self._show_empty()

    def _change_level(self) -> None:
        """Open a block with a short move towards it; come back to where the view was."""
        self._level.camera = self.camera.zoom, self.camera.centre()
        level, self._level = self.session.levels[-1], self.session.levels[-1]
        self._forget_level()
        if level.camera is not None:
            self.camera.jump(*level.camera)
        elif self._scene.nodes:
            self.camera.fit_all(still=True)
            if not self._scene.reduce_motion and self.isVisible():
                self.camera.zoom_by(OPENING)
                self.camera.fit_all()

    def _edited(self, change: Change) -> None:
        if change.structural or change.moved:
            self.camera.loosen()
        self._show_empty()

    def _show_empty(self) -> None:
        self.fittings.empty.setVisible(not self.session.network.nodes)
        self.pointing.forget_removed()

    def _picture_changed(self) -> None:
        self._overview.forget()
        self.fittings.renew(self.camera.shown())
        if self.camera.afar:
            self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fittings.place()
        self.camera.resized()
        self._camera_moved()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        # What lies on the viewport moves with its pixels, which is what makes scrolling quick.
        super().scrollContentsBy(dx, dy)
        self.fittings.place()
        self._show_part()
