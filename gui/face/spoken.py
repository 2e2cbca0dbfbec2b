"""What a screen reader says of a node, and its tooltip: one sentence."""

from __future__ import annotations

from graph.analysis.faults import Fault
from graph.calls.call import Shape
from graph.layers.base.initialisation import DEFAULT
from graph.layers.base.layer import Layer, dims
from gui.language.kinds import kind_name
from gui.language.text import tr, tr_count


def summary_of(
    name: str,
    layer: Layer,
    inputs: tuple[Shape | None, ...],
    output: Shape | None,
    parameters: int,
    frozen: bool,
    fault: Fault | None,
) -> str:
    """``conv2, Conv2d, 32×28×28 to 64×14×14, 18 432 parameters, no problems``"""
    parts = [name, kind_name(layer)]
    arriving = ", ".join(dims(shape) for shape in inputs if shape is not None)
    leaving = dims(output) if output is not None else ""
    if arriving and leaving and layer.output_ports():
        parts.append(tr("{arriving} to {leaving}", arriving=arriving, leaving=leaving))
    elif arriving or leaving:
        parts.append(arriving or leaving)
    if parameters:
        parts.append(tr_count("{n} parameter", "{n} parameters", parameters))
    start = layer.values().get("init")
    if isinstance(start, str) and start != DEFAULT:
        parts.append(tr("starts as {scheme}", scheme=start))
    if frozen:
        parts.append(tr("frozen"))
    parts.append(fault.sentence().text() if fault is not None else tr("no problems"))
    return ", ".join(parts)
