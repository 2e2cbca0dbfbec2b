"""What layers of matrices share: inputs whose last two axes are rows and columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from graph.calls.call import Shape
from graph.layers.base.layer import FaultKind, Layer, Problem, dims
from graph.values.message import Message, say

RANKS = (2, 3, 4)
"""N×M, or a stack K×N×M or J×K×N×M."""


def mismatch(port: str, shape: Shape, why: Message, mend: Message) -> Problem:
    """The problem of an input whose ``shape`` does not suit the others."""
    return Problem(FaultKind.MERGE_MISMATCH, why, mend, port=port, value=dims(shape))


def ranks_differ(layer: Layer, inputs: Sequence[Shape]) -> Iterator[Problem]:
    """Yield a problem unless all inputs have the same number of axes, two to four.

    ``inputs`` are the shapes on the layer's ports in their order; the first that differs is named.
    """
    ports = layer.input_ports()
    for port, shape in zip(ports, inputs, strict=True):
        if len(shape) not in RANKS or len(shape) != len(inputs[0]):
            yield Problem(
                FaultKind.WRONG_RANK,
                say(
                    "{type} takes matrices, or stacks of them, with as many axes in all inputs",
                    type=layer.type_name(),
                ),
                say("Bring all to N×M or K×N×M with Reshape or Unflatten"),
                port=port.name,
                value=dims(shape),
            )
            return
