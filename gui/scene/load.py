"""What a wire carries, as it is shown."""

from __future__ import annotations

from dataclasses import dataclass

from graph.analysis.analysis import Analysis
from graph.layers.base.layer import dims
from graph.network.network import Wire


@dataclass(frozen=True, slots=True)
class Load:
    """The shape on a wire in words, and how it is to be drawn."""

    text: str = ""
    channels: int = 0
    changes: bool = True
    """Whether the shape differs from the one before the source."""
    assumed: bool = False
    error: bool = False


def load_of(analysis: Analysis, wire: Wire, faulty: bool) -> Load:
    """What a wire carries; on a ``faulty`` one also what was expected."""
    shape, assumed = analysis.wire_shape(wire.id)
    facts = analysis.facts(wire.source)
    changes = not facts.inputs or facts.inputs[0] != shape
    text = dims(shape) if shape is not None else ""
    if faulty and shape is not None:
        expected = analysis.facts(wire.target).inputs[0]
        if expected not in (None, shape):
            text = f"{text} ≠ {dims(expected)}"
    channels = shape[0] if shape else 0
    return Load(text, channels, changes, assumed and shape is not None, faulty)
