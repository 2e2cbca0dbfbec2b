"""What the builder may call is what the layer types declare, no less and no more."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from torch import nn

from backend.model.allowed import CHAINED, FUNCTIONS, LISTED, MODULES, VISION_MODULES, module_type
from graph.calls.call import Apply, Call
from graph.calls.own_modules import OWN_MODULES
from graph.calls.plan import Plan, Repeat
from graph.layers.io import Input, Output
from graph.layers.registry import LAYERS
from tests.generators import legal_case


def targets(operation: Call | Apply | Plan | Repeat) -> Iterator[str]:
    """All that an operation calls."""
    if isinstance(operation, Plan):
        for step in operation.steps:
            yield from targets(step.operation)
    elif isinstance(operation, Call | Apply):
        yield operation.target


def called() -> set[str]:
    """All that the layer types call, over random settings of each."""
    found: set[str] = set()
    for kind in LAYERS:
        if kind in (Input, Output):
            continue
        random_source = random.Random(kind.__name__)
        for _ in range(60):
            layer, shapes = legal_case(random_source, kind)
            found.update(targets(layer.call(shapes)))
    return found


def test_what_the_layer_types_call_is_what_may_be_called() -> None:
    tables = (MODULES, VISION_MODULES, CHAINED, LISTED, FUNCTIONS, OWN_MODULES)
    assert called() - {"operator.getitem"} == set().union(*tables)


def test_a_module_is_the_one_of_torch_that_its_name_says() -> None:
    for target in (*MODULES, *VISION_MODULES):
        found = module_type(target)
        assert isinstance(found, type)
        assert issubclass(found, nn.Module)
        assert target.rpartition(".")[2] == found.__name__


@pytest.mark.parametrize(
    "target",
    [
        *("nn.Module", "nn.Sequential", "nn.LSTM", "nn.LazyLinear", "nn.functional", "nn.init"),
        *("nn.Input", "nn.Add", "nn.", "nn", "", "Conv2d", "torch.nn.Conv2d", "nn.Conv2d.forward"),
        *("ops.nms", "ops.MLP", "torch.load", "os.system", "operator.add"),
    ],
)
def test_what_no_layer_type_declares_is_refused(target: str) -> None:
    with pytest.raises(ValueError, match="is not a layer of this program"):
        module_type(target)
