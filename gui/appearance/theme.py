"""The look as one value: colours, fonts and sizes of a theme, read from ``resources/tokens.json``.

``current()`` is the theme in use; widgets that paint by themselves ask it at every paint, and
whoever keeps pens or pictures listens to ``notifier.changed``. No colour or size of the design
is written anywhere else.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase
from PySide6.QtWidgets import QWidget

RESOURCES = Path(__file__).resolve().parents[2] / "resources"
MODES = ("system", "dark", "light")
SCALES = (0.9, 1.0, 1.15, 1.3)

_Group = TypeVar("_Group")


@dataclass(frozen=True)
class Background:
    """The five levels, from the ground up."""

    canvas: QColor
    window: QColor
    panel: QColor
    raised: QColor
    hover: QColor


@dataclass(frozen=True)
class Border:
    subtle: QColor
    control: QColor
    node: QColor


@dataclass(frozen=True)
class TextColours:
    primary: QColor
    secondary: QColor
    tertiary: QColor
    on_accent: QColor


@dataclass(frozen=True)
class ColourPair:
    """A colour for marks and words, and the ground of its badges and rows."""

    base: QColor
    background: QColor


@dataclass(frozen=True)
class WireColours:
    rest: QColor
    running: QColor
    selected: QColor
    error: QColor
    assumed: QColor
    halo: QColor
    port_ring: QColor
    port_fill: QColor


@dataclass(frozen=True)
class SeriesStyle:
    """One run in a chart: its colour and its own dash (empty for a full line)."""

    colour: QColor
    dash: tuple[float, ...]


@dataclass(frozen=True)
class FontRole:
    """Pixels at 100 %, weight and face of one role of the type table."""

    pixels: float
    weight: int
    monospace: bool = False


@dataclass(frozen=True)
class Theme:
    """All a widget needs to know about the look. Immutable: a change makes a new theme."""

    name: str
    scale: float
    background: Background
    border: Border
    text: TextColours
    accent: ColourPair
    success: ColourPair
    warning: ColourPair
    error: ColourPair
    wire: WireColours
    grid_dot: QColor
    node_body: QColor
    selection_ring: QColor
    error_ring: QColor
    rubber_band_alpha: float
    category: Mapping[str, QColor]
    category_header: Mapping[str, QColor]
    syntax: Mapping[str, QColor]
    series: tuple[SeriesStyle, ...]
    diverging: tuple[QColor, ...]
    sequential: tuple[QColor, ...]

    @property
    def is_dark(self) -> bool:
        return self.name == "dark"

    def pixels(self, value: float) -> int:
        """A length of the design in pixels at the user's interface scale."""
        return int(value * self.scale + 0.5)

    def size(self, name: str) -> int:
        """A named length of the tokens' ``size`` table (``"tool_bar"``), scaled."""
        return self.pixels(tokens()["size"][name])

    def space(self, name: str) -> int:
        """A step of the spacing scale: ``xs`` 4, ``s`` 8, ``m`` 12, ``l`` 16, ``xl`` 24, scaled."""
        return self.pixels(tokens()["space"][name])

    def radius(self, name: str) -> int:
        """A corner radius: ``control``, ``button``, ``node``, ``frame``, ``card``, ``chip``."""
        return self.pixels(tokens()["radius"][name])

    def font(self, role: str = "body") -> QFont:
        """The font of a role of ``FONT_ROLES``, at the interface scale."""
        return QFont(_font(role, self.scale))

    def disabled(self) -> QColor:
        """Text and icons of what cannot be used now."""
        return blend(self.text.tertiary, self.background.panel, 0.55)

    def role(self, name: str) -> QColor:
        """Colour of an icon or a word: primary, secondary, tertiary, on_accent, accent, success,
        warning, error, or a category's name."""
        if name in self.category:
            return self.category[name]
        if name in ("accent", "success", "warning", "error"):
            return QColor(getattr(self, name).base)
        return QColor(getattr(self.text, name))


@cache
def tokens() -> dict[str, Any]:
    """The design tokens, read once."""
    return dict(json.loads((RESOURCES / "tokens.json").read_text(encoding="utf-8")))


def _font_roles() -> dict[str, FontRole]:
    size, weight = tokens()["font"]["px"], tokens()["font"]["weight"]
    regular, medium, semibold = weight["regular"], weight["medium"], weight["semibold"]
    return {
        "page_title": FontRole(size["page_title"], semibold),
        "section_title": FontRole(size["section_title"], semibold),
        "panel_title": FontRole(size["panel_title"], semibold),
        "body": FontRole(size["body"], regular),
        "name": FontRole(size["body"], semibold),
        "small": FontRole(size["small"], regular),
        "caption": FontRole(size["small"], semibold),
        "mono": FontRole(size["mono"], medium, monospace=True),
        "code": FontRole(size["body"], regular, monospace=True),
        "shape": FontRole(size["shape"], medium, monospace=True),
        "tick": FontRole(size["tick"], regular),
    }


FONT_ROLES = _font_roles()


def blend(top: QColor, ground: QColor, amount: float) -> QColor:
    """``top`` painted over ``ground`` with opacity ``amount``, as one opaque colour."""
    return QColor.fromRgbF(
        ground.redF() + (top.redF() - ground.redF()) * amount,
        ground.greenF() + (top.greenF() - ground.greenF()) * amount,
        ground.blueF() + (top.blueF() - ground.blueF()) * amount,
    )


@cache
def make_theme(name: str, scale: float = 1.0, high_contrast: bool = False) -> Theme:
    """The theme ``"dark"`` or ``"light"`` at an interface scale."""
    data = tokens()["themes"][name]
    node, selection = data["node"], data["selection"]
    category = {key: QColor(value) for key, value in data["category"].items()}
    body, tint = QColor(node["body"]), node["header_tint"]
    theme = Theme(
        name=name,
        scale=scale,
        background=_colours(Background, data["background"]),
        border=_colours(Border, data["border"]),
        text=_colours(TextColours, data["text"]),
        accent=_colours(ColourPair, data["accent"]),
        success=_colours(ColourPair, data["status"]["success"]),
        warning=_colours(ColourPair, data["status"]["warning"]),
        error=_colours(ColourPair, data["status"]["error"]),
        wire=_colours(WireColours, data["wire"]),
        grid_dot=QColor(data["grid_dot"]),
        node_body=body,
        selection_ring=QColor(selection["ring"]),
        error_ring=QColor(selection["error_ring"]),
        rubber_band_alpha=selection["rubber_band_fill_alpha"],
        category=category,
        category_header={key: blend(hue, body, tint) for key, hue in category.items()},
        syntax={key: QColor(value) for key, value in data["syntax"].items()},
        series=tuple(
            SeriesStyle(QColor(colour), tuple(dash))
            for colour, dash in zip(data["series"], tokens()["series_dash"], strict=True)
        ),
        diverging=tuple(map(QColor, data["diverging"])),
        sequential=tuple(map(QColor, tokens()["sequential"])),
    )
    return _more_contrast(theme) if high_contrast else theme


def _colours(group: type[_Group], values: Mapping[str, str]) -> _Group:
    return group(**{field.name: QColor(values[field.name]) for field in fields(group)})  # type: ignore[arg-type]


def _more_contrast(theme: Theme) -> Theme:
    """The theme for people who ask their system for high contrast."""
    strong = theme.text.primary
    return replace(
        theme,
        text=replace(theme.text, secondary=strong, tertiary=strong),
        border=Border(theme.border.control, strong, strong),
        wire=replace(theme.wire, rest=strong, assumed=strong),
    )


@cache
def _family_names(monospace: bool) -> tuple[str, ...]:
    """The installed families of a stack, best first, and the system's own font as the last."""
    kind = QFontDatabase.SystemFont.FixedFont if monospace else QFontDatabase.SystemFont.GeneralFont
    stack = tokens()["font"]["mono_stack" if monospace else "ui_stack"]
    installed = set(QFontDatabase.families())
    return (
        *(name for name in stack if name in installed),
        QFontDatabase.systemFont(kind).family(),
    )


@cache
def _load_fonts() -> None:
    """Make the fonts of ``resources/fonts`` known to this process."""
    for path in sorted((RESOURCES / "fonts").glob("*.[ot]tf")):
        QFontDatabase.addApplicationFont(str(path))


@cache
def _font(role: str, scale: float) -> QFont:
    _load_fonts()
    wanted = FONT_ROLES[role]
    font = QFont(list(_family_names(wanted.monospace)))
    font.setPixelSize(int(wanted.pixels * scale + 0.5))
    font.setWeight(QFont.Weight(wanted.weight))
    if wanted.monospace:
        font.setStyleHint(QFont.StyleHint.Monospace)
        font.setFixedPitch(True)
    else:
        # Figures of equal width, so that a counting number does not jump.
        font.setFeature(QFont.Tag("tnum"), 1)
    return font


class Notifier(QObject):
    """Holds the theme in use and tells when another is put on; carries the new ``Theme``."""

    changed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.theme = make_theme("dark")


notifier = Notifier()


def current() -> Theme:
    """The theme in use."""
    return notifier.theme


def set_property(widget: QWidget, name: str, value: object) -> None:
    """Set a property the style sheet asks for (``primary``, ``role``) and restyle the widget."""
    widget.setProperty(name, value)
    widget.style().unpolish(widget)
    widget.style().polish(widget)
