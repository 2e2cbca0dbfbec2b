"""Adding a ready-made layer with its formulas: one step for undo."""

from __future__ import annotations

from graph.edits import SetLayer
from graph.layer import Layer
from graph.presets import Preset
from gui.canvas.view import CanvasView
from gui.session import Session
from gui.text import tr

CHANNELS = "in_channels"


def add_preset(session: Session, canvas: CanvasView, preset: Preset) -> None:
    """Add a preset by the chosen node, connected where shapes allow."""
    before = set(session.network.nodes)
    stack = session.undo_stack
    stack.beginMacro(tr("Add {name}", name=preset.title))
    try:
        canvas.editing.adding.add_layer(_fitted(session, preset), True)
        for node in set(session.network.nodes) - before:
            if preset.formulas:
                layer = session.network.nodes[node].layer
                session.do(SetLayer(node, layer, preset.formulas))
    finally:
        stack.endMacro()


def _fitted(session: Session, preset: Preset) -> Layer:
    """The layer with the numbers that its formulas will give behind the chosen node, so that it
    is seen to fit there."""
    layer = preset.make()
    chosen = session.selection
    outputs = session.analysis.facts(chosen[-1]).outputs if chosen else ()
    if not outputs or outputs[0] is None:
        return layer
    channels = outputs[0][0]
    return layer.changed(
        **{field: channels for field, text in preset.formulas.items() if text == CHANNELS}
    )
