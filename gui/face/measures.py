"""Lengths of the canvas in scene units, read from the design tokens, and its levels of detail.

A scene unit is a pixel at 100 %. The interface scale does not touch the canvas: it has its zoom.
"""

from __future__ import annotations

from enum import IntEnum
from functools import cache

from PySide6.QtGui import QFont

from gui.appearance.theme import make_theme, tokens

_NODE, _STACK, _WIRE = tokens()["node"], tokens()["stack"], tokens()["wire"]
_LOD, _ZOOM, _GRID = tokens()["lod"], tokens()["zoom"], tokens()["grid"]

WIDTH: float = _NODE["width"]
OPERATOR_WIDTH: float = _NODE["width_operator"]
HEADER: float = _NODE["header"]
ROW: float = _NODE["row"]
FULL_HEIGHT: float = _NODE["height_full"]
LINE_HEIGHT: float = _NODE["height_one_line"]
OPERATOR_HEIGHT: float = _NODE["height_operator"]
CONCAT_ROW: float = _NODE["concat_row"]
BAR: float = _NODE["category_bar"]
PAD: float = _NODE["pad_x"]
GLYPH: float = _NODE["glyph"]
PORT: float = _NODE["port_diameter"]
PORT_RING: float = _NODE["port_ring"]
PORT_FIRST: float = _NODE["port_first_y"]
PORT_STEP: float = _NODE["port_step"]
PORTS_FROM: float = HEADER + 2 * ROW + 2
"""Where the named ports of a block begin, under its figures."""
PORT_HIT: float = _NODE["port_hit_radius"]
BORDER: float = _NODE["border"]
BADGE: float = _NODE["badge"]
RING_OFFSET: float = _NODE["selection_offset"]
RING_WIDTH: float = _NODE["selection_width"]
THUMBNAIL: float = _NODE["thumbnail"]
ACTIVITY: float = _NODE["activity_bar"]
RADIUS: float = tokens()["radius"]["node"]

SEAM: float = _STACK["seam_with_shape"]
SEAM_PLAIN: float = _STACK["seam_plain"]
COLUMN_GAP: float = _STACK["column_gap"]
ROW_GAP: float = _STACK["row_gap"]
SNAP_DISTANCE: float = _STACK["snap_distance"]

WIRE_BASE: float = _WIRE["width_base"]
WIRE_PER_LOG2: float = _WIRE["width_per_log2_channel"]
WIRE_MAX: float = _WIRE["width_max"]
HALO: float = _WIRE["halo"]
CONTROL_MIN: float = _WIRE["control_min"]
LANE_RADIUS: float = _WIRE["lane_radius"]
WIRE_HIT: float = _WIRE["hit_width"]
ERROR_DASH: tuple[float, ...] = tuple(_WIRE["error_dash"])
ASSUMED_DASH: tuple[float, ...] = tuple(_WIRE["assumed_dash"])

GRID_STEP: float = _GRID["step"]
GRID_DOT: float = _GRID["dot"]
GRID_SNAP: float = _GRID["snap"]

ZOOM_MIN: float = _ZOOM["min"]
ZOOM_MAX: float = _ZOOM["max"]
ZOOM_STEP: float = _ZOOM["step"]
OVERVIEW_BELOW = 0.2
"""Below this zoom one picture of the whole network is shown instead of its items."""
NAMES_FROM: float = _LOD["medium"]
OVERVIEW_BELOW_CROWDED: float = NAMES_FROM
"""The same for a network of many nodes."""

STACK_HEIGHT = 440.0
"""A chain higher than this goes on in the next column."""
ANIMATED_NODES = 400
LANES_UP_TO = 600
"""With more nodes than this, long wires are plain curves."""

MOTION: dict[str, int] = tokens()["motion_ms"]


class Detail(IntEnum):
    """How much is painted at a zoom."""

    STACKS = 0
    HUES = 1
    NAMES = 2
    FULL = 3


def level_of(zoom: float) -> Detail:
    """The level of detail of a zoom (1 is 100 %)."""
    if zoom >= _LOD["full"]:
        return Detail.FULL
    if zoom >= _LOD["medium"]:
        return Detail.NAMES
    return Detail.HUES if zoom >= _LOD["small"] else Detail.STACKS


@cache
def canvas_font(role: str, italic: bool = False) -> QFont:
    """The font of a role at the size it has in the scene, whatever the interface scale."""
    font = make_theme("dark").font(role)
    font.setItalic(italic)
    return font
