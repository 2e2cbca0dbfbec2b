"""What tests of the canvas share: networks, places on the screen, and real mouse moves."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from graph.layers.base.layer import Layer
from graph.network.edits import AddNode, Batch, Connect
from graph.network.network import Edit, Node, Wire
from graph.templates.template import Template
from gui.canvas.view import CanvasView
from gui.face.anatomy import InputSlot
from gui.palette.palette_tree import MIME
from gui.palette.stock import Stock
from gui.session.session import Session
from gui.window.window import MainWindow

NONE = Qt.KeyboardModifier.NoModifier
LEFT = Qt.MouseButton.LeftButton


def add(session: Session, name: str, layer: Layer, x: float, y: float, *sources: str) -> str:
    """Place a layer at a position, fed by nodes; return its id."""
    network = session.network
    node = Node(network.new_id(), name, layer, (x, y))
    edits: list[Edit] = [AddNode(node)]
    for source in sources:
        port = layer.input_ports()[0].name
        edits.append(Connect(Wire(network.new_id("w"), source, "output", node.id, port)))
    assert session.do(Batch(tuple(edits))) is None
    return node.id


def show_canvas(
    qtbot, session: Session, width: int = 1000, height: int = 700, stock: Stock | None = None
) -> CanvasView:
    """A canvas on the screen at 100 %, its middle at the scene's (400, 200), motion reduced."""
    view = CanvasView(session, stock)
    qtbot.addWidget(view)
    view.resize(width, height)
    view.scene().set_reduce_motion(True)
    view.show()
    QTest.qWaitForWindowExposed(view)
    view.activateWindow()
    view.setFocus()
    view.camera.set_zoom(1.0)
    view.centerOn(400, 200)
    QApplication.processEvents()
    return view


def on_screen(view: CanvasView, point: QPointF) -> QPoint:
    """A point of the scene in the viewport."""
    return view.mapFromScene(point)


def body(view: CanvasView, node: str) -> QPoint:
    """A point in a node's header that no port claims."""
    rect = view.scene().nodes[node].rect()
    return on_screen(view, QPointF(rect.left() + rect.width() / 2, rect.top() + 13))


def input_port(view: CanvasView, node: str, index: int = 0) -> QPoint:
    """An input in the viewport, counted from the top."""
    item = view.scene().nodes[node]
    return on_screen(view, item.input_point(item.face.inputs[index]))


def output_port(view: CanvasView, node: str, index: int = 0) -> QPoint:
    """An output in the viewport, counted from the top."""
    item = view.scene().nodes[node]
    return on_screen(view, item.output_point(item.face.outputs[index]))


def slots(view: CanvasView, node: str) -> tuple[InputSlot, ...]:
    return view.scene().nodes[node].face.inputs


def press(
    widget: QWidget,
    point: QPoint,
    button: Qt.MouseButton = LEFT,
    keys: Qt.KeyboardModifier = NONE,
) -> None:
    QTest.mousePress(widget, button, keys, point)


def move(
    widget: QWidget, start: QPoint, end: QPoint, button: Qt.MouseButton = LEFT, steps: int = 5
) -> None:
    """Move a pressed button in a few steps."""
    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QMouseEvent

    for step in range(1, steps + 1):
        point = start + (end - start) * (step / steps)
        event = QMouseEvent(
            QEvent.Type.MouseMove,
            QPointF(point),
            QPointF(widget.mapToGlobal(point)),
            Qt.MouseButton.NoButton,
            button,
            NONE,
        )
        QApplication.sendEvent(widget, event)


def drag(
    widget: QWidget,
    start: QPoint,
    end: QPoint,
    button: Qt.MouseButton = LEFT,
    keys: Qt.KeyboardModifier = NONE,
) -> None:
    """Press, move in steps, release."""
    press(widget, start, button, keys)
    move(widget, start, end, button)
    QTest.mouseRelease(widget, button, keys, end)
    QApplication.processEvents()


def drop_layer(view: CanvasView, type_name: str, point: QPoint) -> None:
    """Let a layer type fall on the canvas as a drag from the palette does."""
    data = QMimeData()
    data.setData(MIME, type_name.encode())
    carry(view.viewport(), data, point)


def carry(target: QWidget, data: QMimeData, point: QPoint) -> None:
    """Drag data over a widget and drop it at a point."""
    actions = Qt.DropAction.CopyAction
    QApplication.sendEvent(target, QDragEnterEvent(point, actions, data, LEFT, NONE))
    QApplication.sendEvent(target, QDragMoveEvent(point, actions, data, LEFT, NONE))
    QApplication.sendEvent(target, QDropEvent(QPointF(point), actions, data, LEFT, NONE))
    QApplication.processEvents()


def mirrored(view: CanvasView) -> None:
    """Fail unless the scene shows exactly what the model holds."""
    network = view.session.network
    assert set(view.scene().nodes) == set(network.nodes)
    assert set(view.scene().wires) == set(network.wires)
    view.scene().glide.finish()
    for node, item in view.scene().nodes.items():
        model = network.nodes[node]
        assert (item.pos().x(), item.pos().y()) == model.position, model.name
        assert item.face.name == model.name
        assert item.face.type_name == model.layer.type_name()
        shown = [slot.wire for slot in item.face.inputs if slot.wire is not None]
        assert shown == [wire.id for wire in network.inputs(node)], model.name
        assert item.scene() is view.scene()
        assert item.chosen == (node in view.session.selection)
    for wire, item in view.scene().wires.items():
        shape, assumed = view.session.analysis.wire_shape(wire)
        assert item.load.assumed == (assumed and shape is not None)
        assert shape is None or item.load.text.startswith("×".join(map(str, shape)))
        assert item.route is not None


def open_template(qtbot, window: MainWindow, template: Template) -> None:
    """Open a template and wait for it: it is built and arranged in a thread."""
    before = window.session.project
    window.templates.open(template)
    qtbot.waitUntil(lambda: window.session.project is not before)
