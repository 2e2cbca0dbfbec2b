"""Random legal cases of layer types whose inputs must suit each other or the settings.

One file per family, each with a table ``CASES``: layer type -> function of a random source that
draws a layer and its input shapes; what it draws may be illegal, then it is asked again.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from graph.calls.call import Shape
from graph.layers.base.layer import Layer

Draw = Callable[[random.Random], tuple[Layer, list[Shape]]]

CASES: dict[type[Layer], Draw] = {}
for _path in sorted(Path(__file__).parent.glob("[a-z]*.py")):
    CASES.update(import_module(f"{__name__}.{_path.stem}").CASES)
