"""The palette: searching it, adding from it by keys and mouse; and how a typed text is read."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from graph.layers.base.layer import Category
from graph.layers.convolution.plain import Conv2d
from graph.layers.io import Input
from graph.layers.linear import Linear
from graph.layers.pooling.adaptive import AdaptiveAvgPool2d
from graph.layers.pooling.plain import MaxPool2d
from graph.layers.registry import LAYERS, by_category
from graph.layers.regularisation import Dropout
from graph.network.edits import AddNode
from graph.network.network import Node
from graph.ready.presets import PRESETS
from graph.ready.registry import READY
from gui.appearance.glyphs import glyph_icon
from gui.canvas.view import CanvasView
from gui.language.kinds import category_title
from gui.palette.block_shelf import READY_MADE
from gui.palette.finding import find, find_presets
from gui.palette.palette import LayerPalette, split_by_axes
from gui.palette.palette_tree import MIME, PRESET, TYPE, items_of, name_of
from gui.session.session import Session

Key = Qt.Key


@pytest.fixture
def palette(qtbot):
    widget = LayerPalette(Session())
    qtbot.addWidget(widget)
    widget.resize(208, 700)
    widget.show()
    QTest.qWaitForWindowExposed(widget)
    return widget


def shown(palette):
    """Type names from the top, folders walked through, whatever is open."""

    def below(item):
        if item.isHidden():
            return
        if name := item.data(0, TYPE) or item.data(0, PRESET):
            yield name
        for place in range(item.childCount()):
            yield from below(item.child(place))

    tree = palette.tree
    rows = range(tree.topLevelItemCount())
    return [name for row in rows for name in below(tree.topLevelItem(row))]


def test_every_type_is_there_under_its_category(palette):
    names = [kind.type_name() for kind in LAYERS] + [preset.name for preset in PRESETS]
    names += [READY_MADE + name for name in READY]
    assert sorted(shown(palette)) == sorted(names)
    tree = palette.tree
    titles = [tree.topLevelItem(row).text(0) for row in range(tree.topLevelItemCount())]
    assert titles[0] == "Blocks of this project"
    assert titles[1:-2] == [category_title(category) for category in by_category()]
    assert titles[-2:] == ["Ready blocks", "My library"]


def test_forms_of_other_dimensions_are_in_a_folder_of_their_own():
    for kinds in by_category().values():
        first, forms = split_by_axes(kinds)
        assert sorted(map(repr, first + forms)) == sorted(map(repr, kinds))
        names = {kind.type_name() for kind in first}
        assert all(f"{kind.type_name()[:-2]}2d" in names for kind in forms)


def test_every_category_has_a_title_and_a_glyph():
    for category in Category:
        assert category_title(category)
        assert not glyph_icon(category.value).isNull()


def test_folders_are_as_before_once_a_search_is_over(palette):
    def opened():
        return [item.isExpanded() for item in items_of(palette.tree) if name_of(item) is None]

    before = opened()
    assert set(before) == {True, False}
    QTest.keyClicks(palette.field, "relu")
    item = palette.tree.currentItem()
    assert item.data(0, TYPE) == "ReLU"
    assert item.parent().isExpanded()
    QTest.keyClick(palette.field, Key.Key_Escape)
    assert opened() == before


def test_words_of_the_summary_find_a_type_that_no_name_has():
    assert "single values" in Dropout.summary
    assert Dropout in {type(found.layer) for found in find("single values").found}


def test_search_filters_and_enter_adds(qtbot, palette):
    QTest.keyClicks(palette.field, "batchnorm2")
    assert shown(palette) == ["BatchNorm2d"]
    with qtbot.waitSignal(palette.layer_chosen) as chosen:
        QTest.keyClick(palette.field, Key.Key_Return)
    assert chosen.args == ["BatchNorm2d"]
    QTest.keyClick(palette.field, Key.Key_Escape)
    assert len(shown(palette)) == len(LAYERS) + len(PRESETS) + len(READY)


def test_unknown_text_offers_the_closest(qtbot, palette):
    QTest.keyClicks(palette.field, "convv")
    assert palette.empty.isVisible()
    assert palette.empty.text().startswith('Nothing called "convv". Closest: Conv2d')
    assert palette.empty.text().endswith("Enter adds the closest")
    with qtbot.waitSignal(palette.layer_chosen) as chosen:
        QTest.keyClick(palette.field, Key.Key_Return)
    assert chosen.args == ["Conv2d"]


def test_keys_walk_the_tree(qtbot, palette):
    QTest.keyClicks(palette.field, "relu")
    QTest.keyClick(palette.field, Key.Key_Down)
    with qtbot.waitSignal(palette.layer_chosen) as chosen:
        QTest.keyClick(palette.tree, Key.Key_Return)
    assert chosen.args == ["ReLU"]


def test_double_click_adds(qtbot, palette):
    QTest.keyClicks(palette.field, "flatten")
    item = palette.tree.currentItem()
    place = palette.tree.visualItemRect(item).center()
    QTest.mouseClick(palette.tree.viewport(), Qt.MouseButton.LeftButton, pos=place)
    with qtbot.waitSignal(palette.layer_chosen) as chosen:
        QTest.mouseDClick(palette.tree.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert chosen.args == ["Flatten"]


def test_a_drag_carries_the_type_name(palette):
    QTest.keyClicks(palette.field, "conv2d")
    data = palette.tree.mimeData([palette.tree.currentItem()])
    assert bytes(data.data(MIME).data()) == b"Conv2d"


@pytest.mark.parametrize(
    ("text", "layer"),
    [
        ("conv 64 3 s2", Conv2d(out_channels=64, kernel_size=(3, 3), stride=(2, 2))),
        ("conv2d 8 1x7 p0 d2", Conv2d(out_channels=8, kernel_size=(1, 7), dilation=(2, 2))),
        ("conv 64 3 same g32", Conv2d(out_channels=64, padding="same", groups=32)),
        ("maxpool 3 s2 p1", MaxPool2d(kernel_size=(3, 3), stride=(2, 2), padding=(1, 1))),
        ("adaptiveavg 7", AdaptiveAvgPool2d(output_size=(7, 7))),
        ("dropout 0.25", Dropout(p=0.25)),
        ("fc 10", Linear(out_features=10)),
    ],
)
def test_typed_settings(text, layer):
    assert find(text).found[0].layer == layer


def test_impossible_setting_is_explained():
    answer = find("conv2d 0")
    assert not answer.found
    assert "out_channels" in answer.trouble


def test_what_fits_comes_first_and_says_the_result():
    answer = find("", (32, 14, 14))
    fits = [found.fits for found in answer.found]
    assert fits == sorted(fits, reverse=True)
    notes = {found.layer.type_name(): found.note for found in answer.found}
    assert notes["Flatten"] == "6272"
    assert notes["GlobalAvgPool2d"] == "32×1×1"
    vector = find("", (10,))
    assert not next(f for f in vector.found if f.layer.type_name() == "Conv2d").fits


@pytest.mark.parametrize("word", ["skip", "swish", "gap", "se", "fully", "pooling", "activation"])
def test_other_words_find_something(word):
    assert find(word).found


@pytest.mark.parametrize(
    "text", ["64 3 s2 p1", "64 3x3x3 k1x2x3", "same 2", "0.5 0.25", "1x2x3x4 d9"]
)
def test_numbers_never_break_the_search_of_a_type(text):
    for kind in LAYERS:
        answer = find(f"{kind.type_name()} {text}")
        assert answer.found or answer.trouble or answer.closest
        for entry in answer.found:
            assert type(entry.layer).make(entry.layer.values()) == entry.layer


def test_a_ready_made_layer_is_found_by_its_words_and_chosen_by_enter(qtbot, palette):
    QTest.keyClicks(palette.field, "pointwise")
    with qtbot.waitSignal(palette.preset_chosen) as chosen:
        QTest.keyClick(palette.field, Key.Key_Return)
    assert chosen.args[0].name == "pointwise"
    assert palette.tree.currentItem().toolTip(0)
    for preset in PRESETS:
        assert preset.name in find_presets(preset.title.text().lower())


def test_a_type_that_is_named_comes_before_a_ready_made_layer(qtbot, palette):
    QTest.keyClicks(palette.field, "conv2")
    with qtbot.waitSignal(palette.layer_chosen) as chosen:
        QTest.keyClick(palette.field, Key.Key_Return)
    assert chosen.args == ["Conv2d"]


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
def test_a_ready_made_layer_comes_with_its_formulas_in_one_step(qtbot, preset):
    session = Session()
    session.new()
    view = CanvasView(session)
    qtbot.addWidget(view)
    view.show()
    assert session.do(AddNode(Node("in", "image", Input(shape=(6, 20, 20))))) is None
    session.select(["in"])
    view.adding.add_preset(preset)
    (node,) = (n for n in session.network.nodes.values() if n.id != "in")
    assert dict(node.formulas) == dict(preset.formulas)
    assert len(session.network.wires) == 1
    layer = session.analysis.facts(node.id).layer
    for field, text in preset.formulas.items():
        assert text == "in_channels"
        assert getattr(layer, field) == 6
    session.undo_stack.undo()
    assert set(session.network.nodes) == {"in"}
    session.undo_stack.redo()
    assert dict(session.network.nodes[node.id].formulas) == dict(preset.formulas)
