"""YOLO11n: Jocher and Qiu, "Ultralytics YOLO11", 2024, in its smallest size."""

from __future__ import annotations

from graph.blocks.sketch import Sketch
from graph.layers.merge import Concat
from graph.layers.reshaping.upsampling import Upsample
from graph.network.network import Network
from graph.ready.registry import READY
from graph.templates.fitting import pad_to
from graph.templates.notes.registry import NOTES
from graph.templates.template import Template, TemplateSize
from graph.values.message import say

MULTIPLE = 32
"""What five strides of 2 divide the image by."""


def yolo11n(fit: TemplateSize) -> Network:
    """24 rows, numbered as published: 2,590,815 parameters for 640×640 and 5 classes."""
    draw = Sketch(ready=READY)
    draw.input("input", fit.shape)
    pad_to(draw, fit.shape, MULTIPLE)
    _Rows(draw).draw(fit.classes)
    draw.output(target="boxes")
    return draw.network


class _Rows:
    """The rows of the published table, each behind the one before unless it says otherwise."""

    def __init__(self, drawing: Sketch) -> None:
        self._drawing = drawing
        self._rows: list[str] = []

    def draw(self, classes: int) -> None:
        """Backbone, neck and head."""
        self._backbone()
        self._neck()
        sources = (self._rows[16], self._rows[19], self._rows[22])
        width = max(64, min(classes, 100))
        self._drawing.use("Detect", *sources, name="detect_23", classes=classes, width=width)

    def _backbone(self) -> None:
        self._conv(16)
        self._conv(32)
        self._c3k2(64, 16)
        self._conv(64)
        self._c3k2(128, 32)
        self._conv(128)
        self._c3k2(128, 64, deep=True)
        self._conv(256)
        self._c3k2(256, 128, deep=True)
        self._row(self._drawing.use("SPPF", name="sppf_9", channels=256))
        self._row(self._drawing.use("C2PSA", name="c2psa_10"))

    def _neck(self) -> None:
        self._grow()
        self._join(6)
        self._c3k2(128, 64)
        self._grow()
        self._join(4)
        self._c3k2(64, 32)
        self._conv(64)
        self._join(13)
        self._c3k2(128, 64)
        self._conv(128)
        self._join(10)
        self._c3k2(256, 128, deep=True)

    def _row(self, node: str) -> None:
        self._rows.append(node)

    def _conv(self, channels: int) -> None:
        name = f"conv_{len(self._rows)}"
        node = self._drawing.use("Conv unit", name=name, channels=channels, kernel_size=3, stride=2)
        self._row(node)

    def _c3k2(self, channels: int, inner: int, *, deep: bool = False) -> None:
        name = f"c3k2_{len(self._rows)}"
        block = "C3k2 with C3k" if deep else "C3k2"
        self._row(self._drawing.use(block, name=name, channels=channels, inner=inner))

    def _grow(self) -> None:
        drawing = self._drawing
        self._row(drawing.put(Upsample(), drawing.last, name=f"upsample_{len(self._rows)}"))

    def _join(self, other: int) -> None:
        drawing = self._drawing
        name = f"concat_{len(self._rows)}"
        self._row(drawing.put(Concat(), drawing.last, self._rows[other], name=name))


YOLO11N = Template(
    "yolo11n",
    "YOLO11n",
    2024,
    say("Finds all objects and names them in one pass; to look at and export, not to train here"),
    "detection",
    yolo11n,
    (3, 640, 640),
    5,
    literature=NOTES["yolo11n"],
)
