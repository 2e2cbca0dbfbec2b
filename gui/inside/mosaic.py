"""Many small arrays as one picture: the filters of a convolution, the maps of a node.

The scale is honest: a colour bar says which values the ends mean, a cell beyond them carries a
corner tick, NaN is hatched and infinity crossed out. One tile is selected, by mouse or arrows.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QHelpEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from gui.appearance.colormaps import (
    Colormap,
    ValueRange,
    colour_table,
    value_range,
)
from gui.appearance.theme import Theme, current, notifier
from gui.inside.mosaic_data import MosaicData, mosaic_data
from gui.inside.mosaic_paint import (
    ends_of_bar,
    mosaic_image,
    paint_bar,
    paint_caption,
    paint_marks,
    paint_selection,
)
from gui.inside.tiles import Tiles, arrange
from gui.language.text import tr

GAP = 2
LEAST_TILE = 16


class Mosaic(QWidget):
    """Tiles of equal size with a caption above and a colour bar below.

    Args:
        title: left end of the caption; ``set_note`` gives the right end.
        palette: how values become colours.
        each: every tile has a range of its own instead of one for all.
    """

    selected = Signal(int)

    def __init__(
        self,
        title: str = "",
        palette: Colormap = Colormap.DIVERGING,
        *,
        each: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._title, self._note, self._empty = title, "", ""
        self._palette = palette
        self._each = each
        self._fixed: ValueRange | None = None
        self._data = mosaic_data(np.empty((0, 1, 1), np.float32), palette)
        self._image: QImage | None = None
        self._tiles: Tiles | None = None
        self._first_row = 0
        self._scale_of_caption = current().scale
        self._current: int | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(80, 60)
        self.setAccessibleName(title)
        notifier.changed.connect(self._restyle)

    # What the owner does

    def set_arrays(self, arrays: NDArray[np.floating], *, rgb: bool = False) -> None:
        """Show N×h×w values, or with ``rgb`` N×3×h×w as colours (grey is zero).

        Raises:
            ValueError: another number of dimensions, or not three channels.
        """
        data = self._prepared(arrays, rgb)
        if (len(data), data.tile_shape) != (len(self._data), self._data.tile_shape):
            self._tiles = None
        if rgb != self._data.rgb:
            self._tiles = None
        if self._current is not None and self._current >= len(data):
            self._current = None
        self._take(data)

    def clear(self, text: str = "") -> None:
        """Show nothing but one line of text."""
        self._empty = text
        self.set_arrays(np.empty((0, 1, 1), np.float32))

    def set_palette(self, palette: Colormap) -> None:
        """Another palette; only the colours change if the range stays."""
        if palette is self._palette:
            return
        self._palette = palette
        same = not self._each and self._data.limits == (
            self._fixed or value_range(self._data.arrays, palette)
        )
        if not same:
            self._prepare_again()
        elif self._image is not None and not self._data.rgb:
            self._image.setColorTable(colour_table(palette, current()))
        self.update()

    def set_range(self, limits: ValueRange | None) -> None:
        """A fixed range, or None for the palette's own."""
        self._fixed = limits
        self._prepare_again()

    def set_each(self, each: bool) -> None:
        """Each tile to its own scale, or one for all."""
        self._each = each
        self._prepare_again()

    def set_title(self, text: str) -> None:
        """Left end of the caption."""
        self._title = text
        self.setAccessibleName(text)
        self.update()

    def set_note(self, text: str) -> None:
        """Right end of the caption (``64 × 3×3``)."""
        self._note = text
        self.update()

    def texts(self) -> tuple[str, str, str]:
        """Title, note, and the line that stands where there are no tiles."""
        return self._title, self._note, "" if len(self._data) else self._empty

    @property
    def range(self) -> ValueRange:
        """The values at the ends of the colour bar."""
        return self._data.limits

    @property
    def image(self) -> QImage | None:
        """The picture without marks, as last painted."""
        return self._image

    @property
    def current(self) -> int | None:
        """The selected tile."""
        return self._current

    def describe(self, index: int) -> str:
        """What the tooltip of a tile says."""
        return self._data.describe(index)

    def select(self, index: int | None) -> None:
        """Select a tile and scroll to it; tells with ``selected`` if it is another one."""
        if index is not None and not 0 <= index < len(self._data):
            return
        if index == self._current:
            return
        self._current = index
        if index is not None:
            self._scroll(self._arranged().showing(index))
            self.setAccessibleDescription(self.describe(index))
            self.selected.emit(index)
        self.update()

    def _prepared(self, arrays: NDArray[np.floating], rgb: bool) -> MosaicData:
        return mosaic_data(arrays, self._palette, each=self._each, fixed=self._fixed, rgb=rgb)

    def _prepare_again(self) -> None:
        self._take(self._prepared(self._data.arrays, self._data.rgb))

    def _take(self, data: MosaicData) -> None:
        self._data = data
        self._image = None
        self.update()

    def _restyle(self, theme: Theme) -> None:
        self._tiles = None if self._scale_of_caption != theme.scale else self._tiles
        self._scale_of_caption = theme.scale
        if self._data.rgb:
            self._image = None
        elif self._image is not None:
            self._image.setColorTable(colour_table(self._palette, theme))
        self.update()

    # Geometry, in device pixels inside the picture's area

    def _bar_height(self) -> int:
        return 0 if self._data.rgb else current().pixels(20)

    def _area(self) -> QRect:
        """The place of the tiles in the widget."""
        top = current().pixels(22) if self._title or self._note else 0
        return self.rect().adjusted(0, top, 0, -self._bar_height())

    def _arranged(self) -> Tiles:
        if self._tiles is None:
            ratio, area = self.devicePixelRatioF(), self._area()
            tiles = arrange(
                len(self._data),
                self._data.tile_shape,
                (int(max(1, area.height()) * ratio), int(max(1, area.width()) * ratio)),
                round(GAP * ratio),
                round(LEAST_TILE * ratio),
            )
            self._take_tiles(tiles.scrolled(self._first_row))
        assert self._tiles is not None
        return self._tiles

    def _take_tiles(self, tiles: Tiles) -> None:
        self._tiles, self._first_row = tiles, tiles.first_row
        self._image = None

    def _scroll(self, tiles: Tiles) -> None:
        if tiles != self._tiles:
            self._take_tiles(tiles)
            self.update()

    def _picture(self) -> QImage:
        tiles = self._arranged()
        if self._image is None:
            self._image = mosaic_image(self._data, tiles, self._palette, current())
            self._image.setDevicePixelRatio(self.devicePixelRatioF())
        return self._image

    def _tile_at(self, point: QPointF) -> int | None:
        if not len(self._data):
            return None
        ratio, offset = self.devicePixelRatioF(), point - QPointF(self._area().topLeft())
        if offset.y() < 0:
            return None
        return self._arranged().at(offset.x() * ratio, offset.y() * ratio)

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme = QPainter(self), current()
        if len(self._data):
            self._arranged()
        line = QRect(0, 0, self.width(), theme.pixels(18)).adjusted(2, 0, -2, 0)
        paint_caption(painter, theme, line, self._title, self._words_of_note())
        area = self._area()
        if not len(self._data):
            painter.setFont(theme.font("small"))
            painter.setPen(theme.text.tertiary)
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(area, flags, self._empty)
        else:
            painter.drawImage(area.topLeft(), self._picture())
            painter.save()
            painter.translate(area.topLeft())
            painter.scale(1 / self.devicePixelRatioF(), 1 / self.devicePixelRatioF())
            paint_marks(painter, theme, self._data, self._arranged())
            paint_selection(painter, theme, self._arranged(), self._current)
            painter.restore()
            if not self._data.rgb:
                height = theme.pixels(16)
                ends = ends_of_bar(self._data.limits, self._palette, each=self._each)
                row = QRectF(0, self.height() - height, self.width(), height)
                paint_bar(painter, theme, row.adjusted(2, 0, -2, 0), self._palette, ends)
        if self.hasFocus():
            painter.setPen(QPen(theme.accent.base, 1))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def _words_of_note(self) -> str:
        """Right end of the caption: which tiles are in sight, where not all are."""
        tiles, count = self._tiles, len(self._data)
        if not count or tiles is None or not tiles.cut:
            return self._note
        first, last = tiles.shown.start, tiles.shown.stop - 1
        return tr("{first}–{last} of {count}", first=first, last=last, count=count)

    # Qt

    def sizeHint(self) -> QSize:
        return QSize(280, 280)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._tiles = None
        super().resizeEvent(event)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            index = self._tile_at(QPointF(event.pos()))
            if index is None:
                QToolTip.hideText()
            else:
                QToolTip.showText(event.globalPos(), self.describe(index), self)
            return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.select(self._tile_at(event.position()))

    def wheelEvent(self, event: QWheelEvent) -> None:
        tiles = self._arranged() if len(self._data) else None
        if tiles is not None and tiles.cut:
            step = -1 if event.angleDelta().y() > 0 else 1
            self._scroll(tiles.scrolled(tiles.first_row + step))
        else:
            super().wheelEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        last = len(self._data) - 1
        if last < 0:
            super().keyPressEvent(event)
            return
        columns, index = self._arranged().columns, self._current
        targets = {
            Qt.Key.Key_Left: (index or 0) - 1,
            Qt.Key.Key_Right: -1 if index is None else index + 1,
            Qt.Key.Key_Up: (index or 0) - columns,
            Qt.Key.Key_Down: -1 if index is None else index + columns,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }
        key = Qt.Key(event.key())
        if key not in targets:
            super().keyPressEvent(event)
        elif index is None:
            self.select(last if key == Qt.Key.Key_End else 0)
        elif 0 <= targets[key] <= last:
            self.select(targets[key])

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.update()
