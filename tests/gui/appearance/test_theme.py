"""The design tokens keep their promises, and every widget follows a change of theme."""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRectF, QSize
from PySide6.QtGui import QColor, QFontInfo, QFontMetricsF, QImage, QPainter, QPalette
from PySide6.QtWidgets import QApplication, QCheckBox, QLineEdit, QPushButton, QVBoxLayout, QWidget

from gui.appearance.dress import apply_theme
from gui.appearance.glyphs import CATEGORIES, application_mark, glyph_icon, paint_glyph
from gui.appearance.icons import FREEZE, NAMES, icon
from gui.appearance.theme import (
    FONT_ROLES,
    SCALES,
    blend,
    current,
    make_theme,
    notifier,
    set_property,
    tokens,
)

THEMES = ("dark", "light")
LEVELS = ("canvas", "window", "panel", "raised", "hover")


@pytest.fixture(autouse=True)
def dark_afterwards(qapp: QApplication) -> Iterator[None]:
    apply_theme(qapp, "dark")
    yield
    apply_theme(qapp, "dark")


def linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


def rgb(colour: str) -> tuple[float, float, float]:
    value = QColor(colour)
    return linear(value.redF()), linear(value.greenF()), linear(value.blueF())


def contrast(one: str, other: str) -> float:
    """WCAG 2.2 contrast ratio."""
    lights = sorted(0.2126 * r + 0.7152 * g + 0.0722 * b for r, g, b in (rgb(one), rgb(other)))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def oklab(colour: str) -> tuple[float, float, float]:
    """Ottosson's OKLab."""
    r, g, b = rgb(colour)
    long, middle, short_waves = (
        math.cbrt(x * r + y * g + z * b)
        for x, y, z in (
            (0.4122214708, 0.5363325363, 0.0514459929),
            (0.2119034982, 0.6806995451, 0.1073969566),
            (0.0883024619, 0.2817188376, 0.6299787005),
        )
    )
    return (
        0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short_waves,
        1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short_waves,
        0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short_waves,
    )


@pytest.mark.parametrize("name", THEMES)
def test_text_is_readable_on_every_level(name: str) -> None:
    data = tokens()["themes"][name]
    grounds = [data["background"][level] for level in LEVELS] + [data["node"]["body"]]
    for text, ground in itertools.product(("primary", "secondary", "tertiary"), grounds):
        assert contrast(data["text"][text], ground) >= 4.5, (text, ground)
    for ground in grounds[:4]:
        assert contrast(data["accent"]["base"], ground) >= 4.5, ground
        for status in data["status"].values():
            assert contrast(status["base"], ground) >= 4.49, (status, ground)
    for pair in (*data["status"].values(), data["accent"]):
        assert contrast(pair["base"], pair["background"]) >= 4.45, pair  # 4.5 to one digit
        assert contrast(data["text"]["primary"], pair["background"]) >= 4.5, pair
    assert contrast(data["text"]["on_accent"], data["accent"]["base"]) >= 4.5


@pytest.mark.parametrize("name", THEMES)
def test_controls_wires_and_glyphs_stand_out(name: str) -> None:
    data = tokens()["themes"][name]
    for ground in ("window", "panel"):
        # The light control edge on the window level is 2.6; a field has its own fill and label too.
        assert contrast(data["border"]["control"], data["background"][ground]) >= 2.6
    for wire in ("rest", "running", "selected", "error", "port_ring"):
        assert contrast(data["wire"][wire], data["background"]["canvas"]) >= 3.0, wire
    for category, hue in data["category"].items():
        assert contrast(hue, data["node"]["body"]) >= 3.0, category
        assert contrast(hue, data["background"]["panel"]) >= 3.0, category


@pytest.mark.parametrize("name", THEMES)
def test_header_text_and_glyph_are_readable_on_the_tint(name: str) -> None:
    theme = make_theme(name)
    for category, header in theme.category_header.items():
        assert contrast(theme.text.primary.name(), header.name()) >= 4.5, category
        assert contrast(theme.text.secondary.name(), header.name()) >= 4.5, category
        assert contrast(theme.category[category].name(), header.name()) >= 3.0, category


@pytest.mark.parametrize("name", THEMES)
def test_categories_are_far_apart(name: str) -> None:
    hues = tokens()["themes"][name]["category"]
    assert set(hues) == set(tokens()["category_glyph"]) == set(CATEGORIES)
    for (first, one), (second, other) in itertools.combinations(hues.items(), 2):
        assert math.dist(oklab(one), oklab(other)) >= 0.06, (first, second)


def test_no_colour_is_written_outside_the_tokens() -> None:
    root = Path(__file__).resolve().parents[3]
    data = json.loads((root / "resources" / "tokens.json").read_text(encoding="utf-8"))
    assert data == tokens()
    for path in (root / "gui").rglob("*.py"):
        for line in path.read_text(encoding="utf-8").splitlines():
            words = line.replace('"', " ").replace("'", " ").split()
            colours = [w for w in words if w[0] == "#" and len(w) == 7 and QColor(w).isValid()]
            assert not colours, (path.name, line)


def test_palette_and_signal_follow_the_theme(qapp: QApplication) -> None:
    seen: list[str] = []
    notifier.changed.connect(lambda theme: seen.append(theme.name))
    for name in ("light", "dark"):
        theme = apply_theme(qapp, name)
        assert current() is theme
        assert qapp.palette().color(QPalette.ColorRole.Window) == theme.background.window
        assert qapp.palette().color(QPalette.ColorRole.Highlight) == theme.accent.base
    assert seen == ["light", "dark"]
    assert apply_theme(qapp, "system").name in THEMES
    with pytest.raises(ValueError, match="mode"):
        apply_theme(qapp, "sepia")


@pytest.mark.parametrize("scale", SCALES)
def test_scale_enlarges_text_and_fields(qapp: QApplication, qtbot, scale: float) -> None:
    theme = apply_theme(qapp, "light", scale)
    field = QLineEdit("64")
    qtbot.addWidget(field)
    field.ensurePolished()
    assert field.font().pixelSize() == int(12 * scale + 0.5)
    assert field.sizeHint().height() == theme.size("field")


def test_fonts_have_equal_figures_and_a_real_weight() -> None:
    for role, wanted in FONT_ROLES.items():
        font = current().font(role)
        metrics = QFontMetricsF(font)
        widths = [metrics.horizontalAdvance(digit) for digit in "0123456789"]
        assert max(widths) - min(widths) < 0.05
        assert QFontInfo(font).pixelSize() == int(wanted.pixels + 0.5)
        assert font.weight() == wanted.weight


def test_high_contrast_leaves_no_grey_text() -> None:
    theme = make_theme("light", high_contrast=True)
    assert theme.text.tertiary == theme.text.secondary == theme.text.primary
    assert contrast(theme.border.subtle.name(), theme.background.panel.name()) >= 3.0


def test_primary_button_and_invalid_field_show_it(qapp: QApplication, qtbot) -> None:
    box = QWidget()
    qtbot.addWidget(box)
    layout = QVBoxLayout(box)
    button, field, check = QPushButton("Train"), QLineEdit("7"), QCheckBox("bias")
    for widget in (QPushButton("first"), button, field, check):
        layout.addWidget(widget)
    box.show()
    for name in THEMES:
        theme = apply_theme(qapp, name)
        set_property(button, "primary", True)
        assert button.grab().toImage().pixelColor(8, 5) == theme.accent.base
        set_property(button, "primary", False)
        assert button.grab().toImage().pixelColor(8, 5) == theme.background.raised
        set_property(field, "invalid", True)
        assert field.grab().toImage().pixelColor(40, 0) == theme.error.base
        set_property(field, "invalid", False)
        check.setChecked(False)
        empty = check.grab().toImage()
        check.setChecked(True)
        assert check.grab().toImage() != empty


def ink(image: QImage, colour: QColor) -> int:
    """Number of pixels painted in a colour."""
    return sum(
        image.pixelColor(x, y).rgb() == colour.rgb() and image.pixelColor(x, y).alpha() > 200
        for x in range(image.width())
        for y in range(image.height())
    )


@pytest.mark.parametrize("name", [*NAMES, FREEZE])
def test_every_icon_paints_and_follows_the_theme(qapp: QApplication, name: str) -> None:
    one = icon(name, "accent")
    for theme_name in THEMES:
        theme = apply_theme(qapp, theme_name)
        assert ink(one.pixmap(QSize(32, 32)).toImage(), theme.accent.base) > 5


def test_an_unknown_icon_fails_at_once() -> None:
    with pytest.raises(KeyError):
        icon("no such icon")
    with pytest.raises(KeyError):
        glyph_icon("no such category")


def test_glyphs_differ_in_shape_alone() -> None:
    pictures = []
    for category in CATEGORIES:
        image = QImage(14, 14, QImage.Format.Format_ARGB32)
        image.fill(0)
        painter = QPainter(image)
        paint_glyph(painter, category, QRectF(0, 0, 14, 14), QColor("white"))
        painter.end()
        assert any(image.pixelColor(x, y).alpha() for x in range(14) for y in range(14)), category
        pictures.append(image)
    for one, other in itertools.combinations(pictures, 2):
        assert one != other


def test_glyph_icon_and_program_sign_have_the_asked_size() -> None:
    assert glyph_icon("pooling").pixmap(QSize(28, 28)).size() == QSize(28, 28)
    mark = application_mark(48).toImage()
    assert mark.size() == QSize(48, 48)
    assert mark.pixelColor(QPoint(0, 0)).alpha() == 0
    assert mark.pixelColor(QPoint(24, 2)) == make_theme("dark").background.canvas


def test_blend_meets_both_ends() -> None:
    white, black = QColor("white"), QColor("black")
    assert blend(white, black, 0.0) == black
    assert blend(white, black, 1.0) == white
