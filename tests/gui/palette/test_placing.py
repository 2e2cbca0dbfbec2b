"""Ready-made layers and blocks come by drag and by the search on the canvas, as layer types do."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt
from PySide6.QtTest import QTest

from graph.layers.activation.piecewise import ReLU
from graph.layers.convolution.plain import Conv2d
from graph.layers.io import Input
from graph.ready.registry import READY
from gui.canvas.view import CanvasView
from gui.palette.block_shelf import BlockShelf
from gui.palette.finding import find
from gui.palette.palette import LayerPalette
from gui.palette.palette_tree import PRESET, items_of
from gui.palette.search_rows import rows_of
from gui.session.session import Session
from tests.gui.helpers import add, carry, mirrored, on_screen, show_canvas

Key = Qt.Key


@pytest.fixture
def session() -> Session:
    session = Session()
    session.new()
    return session


@pytest.fixture
def view(qtbot, session) -> CanvasView:
    return show_canvas(qtbot, session, stock=BlockShelf(session, session))


def row_data(qtbot, session, name: str) -> QMimeData:
    """What the palette's row of a ready-made layer carries."""
    palette = LayerPalette(session)
    qtbot.addWidget(palette)
    row = next(item for item in items_of(palette.tree) if item.data(0, PRESET) == name)
    assert row.flags() & Qt.ItemFlag.ItemIsDragEnabled
    return palette.tree.mimeData([row])


def test_a_ready_made_layer_falls_on_the_void_in_one_step(qtbot, session, view):
    carry(view.viewport(), row_data(qtbot, session, "depthwise"), QPoint(500, 300))
    (node,) = session.network.nodes.values()
    assert dict(node.formulas) == {"groups": "in_channels", "out_channels": "in_channels"}
    assert session.selection == [node.id]
    mirrored(view)
    session.undo_stack.undo()
    assert not session.network.nodes


def test_a_ready_made_layer_falls_into_a_wire_and_takes_its_channels(qtbot, session, view):
    first = add(session, "image", Input(shape=(6, 20, 20)), 100, 100)
    last = add(session, "relu1", ReLU(), 700, 100, first)
    (wire,) = session.network.wires.values()
    middle = view.scene().wires[wire.id].route.middle
    carry(view.viewport(), row_data(qtbot, session, "depthwise"), on_screen(view, middle))
    (new,) = set(session.network.nodes) - {first, last}
    assert [w.source for w in session.network.inputs(last)] == [new]
    assert session.analysis.facts(new).layer.groups == 6
    assert not session.analysis.facts(new).problems
    session.undo_stack.undo()
    assert set(session.network.nodes) == {first, last}


def rows(view: CanvasView) -> list[str]:
    found = view.adding.search.list
    return [found.item(row).text() for row in range(found.count())]


def type_words(view: CanvasView, words: str) -> None:
    QTest.keyClick(view, Key.Key_Tab)
    QTest.keyClicks(view.adding.search.field, words)


def test_the_search_places_a_ready_made_layer_with_its_formulas(session, view):
    first = add(session, "image", Input(shape=(6, 20, 20)), 100, 100)
    session.select([first])
    type_words(view, "depthwise")
    assert rows(view)[0] == "Depthwise convolution"
    QTest.keyClick(view.adding.search.field, Key.Key_Return)
    (new,) = set(session.network.nodes) - {first}
    node = session.network.nodes[new]
    assert isinstance(node.layer, Conv2d)
    assert dict(node.formulas) == {"groups": "in_channels", "out_channels": "in_channels"}
    session.undo_stack.undo()
    assert set(session.network.nodes) == {first}


def test_the_search_defines_a_ready_block_with_its_first_use(session, view):
    name = next(iter(READY))
    type_words(view, name)
    assert name in rows(view)
    search = view.adding.search
    while search.list.currentItem().text() != name:
        QTest.keyClick(search.field, Key.Key_Down)
    QTest.keyClick(search.field, Key.Key_Return)
    assert name in session.project.library.blocks
    assert len(session.network.nodes) == 1
    type_words(view, name)
    assert rows(view).count(name) == 1, "a block of the project is not offered twice"
    QTest.keyClick(search.field, Key.Key_Escape)
    session.undo_stack.undo()
    assert not session.project.library.blocks


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("conv", "Conv2d"),
        ("relu", "ReLU"),
        ("dilated", "Dilated convolution"),
        ("atrous", "Dilated convolution"),
        ("sobel", "Sobel edges"),
    ],
)
def test_what_a_text_names_comes_first(view, words, title):
    type_words(view, words)
    assert rows(view)[0] == title


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("subpixel", "PixelShuffle"),
        ("depth to space", "PixelShuffle"),
        ("deconvolution", "ConvTranspose2d"),
        ("upconv", "ConvTranspose2d"),
        ("upscale", "Upsample"),
        ("SE", "SqueezeExcitation"),
        ("stochastic depth", "DropPath"),
        ("spatial dropout", "Dropout2d"),
        ("depthwise", "Depthwise convolution"),
        ("grouped", "Grouped convolution"),
        ("dense", "Linear"),
        ("perceptron", "Linear"),
        ("overlapping pooling", "MaxPool2d"),
        ("global average pooling", "GlobalAvgPool2d"),
        ("lrn", "LocalResponseNorm"),
        ("maxout", "Maximum"),
        ("rbf", "RadialBasis"),
        ("replicate", "Pad2d"),
        ("h-swish", "Hardswish"),
        ("self-attention", "ScaledDotProductAttention"),
        ("crop", "Slice"),
    ],
)
def test_what_lecturers_call_a_layer_finds_it_first(words, title):
    rows = rows_of(find(words), words, None, None, ())
    assert rows[0].title == title
