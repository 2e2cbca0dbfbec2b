"""All texts that a person can meet in a widget: painted, told by a tip, or read aloud."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from PySide6.QtCore import (
    QAbstractItemModel,
    QAbstractListModel,
    QBuffer,
    QIODevice,
    QModelIndex,
    QPoint,
    Qt,
)
from PySide6.QtGui import QAction, QPainter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QComboBox,
    QGroupBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QTabBar,
    QWidget,
)

_TEXT = re.compile(r"<text.*?</text>", re.DOTALL)
_TAG = re.compile(r"<[^>]+>")
_ROLES = (
    Qt.ItemDataRole.DisplayRole,
    Qt.ItemDataRole.ToolTipRole,
    Qt.ItemDataRole.AccessibleTextRole,
    Qt.ItemDataRole.AccessibleDescriptionRole,
)


def texts_in(widget: QWidget) -> Iterator[tuple[str, str]]:
    """Where a text stands, and the text: of the widget and of all within it."""
    for painted in painted_texts(widget):
        yield "painted", painted
    for part in (widget, *widget.findChildren(QWidget)):
        name = type(part).__name__
        yield from ((name, text) for text in _told(part))
    for action in (*widget.actions(), *widget.findChildren(QAction)):
        yield from (("action", text) for text in (action.text(), action.toolTip()))


def painted_texts(widget: QWidget) -> list[str]:
    """What the widget paints as text, with all within it."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    picture = QSvgGenerator()
    picture.setOutputDevice(buffer)
    picture.setSize(widget.size())
    painter = QPainter(picture)
    QWidget.render(widget, painter, QPoint())  # that of a view of a scene paints the scene alone
    painter.end()
    drawing = buffer.data().toStdString()
    return [html.unescape(_TAG.sub("", text)).strip() for text in _TEXT.findall(drawing)]


def _told(part: QWidget) -> Iterator[str]:
    """The texts of one widget that it may not paint now."""
    yield from (part.toolTip(), part.statusTip(), part.whatsThis(), part.windowTitle())
    yield from (part.accessibleName(), part.accessibleDescription())
    if isinstance(part, QLabel | QAbstractButton):
        yield part.text()
    elif isinstance(part, QLineEdit | QPlainTextEdit):
        yield part.placeholderText()
    elif isinstance(part, QGroupBox | QMenu):
        yield part.title()
    elif isinstance(part, QComboBox):
        yield from (part.itemText(index) for index in range(part.count()))
    elif isinstance(part, QTabBar):
        for index in range(part.count()):
            yield from (part.tabText(index), part.tabToolTip(index))
    elif isinstance(part, QHeaderView):
        sections = range(part.count())
        yield from (str(part.model().headerData(s, part.orientation()) or "") for s in sections)
    elif isinstance(part, QAbstractItemView):
        yield from _in_rows(part.model(), QModelIndex())


def _in_rows(model: QAbstractItemModel, parent: QModelIndex) -> Iterator[str]:
    columns = 1 if isinstance(model, QAbstractListModel) else model.columnCount(parent)
    for row in range(model.rowCount(parent)):
        for column in range(columns):
            index = model.index(row, column, parent)
            yield from (str(index.data(role) or "") for role in _ROLES)
        yield from _in_rows(model, model.index(row, 0, parent))
