"""Adding a ready-made layer with its formulas: one step for undo."""

from __future__ import annotations

from collections.abc import Callable

from graph.calls.call import Shape
from graph.layers.base.layer import Layer
from graph.network.edits import SetLayer
from graph.ready.presets import PRESETS, Preset
from gui.language.text import tr
from gui.session.session import Session

CHANNELS = "in_channels"
KEY = "preset:"
"""What a ready-made layer is dragged as, before its name."""


def preset_of(key: str) -> Preset | None:
    """The ready-made layer that is dragged as ``key``."""
    name = key.removeprefix(KEY)
    return next((p for p in PRESETS if key.startswith(KEY) and p.name == name), None)


def place_preset(session: Session, preset: Preset, place: Callable[[], None]) -> None:
    """Give what ``place`` adds the formulas of a preset, in one step with it."""
    if not preset.formulas:
        place()
        return
    before = set(session.network.nodes)
    stack = session.undo_stack
    stack.beginMacro(tr("Add {name}", name=preset.title))
    try:
        place()
        for node in set(session.network.nodes) - before:
            session.do(SetLayer(node, session.network.nodes[node].layer, preset.formulas))
    finally:
        stack.endMacro()


def suited(preset: Preset, shape: Shape | None) -> Layer:
    """The layer with the numbers that its formulas will give where a shape arrives, so that it is
    seen to fit there."""
    layer = preset.make()
    if shape is None:
        return layer
    numbers = {field: shape[0] for field, text in preset.formulas.items() if text == CHANNELS}
    return layer.changed(**numbers)
