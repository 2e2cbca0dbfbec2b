"""The drawing area of a chart: pyqtgraph's view box and axes, with own ticks and own grid.

Not a ``PlotWidget``: that brings menus and buttons this program has no use for.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyqtgraph
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPen, QResizeEvent
from PySide6.QtWidgets import QWidget

from gui.appearance.theme import Theme
from gui.charts.axes import Tick

LEFT_AXIS = 46
BOTTOM_AXIS = 20
LABEL = 34
LINE = 16


class Plot(pyqtgraph.GraphicsView):  # type: ignore[misc]  # it has no types
    """Left and bottom axis only; nothing in it follows the data by itself."""

    def __init__(self, parent: QWidget, theme: Theme, resized: Callable[[], None]) -> None:
        self._resized: Callable[[], None] | None = None
        super().__init__(parent)
        self._resized = resized
        self._shown: object = None
        self._layout = pyqtgraph.GraphicsLayout()
        self._box = pyqtgraph.ViewBox(enableMenu=False, enableMouse=False, defaultPadding=0)
        self._left = pyqtgraph.AxisItem("left", linkView=self._box)
        self._bottom = pyqtgraph.AxisItem("bottom", linkView=self._box)
        self._grid = pyqtgraph.PlotCurveItem(connect="pairs", skipFiniteCheck=True)
        self._build()
        self.restyle(theme)

    def _build(self) -> None:
        self.setFrameShape(self.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)  # the chart's menu instead
        self._layout.setSpacing(0)
        self._layout.addItem(self._left, 0, 0)
        self._layout.addItem(self._box, 0, 1)
        self._layout.addItem(self._bottom, 1, 1)
        self.setCentralItem(self._layout)
        self._box.disableAutoRange()
        self._grid.setZValue(-10)
        self.add(self._grid)

    def add(self, item: object) -> None:
        """Put a curve into the plane."""
        self._box.addItem(item, ignoreBounds=True)

    def remove(self, item: object) -> None:
        """Take a curve away."""
        self._box.removeItem(item)

    def restyle(self, theme: Theme) -> None:
        """Colours and fonts of a theme."""
        self.setBackground(theme.background.panel)
        self._grid.setPen(_hair(theme.border.subtle))
        for axis in (self._left, self._bottom):
            axis.setPen(_hair(theme.border.control))
            axis.setTextPen(theme.text.tertiary)
            axis.setStyle(
                tickFont=theme.font("tick"),
                tickLength=0,
                tickTextOffset=5,
                hideOverlappingLabels=False,
            )
        self._left.setWidth(theme.pixels(LEFT_AXIS))
        self._bottom.setHeight(theme.pixels(BOTTOM_AXIS))
        self._layout.setContentsMargins(0, theme.space("s"), theme.space("m"), 0)

    def show_scale(
        self,
        x: tuple[float, float],
        y: tuple[float, float],
        ticks: Callable[[int, int], tuple[list[Tick], list[Tick]]],
    ) -> None:
        """Show exactly this part of the plane, with ticks and the grid through them."""
        area = self.area()
        wide = min(7, max(3, int(area.width() // LABEL)))
        high = min(7, max(3, int(area.height() // LINE)))
        if (x, y, wide, high) == self._shown:
            return
        self._shown = (x, y, wide, high)
        self._box.setRange(xRange=x, yRange=y, padding=0)
        bottom, left = ticks(wide, high)
        self._bottom.setTicks([bottom])
        self._left.setTicks([left])
        xs = [place for place, _ in bottom for _ in range(2)] + list(x) * len(left)
        ys = list(y) * len(bottom) + [place for place, _ in left for _ in range(2)]
        self._grid.setData(np.array(xs, dtype=float), np.array(ys, dtype=float))

    def area(self) -> QRectF:
        """The part within the axes, in pixels of this widget."""
        bounds: QRectF = self._box.sceneBoundingRect()
        return QRectF(self.mapFromScene(bounds).boundingRect())

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        if self._resized is not None:  # the base class resizes while it is being made
            self._resized()


def _hair(colour: QColor) -> QPen:
    pen = QPen(colour, 1)
    pen.setCosmetic(True)
    return pen
