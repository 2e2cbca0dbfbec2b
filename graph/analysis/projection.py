"""The projection of residual networks: a 1×1 convolution and a BatchNorm2d that bring one input
of a merge to the shape of the others, by channels and by stride.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from graph.analysis.facts import Carried, compute
from graph.calls.call import Shape
from graph.layers.base.layer import Layer, Problem
from graph.layers.base.sliding import short
from graph.layers.convolution.plain import Conv2d
from graph.layers.merge import Concat, Multiply
from graph.layers.normalisation import BatchNorm2d
from graph.network.edits import insert_before
from graph.network.network import Edit, Network, Node, Wire
from graph.values.message import Message, say, say_count

MAX_STRIDE = 1024
MAX_CHANNELS = 65536
ASIDE, ABOVE, STEP = 240.0, 120.0, 60.0
"""Where the new nodes stand: beside the merge's main line, one under the other."""


def projections(
    network: Network, node: Node, problem: Problem, shapes: Sequence[Shape]
) -> Iterator[tuple[Message, Edit]]:
    """Title and edit for each input that a projection fits: the one at fault, then the first.

    ``shapes`` are those of the merge's inputs. Each was tried: the fault is gone with it, and
    nothing else is wrong at the merge or in the new nodes that was not before.
    """
    at = problem.index
    wires = network.port_wires(node.id, problem.port or "")
    for index, like in ((at, 0), (0, at)):
        wanted = _wanted(node.layer, shapes, index, like)
        layers = projection(shapes[index], wanted)
        if layers is None or not _mends(node.layer, shapes, index, layers, at):
            continue
        yield (
            say(
                "Insert a 1×1 convolution (stride {stride}, {channels}) and BatchNorm2d "
                "before input {n}",
                stride=short(layers[0].stride),
                channels=say_count("{n} channel", "{n} channels", layers[0].out_channels),
                n=index + 1,
            ),
            _insertion(network, wires[index], node, layers),
        )


def projection(shape: Shape, wanted: Shape) -> tuple[Conv2d, BatchNorm2d] | None:
    """The layers that turn C×H×W into ``wanted``, or None: sizes only shrink, by whole strides."""
    if len(shape) != 3 or len(wanted) != 3 or not 1 <= wanted[0] <= MAX_CHANNELS:
        return None
    rows, columns = stride(shape[1], wanted[1]), stride(shape[2], wanted[2])
    if rows is None or columns is None:
        return None
    convolution = Conv2d(
        out_channels=int(wanted[0]), kernel_size=(1, 1), stride=(rows, columns), bias=False
    )
    return convolution, BatchNorm2d()


def stride(size: int, wanted: int) -> int | None:
    """The smallest stride with ⌊(size − 1) / stride⌋ + 1 = ``wanted``, or None."""
    if wanted == size:
        return 1
    if not 1 <= wanted < size:
        return None
    # The last window starts at step wanted − 1, so the next one must lie outside.
    found = (size - 1) // wanted + 1
    return found if found <= MAX_STRIDE and (size - 1) // found + 1 == wanted else None


def _wanted(layer: Layer, shapes: Sequence[Shape], index: int, like: int) -> Shape:
    """The shape that input ``index`` needs beside input ``like``."""
    own, other = shapes[index], shapes[like]
    if len(own) != len(other):
        return other
    if isinstance(layer, Concat):
        return tuple(
            a if i == layer.dim - 1 else b for i, (a, b) in enumerate(zip(own, other, strict=True))
        )
    if isinstance(layer, Multiply):
        return tuple(a if 1 in (a, b) else b for a, b in zip(own, other, strict=True))
    return other


def _mends(
    layer: Layer,
    shapes: Sequence[Shape],
    index: int,
    inserted: Sequence[Layer],
    at: int,
) -> bool:
    """Try the layers in front of input ``index``."""
    shape: Shape | None = shapes[index]
    for new in inserted:
        source: Carried = (shape, False, ())
        facts = compute(new, [source], complete=True)
        if facts.problems or facts.output is None:
            return False
        shape = facts.output
    assert shape is not None
    changed = [shape if i == index else old for i, old in enumerate(shapes)]
    before = [p.index for p in layer.problems(shapes) if not p.warning]
    after = [p.index for p in layer.problems(changed) if not p.warning]
    return at not in after and set(after) < set(before)


def _insertion(network: Network, wire: Wire, node: Node, layers: Sequence[Layer]) -> Edit:
    x, y = node.position
    nodes = [
        Node(
            network.new_id(),
            network.free_name(layer.base_name()),
            layer,
            (x + ASIDE, y - ABOVE + place * STEP),
        )
        for place, layer in enumerate(layers)
    ]
    return insert_before(network, wire.id, *nodes)
