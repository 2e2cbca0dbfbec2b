"""Line icons in theme colours, from the icon font that comes with qtawesome.

An icon holds a name and a role, not pixels: it paints itself in the colour of the theme of that
moment, so nobody renews icons when the theme changes. The font file is read directly; importing
the package would take longer than opening the window.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QIconEngine, QPainter, QPixmap

from gui.appearance.glyphs import paint_snowflake
from gui.appearance.theme import current

FAMILY = "codicon"
FREEZE = "freeze"  # the font has no snowflake: painted
NAMES = {
    "new": "new-file",
    "open": "folder-opened",
    "folder": "folder",
    "save": "save",
    "save_as": "save-as",
    "undo": "discard",
    "redo": "redo",
    "copy": "copy",
    "paste": "clippy",
    "duplicate": "multiple-windows",
    "delete": "trash",
    "rename": "edit",
    "arrange": "type-hierarchy-sub",
    "fit": "screen-full",
    "zoom_in": "zoom-in",
    "zoom_out": "zoom-out",
    "add": "add",
    "remove": "remove",
    "close": "close",
    "check": "check",
    "search": "search",
    "pin": "pin",
    "data": "database",
    "image": "file-media",
    "train": "play",
    "pause": "debug-pause",
    "step": "debug-step-over",
    "stop": "debug-stop",
    "device": "chip",
    "export": "export",
    "code": "file-code",
    "settings": "settings-gear",
    "history": "history",
    "output": "output",
    "chart": "graph-line",
    "table": "table",
    "eye": "eye",
    "link": "link",
    "mute": "circle-slash",
    "reset": "discard",
    "info": "info",
    "warning": "warning",
    "error": "error",
    "help": "question",
    "learn": "mortar-board",
    "keyboard": "keyboard",
    "theme": "color-mode",
    "language": "globe",
    "more": "ellipsis",
    "grip": "gripper",
    "left": "chevron-left",
    "right": "chevron-right",
    "up": "chevron-up",
    "down": "chevron-down",
    "refresh": "refresh",
}


def icon(name: str, role: str = "secondary") -> QIcon:
    """The icon for a name of ``NAMES`` (or of the font), in the colour of ``Theme.role(role)``."""
    if name != FREEZE:
        _glyphs()[NAMES.get(name, name)]  # an unknown name fails here and not at the first paint
    return QIcon(_GlyphEngine(name, role))


@cache
def _glyphs() -> dict[str, str]:
    """Names of the icon font and their characters; loads the font into the process."""
    package = find_spec("qtawesome")
    if package is None or package.origin is None:
        raise RuntimeError("qtawesome, which brings the icon font, is not installed")
    folder = Path(package.origin).parent / "fonts"
    font_file = next(folder.glob("codicon-[0-9]*.ttf"))
    table_file = next(folder.glob("codicon-charmap-*.json"))
    QFontDatabase.addApplicationFont(str(font_file))
    table = json.loads(table_file.read_text(encoding="utf-8"))
    return {name: chr(int(code, 16)) for name, code in table.items()}


class _GlyphEngine(QIconEngine):
    """Paints one character of the icon font, centred, as large as the rectangle."""

    def __init__(self, name: str, role: str) -> None:
        super().__init__()
        self._name = name
        self._role = role

    def clone(self) -> QIconEngine:
        return _GlyphEngine(self._name, self._role)

    def key(self) -> str:
        return "convloom-glyph"

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        _paint(painter, self._name, rect, self._colour(mode))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        return _pixmap(self._name, size.width(), size.height(), self._colour(mode).rgba())

    def _colour(self, mode: QIcon.Mode) -> QColor:
        theme = current()
        return theme.disabled() if mode == QIcon.Mode.Disabled else theme.role(self._role)


def _paint(painter: QPainter, name: str, rect: QRect, colour: QColor) -> None:
    if name == FREEZE:
        paint_snowflake(painter, QRectF(rect), colour)
        return
    font = QFont(FAMILY)
    font.setPixelSize(max(1, min(rect.width(), rect.height())))
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    painter.save()
    painter.setPen(colour)
    painter.setFont(font)
    painter.drawText(QRectF(rect), Qt.AlignmentFlag.AlignCenter, _glyphs()[NAMES.get(name, name)])
    painter.restore()


@cache
def _pixmap(name: str, width: int, height: int, colour: int) -> QPixmap:
    """One picture for each look: few names, sizes and colours exist."""
    pixmap = QPixmap(width, height)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    _paint(painter, name, QRect(0, 0, width, height), QColor.fromRgba(colour))
    painter.end()
    return pixmap
