"""A live chart keeps every spike, stands still while it fills, and can be used without a mouse."""

from __future__ import annotations

import csv
import io
import math
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QPushButton

from gui.appearance.dress import apply_theme
from gui.appearance.theme import current
from gui.charts.axes import AxisRange, linear_ticks, log_ticks, percent_label, plain_label
from gui.charts.chart import Chart
from gui.charts.cursor import ChartCursor
from gui.charts.legend import LegendEntry
from gui.charts.line import LineKind
from gui.charts.series import Series, Smoothed


@pytest.fixture(autouse=True)
def dark(qapp: QApplication) -> Iterator[None]:
    apply_theme(qapp, "dark")
    yield
    apply_theme(qapp, "dark")


def filled(values: np.ndarray) -> Series:
    series = Series()
    series.extend(np.arange(len(values)), values)
    return series


# Series


@settings(max_examples=60)
@given(
    seed=st.integers(0, 2**32 - 1),
    count=st.integers(1, 20_000),
    pixels=st.integers(3, 900),
    first=st.floats(-0.1, 1.1),
    last=st.floats(-0.1, 1.1),
)
def test_a_view_is_small_and_keeps_every_extreme(
    seed: int, count: int, pixels: int, first: float, last: float
) -> None:
    random = np.random.default_rng(seed)
    y = random.normal(size=count) * 10.0 ** random.integers(-3, 300)
    y[random.random(count) < 0.02] = np.nan
    y[random.random(count) < 0.01] = np.inf
    series, done = Series(), 0
    while done < count:
        step = int(random.integers(1, 3000))
        series.extend(np.arange(done, min(count, done + step)), y[done : done + step])
        done = len(series)
        series.view(0, done, pixels)
    x0, x1 = sorted((first * count, last * count))
    xs, ys = series.view(x0, x1, pixels)
    assert len(xs) == len(ys) <= 2 * pixels
    assert (np.diff(xs) >= 0).all()
    inside = y[max(0, math.ceil(x0)) : max(0, math.floor(x1) + 1)]
    inside = inside[np.isfinite(inside)]
    assert np.nanmax(ys, initial=-np.inf) >= inside.max(initial=-np.inf)
    assert np.nanmin(ys, initial=np.inf) <= inside.min(initial=np.inf)


def test_single_points_and_bulk_give_the_same_view() -> None:
    y = np.random.default_rng(1).normal(size=5000)
    single = Series()
    for index, value in enumerate(y):
        single.append(index, value)
    for mine, theirs in zip(single.view(0, 5000, 100), filled(y).view(0, 5000, 100), strict=True):
        assert np.array_equal(mine, theirs)


def test_old_buckets_stand_still_while_points_arrive() -> None:
    y = np.random.default_rng(2).normal(size=100_010)
    series = filled(y[:100_000])
    before = series.view(0, 100_000, 500)
    series.extend(np.arange(100_000, 100_010), y[100_000:])
    after = series.view(0, 100_010, 500)
    assert np.array_equal(before[1][:-2], after[1][: len(before[1]) - 2])


def test_a_stretch_without_numbers_is_a_break() -> None:
    y = np.ones(10_000)
    y[3000:6000] = np.nan
    _, ys = filled(y).view(0, 10_000, 100)
    assert np.isnan(ys).any()
    assert np.isfinite(ys).any()


def test_falling_x_and_unequal_lengths_are_refused() -> None:
    series = filled(np.arange(3.0))
    for xs, ys in (((1.0,), (1.0,)), ((math.nan,), (1.0,)), ((4.0, 5.0), (1.0,))):
        with pytest.raises(ValueError, match="x"):
            series.extend(xs, ys)
    with pytest.raises(ValueError, match="fall"):
        series.append(1.0, 1.0)
    assert len(series) == 3


@pytest.mark.parametrize("factor", [0.0, 0.3, 0.88, 0.99])
def test_smoothing_equals_its_definition_however_points_come(factor: float) -> None:
    y = np.random.default_rng(3).normal(size=500)
    y[[7, 100, 101]] = np.nan, np.inf, -np.inf
    series = Series()
    smoothed = Smoothed(series, factor)
    for start, end in ((0, 1), (1, 8), (8, 300), (300, 500)):
        series.extend(np.arange(start, end), y[start:end])
        assert len(smoothed.series) == end
    mean, expected = None, []
    for value in y:
        if not math.isfinite(value):
            expected.append(math.nan)
            continue
        mean = value if mean is None else factor * mean + (1 - factor) * value
        expected.append(mean)
    np.testing.assert_allclose(smoothed.series.y, expected, rtol=1e-12, atol=1e-12)


def test_the_factor_is_kept_within_its_limits() -> None:
    assert Smoothed(Series(), 7.0).factor == 0.99
    assert Smoothed(Series(), -1.0).factor == 0.0


# Axes


@settings(max_examples=300)
@given(low=st.floats(-1e300, 1e300), size=st.floats(1e-12, 1e300))
def test_a_range_contains_its_data_and_has_a_few_ticks(low: float, size: float) -> None:
    axis = AxisRange()
    axis.fit(low, low + size)
    assert axis.start <= max(low, -1e290)
    assert axis.end >= min(low + size, 1e290)
    assert axis.end > axis.start
    ticks = linear_ticks(axis.start, axis.end, plain_label)
    assert 3 <= len(ticks) <= 8


def test_a_range_changes_in_steps_only() -> None:
    axis, changes = AxisRange(), 0
    for value in np.linspace(0.01, 1.0, 1000):
        changes += axis.fit(0.0, float(value))
    assert axis.end >= 1.0
    assert changes < 30


@pytest.mark.parametrize(
    ("low", "high"), [(-3, 0.5), (-1, 1), (-0.2, 0.1), (0, 8), (-12, -11), (-0.8, 0.35)]
)
def test_log_ticks_are_few_and_inside(low: float, high: float) -> None:
    ticks = log_ticks(low, high, plain_label)
    assert 4 <= len(ticks) <= 8
    assert all(low - 1e-6 <= place <= high + 1e-6 for place, _ in ticks)
    assert len({text for _, text in ticks}) == len(ticks)


@pytest.mark.parametrize("most", [3, 4, 5])
def test_a_low_chart_has_few_ticks(most: int) -> None:
    assert 2 <= len(linear_ticks(0, 0.006, plain_label, most)) <= most
    assert 2 <= len(log_ticks(0, 0.4, plain_label, most)) <= most


def test_tick_labels_are_short() -> None:
    assert [text for _, text in linear_ticks(0, 12_000, plain_label)][:2] == ["0", "2\u00a0k"]
    assert [text for _, text in linear_ticks(0, 0.002, plain_label)][-1] == "2.0e−3"
    assert plain_label(-0.5, 0.1) == "−0.5"
    assert percent_label(0.92, 0.04) == "92\u00a0%"
    assert percent_label(0.925, 0.005) == "92.5\u00a0%"


# Chart


@pytest.fixture
def chart(qtbot) -> Chart:
    widget = Chart("Loss", log=True)
    qtbot.addWidget(widget)
    widget.resize(420, 220)
    widget.set_span(1000)
    widget.add_line("train", "train")
    widget.add_line("validation", "validation", LineKind.POINTS)
    widget.add_line("other", "#6", LineKind.RUN, 1)
    widget.show()
    return widget


def fill(chart: Chart, count: int = 500) -> None:
    x = np.arange(count)
    y = 2 * np.exp(-x / 100) + 0.2
    chart.line("train").extend(x, y)
    chart.line("validation").extend(x[99::100], y[99::100])
    chart.line("other").extend(x, y * 1.1)
    chart.redraw()
    QApplication.processEvents()  # the plot, new in the chart, takes its size
    chart.redraw()


def pixels_of(chart: Chart, colour) -> int:
    image = chart.grab().toImage()
    return sum(
        image.pixelColor(x, y).rgb() == colour.rgb()
        for x in range(50, image.width())
        for y in range(30, image.height())
    )


def entry(chart: Chart, text: str) -> LegendEntry:
    return next(one for one in chart.findChildren(LegendEntry) if one.text() == text)


def test_pyqtgraph_is_imported_by_the_first_points_only() -> None:
    program = (
        "import sys\n"
        "from PySide6.QtWidgets import QApplication\n"
        "app = QApplication([])\n"
        "from gui.charts.chart import Chart\n"
        "chart = Chart('Loss')\n"
        "line = chart.add_line('a', 'a')\n"
        "chart.show()\n"
        "assert 'pyqtgraph' not in sys.modules and 'torch' not in sys.modules\n"
        "line.append(0, 1.0)\n"
        "chart.redraw()\n"
        "assert 'pyqtgraph' in sys.modules and 'torch' not in sys.modules\n"
    )
    root = Path(__file__).resolve().parents[3]
    subprocess.run([sys.executable, "-c", program], cwd=root, check=True)


def test_redraw_does_nothing_without_new_points_or_while_hidden(chart: Chart) -> None:
    fill(chart)
    assert not chart.redraw()
    chart.line("train").append(600, 0.2)
    assert chart.redraw()
    chart.hide()
    chart.line("train").append(700, 0.2)
    assert not chart.redraw()
    chart.show()
    assert not chart.redraw()  # shown again, it has drawn itself


def test_points_within_one_pixel_wait_for_company(chart: Chart) -> None:
    fill(chart)
    chart.line("train").append(500.01, 0.2)
    drawn = [chart.redraw() for _ in range(12)]
    assert drawn.count(True) == 1
    assert not drawn[0]
    chart.line("train").append(500.02, 0.2)
    assert chart.redraw(force=True)


def test_curves_are_painted_in_both_themes(chart: Chart, qapp: QApplication) -> None:
    fill(chart)
    for name in ("light", "dark"):
        theme = apply_theme(qapp, name)
        assert pixels_of(chart, theme.series[0].colour) > 100
        assert pixels_of(chart, theme.background.panel) > 1000


def test_values_no_chart_can_show_do_no_harm(chart: Chart) -> None:
    fill(chart)
    hostile = [math.nan, math.inf, -math.inf, 1e308, -1e308, 0.0, -5.0, 5e-324]
    chart.line("train").extend(range(500, 508), hostile)
    chart.line("validation").extend(range(500, 508), hostile)
    for log in (False, True):
        chart.set_log(log)
        chart.redraw()
        chart.grab()
    assert pixels_of(chart, current().series[0].colour) > 10


@pytest.mark.parametrize("value", [math.nan, math.inf, 0.0, -1.0, 1e308])
def test_a_chart_of_one_odd_value_alone_paints(chart: Chart, value: float) -> None:
    chart.line("train").append(0, value)
    assert chart.redraw()
    chart.grab()


def test_a_run_longer_than_planned_grows_the_axis(chart: Chart) -> None:
    fill(chart, 1500)
    start, end = chart.visible_span()
    assert start == 0
    assert 1500 <= end <= 2500


def test_legend_click_hides_and_double_click_shows_only(chart: Chart, qtbot) -> None:
    fill(chart)
    colour = current().series[0].colour
    train = entry(chart, "train")
    qtbot.mouseClick(train, Qt.MouseButton.LeftButton)
    assert not chart.line("train").visible
    assert pixels_of(chart, colour) < 20
    qtbot.mouseClick(train, Qt.MouseButton.LeftButton)
    assert chart.line("train").visible
    qtbot.mouseDClick(train, Qt.MouseButton.LeftButton)
    assert [chart.line(key).visible for key in chart.line_keys()] == [True, False, False]
    train.setFocus()
    qtbot.keyClick(train, Qt.Key.Key_Return)
    assert all(chart.line(key).visible for key in chart.line_keys())
    qtbot.keyClick(train, Qt.Key.Key_Space)
    assert not chart.line("train").visible
    assert not train.isChecked()


def test_charts_share_one_cursor(qtbot) -> None:
    cursor = ChartCursor()
    charts = [Chart("Loss", cursor=cursor), Chart("Accuracy", fraction=True, cursor=cursor)]
    pictures = []
    for chart in charts:
        qtbot.addWidget(chart)
        chart.resize(400, 200)
        chart.set_span(100)
        chart.add_line("a", "train").extend(range(100), np.linspace(0.1, 0.9, 100))
        chart.show()
        chart.redraw()
        QApplication.processEvents()
        pictures.append(chart.grab().toImage())
    area = charts[0].plot_area()
    qtbot.mouseMove(area, QPoint(area.width() // 2, area.height() // 2))
    assert cursor.x is not None
    assert 30 < cursor.x < 70
    for chart, before in zip(charts, pictures, strict=True):
        assert chart.grab().toImage() != before
    charts[1].setFocus()
    qtbot.keyClick(charts[1], Qt.Key.Key_End)
    assert cursor.x == 100
    qtbot.keyClick(charts[1], Qt.Key.Key_Left)
    assert cursor.x == 99
    qtbot.keyClick(charts[1], Qt.Key.Key_Escape)
    assert cursor.x is None


def test_copy_as_picture_and_as_table(chart: Chart, qtbot, qapp: QApplication) -> None:
    fill(chart, 10)
    chart.line("validation").clear()
    chart.line("validation").append(4, 0.5)
    chart.setFocus()
    qtbot.waitUntil(chart.isActiveWindow)
    qtbot.keyClick(chart, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().pixmap().size() == chart.size()
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(chart, Qt.Key.Key_C, both)
    text = QGuiApplication.clipboard().text()
    assert text == chart.table.text()
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == 10
    assert [row["validation"] for row in rows].count("") == 9
    assert rows[4]["step"] == "4"
    assert float(rows[4]["train"]) == chart.line("train").raw.y[4]
    assert float(rows[4]["train smoothed"]) == pytest.approx(2.16, abs=0.1)


def test_a_long_table_is_written_in_the_background(chart: Chart, qtbot) -> None:
    QGuiApplication.clipboard().setText("")
    chart.line("train").extend(np.arange(30_000), np.ones(30_000))
    chart.table.copy()
    qtbot.waitUntil(lambda: QGuiApplication.clipboard().text().startswith("step,"))
    assert QGuiApplication.clipboard().text().count("\n") == 30_001


def test_empty_chart_says_so_and_offers_its_action(chart: Chart, qtbot) -> None:
    chart.set_empty("No run yet", "Train")
    button = chart.findChild(QPushButton)
    assert button.isVisible()
    with qtbot.waitSignal(chart.action_requested):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    fill(chart)
    assert not button.isVisible()
    chart.clear()
    chart.redraw()
    assert button.isVisible()


def test_smoothing_and_lines_can_change_while_drawn(chart: Chart) -> None:
    fill(chart)
    chart.line("train").append(500, 9.0)
    chart.set_smoothing(0.0)
    assert chart.line("train").main_series().y[-1] == 9.0
    chart.set_smoothing(0.99)
    assert chart.line("train").main_series().y[-1] < 2.0
    chart.remove_line("train")
    chart.redraw()
    assert [one.text() for one in chart.findChildren(LegendEntry) if one.isVisible()] != []
    assert pixels_of(chart, current().series[0].colour) == 0
    with pytest.raises(ValueError, match="already"):
        chart.add_line("other", "again")
