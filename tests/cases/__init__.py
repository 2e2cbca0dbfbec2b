"""What the tests know of single layer types, one file per family.

``CASES``: layer type -> function of a random source that draws a layer and its input shapes, for
types whose inputs must suit each other or the settings; what it draws may be illegal, then it is
asked again. ``reason``, in files that have it: why a layer of the family refuses what torch would
run, given the inputs and the kinds of its problems; None where there is no good reason.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from graph.calls.call import Shape
from graph.layers.base.layer import FaultKind, Layer

Draw = Callable[[random.Random], tuple[Layer, list[Shape]]]
Reason = Callable[[Layer, list[Shape], set[FaultKind]], str | None]

_FAMILIES = [
    import_module(f"{__name__}.{path.stem}")
    for path in sorted(Path(__file__).parent.glob("[a-z]*.py"))
]
CASES: dict[type[Layer], Draw] = {
    kind: draw for family in _FAMILIES for kind, draw in family.CASES.items()
}
REASONS: list[Reason] = [family.reason for family in _FAMILIES if hasattr(family, "reason")]
