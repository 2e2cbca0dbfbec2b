"""A mosaic shows true colours for values, marks what it cannot show, and is steered by keys."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QHelpEvent, QImage
from PySide6.QtWidgets import QApplication, QToolTip

from gui.appearance.colormaps import (
    CENTRE,
    INFINITE,
    NOT_A_NUMBER,
    Colormap,
    ValueRange,
    bars_image,
    colour_table,
    indices,
    strip_image,
    value_range,
)
from gui.appearance.dress import apply_theme
from gui.appearance.theme import current
from gui.inside.mosaic import Mosaic
from gui.inside.tiles import arrange


@pytest.fixture(autouse=True)
def dark(qapp: QApplication) -> Iterator[None]:
    apply_theme(qapp, "dark")
    yield
    apply_theme(qapp, "dark")


@pytest.fixture
def filters() -> np.ndarray:
    return np.random.default_rng(0).normal(0, 0.05, (12, 3, 3)).astype(np.float32)


@pytest.fixture
def mosaic(qtbot, filters: np.ndarray) -> Mosaic:
    widget = Mosaic("Filters")
    qtbot.addWidget(widget)
    widget.resize(320, 280)
    widget.set_arrays(filters)
    widget.show()
    widget.grab()
    return widget


def test_zero_is_the_middle_and_ends_are_the_ends() -> None:
    limits = ValueRange(-2.0, 2.0)
    values = np.array([-5.0, -2.0, 0.0, 2.0, 5.0, np.nan, np.inf, -np.inf, 1e308], np.float64)
    expected = [0, 0, CENTRE, 252, 252, NOT_A_NUMBER, INFINITE, INFINITE, 252]
    assert indices(values, limits).tolist() == expected
    table = colour_table(Colormap.DIVERGING, current())
    assert len(table) == 256
    assert QColor(table[0]) == current().diverging[0]
    assert QColor(table[CENTRE]) == current().diverging[3]
    assert QColor(table[252]) == current().diverging[-1]


def test_ranges_are_honest() -> None:
    values = np.zeros(10_000, np.float32)
    values[:9000] = np.linspace(-1, 1, 9000)
    values[0], values[1], values[2] = 100.0, np.nan, np.inf
    found = value_range(values, Colormap.DIVERGING)
    assert found.low == -found.high
    assert 0.95 < found.high <= 1.0
    assert value_range(np.array([2.0, 5.0]), Colormap.SEQUENTIAL) == ValueRange(0.0, 5.0)
    assert value_range(np.array([2.0, 5.0]), Colormap.GREY) == ValueRange(2.0, 5.0)
    for palette in Colormap:
        for odd in ([], [np.nan], [0.0], [3.0, 3.0], [-1e308, 1e308]):
            limits = value_range(np.array(odd), palette)
            assert limits.low < limits.high
            indices(np.array(odd), limits)


def test_pixels_have_the_colours_of_their_values(mosaic: Mosaic, filters: np.ndarray) -> None:
    image = mosaic.image
    assert image is not None
    assert image.format() == QImage.Format.Format_Indexed8
    expected = indices(filters, mosaic.range)
    tile = image.width() // 4  # 12 tiles stand in 4 columns and 3 rows
    assert image.pixelIndex(2, 2) == expected[0, 0, 0]
    assert image.pixelIndex(tile - 6, 2) == expected[0, 0, 2]
    assert image.pixelIndex(image.width() - 2, image.height() - 2) == expected[11, 2, 2]


def test_theme_and_palette_replace_colours_and_no_data(mosaic: Mosaic, qapp: QApplication) -> None:
    image = mosaic.image
    before = bytes(image.constBits())
    apply_theme(qapp, "light")
    mosaic.grab()
    assert mosaic.image is image
    assert bytes(image.constBits()) == before
    assert image.colorTable() == colour_table(Colormap.DIVERGING, current())
    mosaic.set_range(ValueRange(-1.0, 1.0))
    mosaic.grab()
    image, before = mosaic.image, bytes(mosaic.image.constBits())
    mosaic.set_palette(Colormap.GREY)
    mosaic.grab()
    assert mosaic.image is image
    assert bytes(image.constBits()) == before
    assert image.colorTable() == colour_table(Colormap.GREY, current())


def test_what_cannot_be_shown_is_marked(mosaic: Mosaic, filters: np.ndarray) -> None:
    limits = ValueRange(-1.0, 1.0)
    mosaic.set_range(limits)
    plain = mosaic.grab().toImage()
    for value in (2.0, np.nan, np.inf):
        broken = filters.copy()
        broken[0, 0, 0] = 1.0 if value == 2.0 else value
        mosaic.set_arrays(broken)
        unmarked = mosaic.grab().toImage() if value == 2.0 else plain
        broken[0, 0, 0] = value
        mosaic.set_arrays(broken)
        assert mosaic.grab().toImage() != unmarked, value
    assert "1 not finite" in mosaic.describe(0)


def test_selection_by_mouse_and_keys(mosaic: Mosaic, qtbot) -> None:
    chosen: list[int] = []
    mosaic.selected.connect(chosen.append)
    qtbot.mouseClick(mosaic, Qt.MouseButton.LeftButton, pos=QPoint(20, 40))
    mosaic.setFocus()
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Up):
        qtbot.keyClick(mosaic, key)
    qtbot.keyClick(mosaic, Qt.Key.Key_End)
    qtbot.keyClick(mosaic, Qt.Key.Key_Right)
    assert chosen == [0, 1, 5, 4, 0, 11]
    assert mosaic.current == 11
    mosaic.set_arrays(np.zeros((3, 3, 3), np.float32))
    assert mosaic.current is None


def test_tooltip_names_tile_and_exact_extremes(mosaic: Mosaic, filters: np.ndarray, qtbot) -> None:
    point = QPoint(20, 40)
    event = QHelpEvent(QHelpEvent.Type.ToolTip, point, mosaic.mapToGlobal(point))
    QApplication.sendEvent(mosaic, event)
    text = QToolTip.text()
    QToolTip.hideText()
    assert text.startswith("0: ")
    assert str(filters[0].max()) in text
    assert str(filters[0].min()).replace("-", "−") in text


def test_more_tiles_than_fit_are_reached_by_scrolling(qtbot) -> None:
    widget = Mosaic("Maps", Colormap.SEQUENTIAL)
    qtbot.addWidget(widget)
    widget.resize(200, 160)
    widget.set_arrays(np.random.default_rng(0).random((512, 28, 28), np.float32))
    widget.show()
    first = widget.grab().toImage()
    widget.select(511)
    assert widget.grab().toImage() != first
    assert widget.current == 511


@pytest.mark.parametrize("count", [1, 7, 64, 512])
@pytest.mark.parametrize("side", [1, 3, 28, 224])
def test_tiles_stay_inside_their_area(count: int, side: int) -> None:
    tiles = arrange(count, (side, side), (200, 300), 2, 16)
    assert tiles.columns * (tiles.width + 2) - 2 <= 300
    assert tiles.rows_shown * (tiles.height + 2) - 2 <= 200
    assert tiles.columns * tiles.rows >= count
    for index in range(min(count, tiles.columns * tiles.rows_shown)):
        centre = tiles.rect(index).center()
        assert tiles.at(centre.x(), centre.y()) == index


def test_three_channels_show_as_colours(qtbot) -> None:
    widget = Mosaic("First filters")
    qtbot.addWidget(widget)
    widget.resize(200, 200)
    red = np.zeros((1, 3, 2, 2), np.float32)
    red[:, 0] = 1.0
    widget.set_arrays(red, rgb=True)
    widget.show()
    widget.grab()
    colour = widget.image.pixelColor(5, 5)
    assert colour.red() == 255
    assert abs(colour.green() - 128) <= 1
    with pytest.raises(ValueError, match="N×3×h×w"):
        widget.set_arrays(np.zeros((1, 2, 2, 2), np.float32), rgb=True)
    with pytest.raises(ValueError, match="N×h×w"):
        widget.set_arrays(red)


@pytest.mark.parametrize("palette", list(Colormap))
@pytest.mark.parametrize(
    "arrays",
    [
        np.empty((0, 3, 3), np.float32),
        np.full((4, 1, 1), np.nan, np.float32),
        np.full((4, 2, 9), 1e38, np.float32),
        np.zeros((3, 5, 5), np.float32),
    ],
    ids=["none", "nan", "huge", "zero"],
)
def test_odd_data_paint(qtbot, palette: Colormap, arrays: np.ndarray) -> None:
    widget = Mosaic("Odd", palette)
    qtbot.addWidget(widget)
    widget.resize(150, 150)
    for each in (False, True):
        widget.set_each(each)
        widget.set_arrays(arrays)
        widget.show()
        widget.grab()
    widget.clear("Nothing here")
    widget.grab()


def test_node_strips_have_their_size_and_colours() -> None:
    arrays = np.random.default_rng(0).random((3, 14, 14), np.float32)
    strip = strip_image(arrays, Colormap.SEQUENTIAL, current())
    assert (strip.width(), strip.height()) == (6 * 23 - 2, 21)
    ground = current().background.canvas
    assert strip.pixelColor(22, 3) == ground
    assert strip.pixelColor(130, 3) == ground  # three pictures only: the rest is empty
    bars = bars_image(np.array([0.0, 1.0]), Colormap.SEQUENTIAL, current(), width=10)
    assert (bars.width(), bars.height()) == (10, 21)
    assert bars.pixelColor(2, 10) == current().sequential[0]
    assert bars.pixelColor(8, 10) == current().sequential[-1]
    assert bars_image(np.empty(0), Colormap.GREY, current()).height() == 21
