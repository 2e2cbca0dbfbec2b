"""Dresses the whole program in a theme: palette, font and style sheet of the application.

The user chooses a mode; ``"system"`` follows the desktop, now and whenever that changes.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication

from gui.appearance.style import style_sheet
from gui.appearance.theme import MODES, Theme, make_theme, notifier


class _Choice(QObject):
    """What the user chose."""

    def __init__(self) -> None:
        super().__init__()
        self.mode = "dark"
        self.scale = 1.0
        self.prepared = False

    def follow_system(self) -> None:
        if self.mode == "system" and isinstance(app := QApplication.instance(), QApplication):
            apply_theme(app, self.mode, self.scale)


_choice = _Choice()


def apply_theme(app: QApplication, mode: str = "system", scale: float = 1.0) -> Theme:
    """Dress the whole program; ``"system"`` follows the desktop from now on."""
    if mode not in MODES:
        raise ValueError(f"mode must be one of {MODES}, not {mode!r}")
    hints = app.styleHints()
    if not _choice.prepared:
        hints.colorSchemeChanged.connect(_choice.follow_system)
        app.setStyle("Fusion")
        _choice.prepared = True
    name = mode
    if mode == "system":
        name = "light" if hints.colorScheme() == Qt.ColorScheme.Light else "dark"
    theme = make_theme(name, scale, _wants_contrast(hints))
    _choice.mode, _choice.scale = mode, scale
    notifier.theme = theme
    app.setPalette(palette(theme))
    app.setFont(theme.font("body"))
    app.setStyleSheet(style_sheet(theme))
    notifier.changed.emit(theme)
    return theme


def _wants_contrast(hints: Any) -> bool:
    accessibility = getattr(hints, "accessibility", None)  # Qt 6.10 and later
    if accessibility is None:
        return False
    return bool(accessibility().contrastPreference() == Qt.ContrastPreference.HighContrast)


def palette(theme: Theme) -> QPalette:
    """The theme as Qt's palette, for all the style sheet leaves alone."""
    role = QPalette.ColorRole
    background, text = theme.background, theme.text
    colours = {
        role.Window: background.window,
        role.Base: background.window,
        role.AlternateBase: background.panel,
        role.Button: background.raised,
        role.WindowText: text.primary,
        role.Text: text.primary,
        role.ButtonText: text.primary,
        role.BrightText: text.on_accent,
        role.PlaceholderText: text.tertiary,
        role.Highlight: theme.accent.base,
        role.HighlightedText: text.on_accent,
        role.Accent: theme.accent.base,
        role.ToolTipBase: background.raised,
        role.ToolTipText: text.primary,
        role.Link: theme.accent.base,
        role.LinkVisited: theme.accent.base,
        role.Light: background.hover,
        role.Midlight: background.raised,
        role.Mid: theme.border.subtle,
        role.Dark: theme.border.control,
        role.Shadow: background.canvas,
    }
    result = QPalette()
    for key, colour in colours.items():
        result.setColor(key, colour)
    for key in (role.WindowText, role.Text, role.ButtonText, role.PlaceholderText):
        result.setColor(QPalette.ColorGroup.Disabled, key, theme.disabled())
    return result
