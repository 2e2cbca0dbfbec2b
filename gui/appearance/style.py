"""The style sheet: what the palette cannot say about bars, tabs, fields and buttons.

One text in ten parts, and long because a style sheet is: a file for each would part what reads as
one.

Every value comes from the theme. Marks inside controls (tick, arrows) are small SVG files that
are written into a folder of this process, since a style sheet can only name files.

Properties a widget may carry: ``primary`` and ``danger`` on a push button, ``flat`` on a tool
button, ``invalid`` on a field, ``role`` on a label (the names of ``theme.FONT_ROLES`` and
``hint``, ``error``, ``warning``, ``success``, ``accent``), ``level`` on a frame (``canvas``,
``window``, ``panel``, ``raised``, ``card``).
"""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

from PySide6.QtGui import QColor

from gui.appearance.theme import FONT_ROLES, Theme, blend

_PATHS = {
    "check": "M3.5 8.5 L6.8 11.5 L12.5 4.8",
    "partial": "M4 8 H12",
    "down": "M4.5 6.5 L8 10 L11.5 6.5",
    "up": "M4.5 9.5 L8 6 L11.5 9.5",
    "right": "M6.5 4.5 L10 8 L6.5 11.5",
    "close": "M4.5 4.5 L11.5 11.5 M11.5 4.5 L4.5 11.5",
    "float": "M5 5 H11 V11 H5 Z",
}


def style_sheet(theme: Theme) -> str:
    """The application's style sheet for a theme."""
    parts = (_bars, _menus, _tabs, _docks, _rows, _fields, _buttons, _marks, _sliders, _rest)
    return "\n".join(part(theme) for part in parts)


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="convloom-style-", ignore_cleanup_errors=True)


def _mark(name: str, colour: QColor) -> str:
    """``url(...)`` of a 16 px mark in a colour; written once for each colour."""
    path = Path(_folder().name, f"{name}-{colour.name()[1:]}.svg")
    if not path.exists():
        path.write_text(
            '<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16" viewBox="0 0 16 16">'
            f'<path d="{_PATHS[name]}" fill="none" stroke="{colour.name()}" stroke-width="1.7" '
            'stroke-linecap="round" stroke-linejoin="round"/></svg>',
            encoding="utf-8",
        )
    return f'url("{path.as_posix()}")'


def _font(theme: Theme, role: str) -> str:
    """Size and weight of a role as style rules."""
    font = FONT_ROLES[role]
    families = "".join(f'"{name}", ' for name in theme.font(role).families())[:-2]
    return (
        f"font-family: {families}; font-size: {theme.pixels(font.pixels)}px; "
        f"font-weight: {font.weight};"
    )


def _bars(theme: Theme) -> str:
    c, px = theme.background, theme.pixels
    line = theme.border.subtle.name()
    return f"""
QWidget {{ selection-background-color: {theme.accent.base.name()};
    selection-color: {theme.text.on_accent.name()}; }}
QMainWindow, QDialog, QStackedWidget {{ background: {c.panel.name()}; }}
QDialogButtonBox {{ dialogbuttonbox-buttons-have-icons: 0; }}
QMainWindow::separator {{ background: {line}; width: 1px; height: 1px; }}
QMainWindow::separator:hover {{ background: {theme.accent.base.name()}; }}
QMenuBar {{ background: {c.window.name()}; border-bottom: 1px solid {line};
    max-height: {theme.size("menu_bar") - 1}px; padding: 0 {px(4)}px; }}
QMenuBar::item {{ color: {theme.text.secondary.name()}; background: transparent;
    padding: {px(4)}px {px(8)}px; margin: 1px 0; border-radius: {theme.radius("control")}px; }}
QMenuBar::item:selected, QMenuBar::item:pressed {{ background: {c.hover.name()};
    color: {theme.text.primary.name()}; }}
QToolBar {{ background: {c.panel.name()}; border: none; border-bottom: 1px solid {line};
    spacing: {px(4)}px; padding: 0 {px(8)}px; min-height: {theme.size("tool_bar") - 1}px;
    max-height: {theme.size("tool_bar") - 1}px; }}
QToolBar::separator {{ background: {line}; width: 1px; margin: {px(8)}px {px(6)}px; }}
QStatusBar {{ background: {c.window.name()}; border-top: 1px solid {line};
    color: {theme.text.secondary.name()}; min-height: {theme.size("status_bar") - 1}px; }}
QStatusBar::item {{ border: none; }}
QStatusBar QLabel {{ color: {theme.text.secondary.name()}; padding: 0 {px(6)}px; }}
QSplitter::handle {{ background: {line}; }}
QSplitter::handle:horizontal {{ width: 1px; }}
QSplitter::handle:vertical {{ height: 1px; }}
QSplitter::handle:hover {{ background: {theme.accent.base.name()}; }}
"""


def _menus(theme: Theme) -> str:
    c, px = theme.background, theme.pixels
    return f"""
QMenu {{ background: {c.raised.name()}; border: 1px solid {theme.border.control.name()};
    border-radius: {theme.radius("control")}px; padding: {px(4)}px; }}
QMenu::item {{ color: {theme.text.primary.name()};
    padding: {px(5)}px {px(24)}px {px(5)}px {px(10)}px;
    border-radius: {theme.radius("control")}px; border: 1px solid transparent; }}
QMenu::icon {{ padding-left: {px(6)}px; }}
QMenu::item:selected {{ background: {theme.accent.background.name()};
    border-color: {theme.accent.base.name()}; }}
QMenu::item:disabled {{ color: {theme.disabled().name()}; }}
QMenu::separator {{ height: 1px; background: {theme.border.subtle.name()};
    margin: {px(4)}px {px(6)}px; }}
QMenu::indicator {{ width: {px(14)}px; height: {px(14)}px; left: {px(5)}px; }}
QMenu::indicator:checked {{ image: {_mark("check", theme.accent.base)}; }}
QMenu::right-arrow {{ image: {_mark("right", theme.text.secondary)};
    width: {px(14)}px; height: {px(14)}px; }}
QToolTip {{ background: {c.raised.name()}; color: {theme.text.primary.name()};
    border: 1px solid {theme.border.control.name()}; padding: {px(4)}px {px(6)}px; }}
"""


def _tabs(theme: Theme) -> str:
    px = theme.pixels
    return f"""
QTabWidget::pane {{ border: none; border-top: 1px solid {theme.border.subtle.name()}; }}
QTabBar {{ background: {theme.background.panel.name()}; qproperty-drawBase: 0; }}
QTabBar::tab {{ background: transparent; color: {theme.text.secondary.name()}; border: none;
    border-bottom: 2px solid transparent; padding: {px(5)}px {px(10)}px {px(4)}px {px(10)}px;
    min-height: {px(16)}px; }}
QTabBar::tab:hover {{ color: {theme.text.primary.name()}; }}
QTabBar::tab:selected {{ color: {theme.text.primary.name()};
    border-bottom-color: {theme.accent.base.name()}; }}
QTabBar::tab:selected:focus {{ background: {theme.accent.background.name()}; }}
QTabBar::tab:disabled {{ color: {theme.disabled().name()}; }}
QTabBar::close-button {{ image: {_mark("close", theme.text.secondary)}; }}
"""


def _docks(theme: Theme) -> str:
    px = theme.pixels
    return f"""
QDockWidget {{ color: {theme.text.primary.name()}; font-weight: 600;
    titlebar-close-icon: {_mark("close", theme.text.secondary)};
    titlebar-normal-icon: {_mark("float", theme.text.secondary)}; }}
QDockWidget::title {{ background: {theme.background.panel.name()}; text-align: left;
    padding: {px(6)}px {theme.space("m")}px;
    border-bottom: 1px solid {theme.border.subtle.name()}; }}
QDockWidget::close-button, QDockWidget::float-button {{ border: none; background: transparent;
    icon-size: {px(16)}px; }}
QDockWidget::close-button:hover, QDockWidget::float-button:hover {{
    background: {theme.background.hover.name()}; border-radius: {theme.radius("control")}px; }}
QDockWidget > QWidget {{ background: {theme.background.panel.name()}; font-weight: 400; }}
QScrollArea, QScrollArea > QWidget > QWidget {{ background: transparent; border: none; }}
QGroupBox {{ border: none; border-top: 1px solid {theme.border.subtle.name()};
    margin-top: {px(24)}px; padding: {px(6)}px 0 0 0; font-weight: 400; }}
QGroupBox::title {{ subcontrol-origin: margin; subcontrol-position: top left;
    padding: {px(4)}px 0; color: {theme.text.primary.name()}; }}
"""


def _rows(theme: Theme) -> str:
    c, px = theme.background, theme.pixels
    # The row's border keeps the focused row visible without its colour.
    return f"""
QTreeView, QListView, QTableView, QTreeWidget, QListWidget, QTableWidget {{
    background: {c.panel.name()}; alternate-background-color: {c.window.name()};
    border: none; outline: none; gridline-color: {theme.border.subtle.name()};
    color: {theme.text.primary.name()}; }}
QTreeView::item, QListView::item {{ min-height: {theme.size("tree_row") - 2}px;
    border: 1px solid transparent; padding-left: {px(2)}px; }}
QTableView::item {{ padding: 0 {px(6)}px; border: 1px solid transparent; }}
QTreeView::item:hover, QListView::item:hover, QTableView::item:hover {{
    background: {c.hover.name()}; }}
QTreeView::item:selected, QListView::item:selected, QTableView::item:selected {{
    background: {theme.accent.background.name()}; color: {theme.text.primary.name()}; }}
QTreeView:focus::item:selected, QListView:focus::item:selected, QTableView:focus::item:selected {{
    border-color: {theme.accent.base.name()}; }}
QTreeView::branch {{ background: {c.panel.name()}; }}
QTreeView::branch:selected {{ background: {theme.accent.background.name()}; }}
QTreeView::branch:has-children:closed {{ image: {_mark("right", theme.text.tertiary)}; }}
QTreeView::branch:has-children:open {{ image: {_mark("down", theme.text.tertiary)}; }}
QHeaderView {{ background: {c.panel.name()}; border: none; }}
QHeaderView::section {{ background: {c.panel.name()}; color: {theme.text.tertiary.name()};
    border: none; border-bottom: 1px solid {theme.border.subtle.name()};
    padding: {px(4)}px {px(6)}px; {_font(theme, "small")} }}
QTableCornerButton::section {{ background: {c.panel.name()}; border: none; }}
"""


def _fields(theme: Theme) -> str:
    c, px = theme.background, theme.pixels
    field, radius = theme.size("field"), theme.radius("control")
    fields = "QLineEdit, QSpinBox, QDoubleSpinBox, QAbstractSpinBox, QComboBox"
    edge = theme.border.control.name()
    return f"""
{fields} {{ background: {c.window.name()}; color: {theme.text.primary.name()};
    border: 1px solid {edge}; border-radius: {radius}px; padding: 0 {px(6)}px;
    min-height: {field - 2}px; max-height: {theme.size("button") - 2}px; }}
QLineEdit:hover, QAbstractSpinBox:hover, QComboBox:hover {{
    border-color: {theme.text.tertiary.name()}; }}
QLineEdit:focus, QAbstractSpinBox:focus, QComboBox:focus {{
    border: 2px solid {theme.accent.base.name()}; padding: 0 {px(5)}px;
    min-height: {field - 4}px; }}
QLineEdit[invalid="true"], QAbstractSpinBox[invalid="true"], QComboBox[invalid="true"] {{
    border: 2px solid {theme.error.base.name()}; color: {theme.error.base.name()};
    padding: 0 {px(5)}px; min-height: {field - 4}px; }}
QLineEdit:disabled, QAbstractSpinBox:disabled, QComboBox:disabled {{
    color: {theme.disabled().name()}; border-color: {theme.border.subtle.name()}; }}
QLineEdit:read-only {{ background: {c.panel.name()}; }}
QAbstractSpinBox, QAbstractSpinBox:focus {{ padding: 0 {px(16)}px 0 {px(3)}px; }}
QAbstractSpinBox QLineEdit, QComboBox QLineEdit {{ border: none; padding: 0; min-height: 0;
    background: transparent; }}
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button {{ subcontrol-origin: border;
    width: {px(16)}px; border: none; background: transparent; }}
QAbstractSpinBox::up-button {{ subcontrol-position: top right; }}
QAbstractSpinBox::down-button {{ subcontrol-position: bottom right; }}
QAbstractSpinBox::up-button:hover, QAbstractSpinBox::down-button:hover {{
    background: {c.hover.name()}; }}
QAbstractSpinBox::up-arrow {{ image: {_mark("up", theme.text.secondary)};
    width: {px(12)}px; height: {px(12)}px; }}
QAbstractSpinBox::down-arrow {{ image: {_mark("down", theme.text.secondary)};
    width: {px(12)}px; height: {px(12)}px; }}
QComboBox::drop-down {{ border: none; width: {px(20)}px; }}
QComboBox::down-arrow {{ image: {_mark("down", theme.text.secondary)};
    width: {px(14)}px; height: {px(14)}px; }}
QComboBox QAbstractItemView {{ background: {c.raised.name()}; border: 1px solid {edge};
    padding: {px(2)}px; selection-background-color: {theme.accent.background.name()};
    selection-color: {theme.text.primary.name()}; }}
QPlainTextEdit, QTextEdit, QTextBrowser {{ background: {c.window.name()};
    color: {theme.text.primary.name()}; border: 1px solid {theme.border.subtle.name()};
    border-radius: {radius}px; }}
QPlainTextEdit:focus, QTextEdit:focus {{ border-color: {theme.accent.base.name()}; }}
"""


def _buttons(theme: Theme) -> str:
    c, px = theme.background, theme.pixels
    accent, on_accent = theme.accent.base, theme.text.on_accent
    strong = blend(accent, theme.text.primary, 0.85).name()
    radius = theme.radius("button")
    return f"""
QPushButton {{ background: {c.raised.name()}; color: {theme.text.primary.name()};
    border: 1px solid {theme.border.control.name()}; border-radius: {radius}px;
    padding: 0 {px(12)}px; min-height: {theme.size("button") - 2}px; }}
QPushButton:hover {{ background: {c.hover.name()}; }}
QPushButton:pressed, QPushButton:checked {{ background: {theme.accent.background.name()};
    border-color: {accent.name()}; }}
QPushButton:focus {{ border: 2px solid {accent.name()}; padding: 0 {px(11)}px;
    min-height: {theme.size("button") - 4}px; }}
QPushButton:disabled {{ color: {theme.disabled().name()}; background: {c.panel.name()};
    border-color: {theme.border.subtle.name()}; }}
QPushButton[primary="true"] {{ background: {accent.name()}; color: {on_accent.name()};
    border-color: {accent.name()}; font-weight: 600; }}
QPushButton[primary="true"]:hover {{ background: {strong}; border-color: {strong}; }}
QPushButton[primary="true"]:focus {{ border: 2px solid {theme.text.primary.name()}; }}
QPushButton[primary="true"]:disabled {{ background: {c.panel.name()};
    color: {theme.disabled().name()}; border-color: {theme.border.subtle.name()}; }}
QPushButton[danger="true"] {{ color: {theme.error.base.name()};
    border-color: {theme.error.base.name()}; }}
QPushButton[danger="true"]:hover {{ background: {theme.error.background.name()}; }}
QToolButton {{ background: transparent; color: {theme.text.secondary.name()};
    border: 1px solid transparent; border-radius: {radius}px; padding: 0 {px(5)}px;
    min-height: {theme.size("tool_button") - 4}px; min-width: {px(16)}px; }}
QToolButton:hover {{ background: {c.hover.name()}; color: {theme.text.primary.name()}; }}
QToolButton:pressed, QToolButton:checked {{ background: {theme.accent.background.name()};
    border-color: {accent.name()}; color: {theme.text.primary.name()}; }}
QToolButton:focus {{ border-color: {accent.name()}; }}
QToolButton:disabled {{ color: {theme.disabled().name()}; }}
QToolButton::menu-indicator {{ image: none; }}
QToolButton[primary="true"] {{ background: {accent.name()}; color: {on_accent.name()};
    border-color: {accent.name()}; font-weight: 600; padding: 0 {px(10)}px; }}
QToolButton[primary="true"]:hover {{ background: {strong}; }}
QToolButton[primary="true"]:focus {{ border: 2px solid {theme.text.primary.name()}; }}
QToolButton[primary="true"]:disabled {{ background: {c.panel.name()};
    color: {theme.disabled().name()}; border-color: {theme.border.subtle.name()}; }}
"""


def _marks(theme: Theme) -> str:
    px, side = theme.pixels, theme.pixels(14)
    kinds = ("QCheckBox::indicator", "QGroupBox::indicator", "QAbstractItemView::indicator")

    def each(state: str) -> str:
        return ", ".join(kind + state for kind in kinds)

    accent = theme.accent.base.name()
    return f"""
QCheckBox, QRadioButton {{ spacing: {px(7)}px; min-height: {theme.size("hit_min")}px;
    background: transparent; }}
{each("")} {{ width: {side}px; height: {side}px; border: 1px solid {theme.border.control.name()};
    border-radius: {px(3)}px; background: {theme.background.window.name()}; }}
{each(":hover")} {{ border-color: {theme.text.secondary.name()}; }}
{each(":checked")} {{ background: {accent}; border-color: {accent};
    image: {_mark("check", theme.text.on_accent)}; }}
{each(":indeterminate")} {{ background: {accent}; border-color: {accent};
    image: {_mark("partial", theme.text.on_accent)}; }}
{each(":disabled")} {{ background: {theme.background.panel.name()};
    border-color: {theme.border.subtle.name()}; }}
{each(":checked:disabled")} {{ image: {_mark("check", theme.disabled())}; }}
QRadioButton::indicator {{ width: {side}px; height: {side}px; border-radius: {side // 2 + 1}px;
    border: 1px solid {theme.border.control.name()};
    background: {theme.background.window.name()}; }}
QRadioButton::indicator:checked {{ background: {theme.text.on_accent.name()};
    border: {px(4)}px solid {accent}; width: {side - 2 * px(3)}px; height: {side - 2 * px(3)}px; }}
QCheckBox:focus, QRadioButton:focus {{ color: {theme.text.primary.name()};
    text-decoration: underline; outline: none; }}
QCheckBox::indicator:focus, QRadioButton::indicator:focus {{ border-color: {accent}; }}
QCheckBox:disabled, QRadioButton:disabled {{ color: {theme.disabled().name()}; }}
"""


def _sliders(theme: Theme) -> str:
    px, accent = theme.pixels, theme.accent.base.name()
    handle, groove = theme.border.control.name(), theme.border.subtle.name()
    thick = px(8)
    knob = theme.text.primary if theme.is_dark else theme.background.raised
    return f"""
QScrollBar {{ background: transparent; border: none; margin: 0; }}
QScrollBar:vertical {{ width: {thick}px; }}
QScrollBar:horizontal {{ height: {thick}px; }}
QScrollBar::handle {{ background: {handle}; border-radius: {thick // 2 - 1}px; margin: 1px; }}
QScrollBar::handle:vertical {{ min-height: {px(24)}px; }}
QScrollBar::handle:horizontal {{ min-width: {px(24)}px; }}
QScrollBar::handle:hover {{ background: {theme.text.tertiary.name()}; }}
QScrollBar::add-line, QScrollBar::sub-line {{
    width: 0; height: 0; border: none; background: none; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
QAbstractScrollArea::corner {{ background: transparent; }}
QSlider:horizontal {{ min-height: {px(22)}px; }}
QSlider::groove:horizontal {{ height: {px(4)}px; border-radius: {px(2)}px; background: {groove}; }}
QSlider::sub-page:horizontal {{ background: {accent}; border-radius: {px(2)}px; }}
QSlider::groove:vertical {{ width: {px(4)}px; border-radius: {px(2)}px; background: {groove}; }}
QSlider::add-page:vertical {{ background: {accent}; border-radius: {px(2)}px; }}
QSlider::handle {{ background: {knob.name()}; border: 2px solid {accent};
    width: {px(8)}px; height: {px(8)}px; border-radius: {(px(8) + 4) // 2}px; }}
QSlider::handle:horizontal {{ margin: {-px(4)}px 0; }}
QSlider::handle:vertical {{ margin: 0 {-px(4)}px; }}
QSlider::handle:focus {{ background: {accent}; border-color: {theme.text.primary.name()}; }}
QSlider::handle:disabled {{ background: {groove}; border-color: {handle}; }}
QProgressBar {{ background: {groove}; border: none; border-radius: {px(3)}px;
    max-height: {px(6)}px; min-height: {px(6)}px; color: transparent; }}
QProgressBar::chunk {{ background: {accent}; border-radius: {px(3)}px; }}
"""


def _rest(theme: Theme) -> str:
    words = {
        "hint": theme.text.tertiary,
        "error": theme.error.base,
        "warning": theme.warning.base,
        "success": theme.success.base,
        "accent": theme.accent.base,
    }
    rules = [f'QLabel[role="{role}"] {{ {_font(theme, role)} }}' for role in FONT_ROLES]
    rules += [f'QLabel[role="{key}"] {{ color: {value.name()}; }}' for key, value in words.items()]
    rules.append(f'QLabel[role="hint"] {{ {_font(theme, "small")} }}')
    for level in ("canvas", "window", "panel", "raised"):
        colour = getattr(theme.background, level).name()
        rules.append(f'QFrame[level="{level}"] {{ background: {colour}; border: none; }}')
    rules.append(
        f'QFrame[level="card"] {{ background: {theme.background.raised.name()}; '
        f"border: 1px solid {theme.border.subtle.name()}; "
        f"border-radius: {theme.radius('card')}px; }}"
    )
    return "\n".join((*rules, "QLabel { background: transparent; }"))
