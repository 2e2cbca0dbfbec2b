"""What an output gives is found behind all that keeps its values, and told where it is hidden."""

from __future__ import annotations

import pytest

from graph.analysis.analysis import Analysis
from graph.blocks.grouping import group
from graph.calls.plan import Plan
from graph.layers.activation.along_axis import LogSoftmax, Softmax, Softmax2d, Softmin
from graph.layers.activation.piecewise import Hardtanh, ReLU, ReLU6
from graph.layers.activation.smooth import LogSigmoid, Sigmoid, Tanh
from graph.layers.base.layer import Layer
from graph.layers.convolution.plain import Conv2d
from graph.layers.io import Input, Output
from graph.layers.linear import Linear
from graph.layers.pooling.adaptive import AdaptiveAvgPool2d, AdaptiveMaxPool2d, GlobalAvgPool2d
from graph.layers.pooling.plain import AvgPool2d, MaxPool2d
from graph.layers.regularisation import AlphaDropout, Dropout
from graph.layers.reshaping.axes import Permute, Squeeze, Transpose
from graph.layers.reshaping.flatten import Flatten
from graph.layers.reshaping.identity import Identity
from graph.layers.reshaping.mean_over import MeanOver
from graph.layers.reshaping.reshape import Reshape
from graph.layers.reshaping.upsampling import Upsample
from graph.planning.ending import Ending, Values, ending_of
from graph.planning.planner import make_plan
from tests.generators import chain

S, P, L = Values.SCORES, Values.PROBABILITIES, Values.LOGARITHMS
IMAGE = (Input(shape=(1, 8, 8)), Conv2d(out_channels=10))
POOLED = (*IMAGE, GlobalAvgPool2d())
VECTOR = (Input(shape=(1, 8, 8)), Flatten(), Linear(out_features=10))


def plan_of(*layers: Layer) -> Plan:
    network, _ = chain(*layers, Output())
    return make_plan(network, Analysis(network), "ending")


def ending(*layers: Layer) -> Ending:
    plan = plan_of(*layers)
    return ending_of(plan, plan.outputs[0])


@pytest.mark.parametrize(
    ("layers", "values"),
    [
        (VECTOR, S),
        ((*VECTOR, ReLU()), S),
        ((*VECTOR, Softmax()), P),
        ((*VECTOR, Softmin()), P),
        ((*VECTOR, LogSoftmax()), L),
        ((*VECTOR, Sigmoid()), Values.SHARES),
        ((*VECTOR, LogSigmoid(), Identity()), Values.LOG_SHARES),
        ((*VECTOR, Softmax(), Dropout(), Identity()), P),
        ((*POOLED, Softmax(), Flatten()), P),
        ((*POOLED, Softmax2d(), Flatten(), Dropout()), P),
        ((*POOLED, LogSoftmax(), Reshape(shape=(10,))), L),
        ((*POOLED, Flatten(), Softmax()), P),
        ((*POOLED, Softmax(), Squeeze(dim=3), Squeeze(dim=2)), P),
        ((*IMAGE, Softmax2d(), GlobalAvgPool2d(), Flatten()), P),
        ((*IMAGE, Softmax(), AdaptiveAvgPool2d(output_size=(1, 1)), Flatten()), P),
        ((*IMAGE, Softmax(), AvgPool2d(), MeanOver(dim=(-1, -2), keepdim=False)), P),
        ((*IMAGE, Softmax(dim=3), Permute(dims=(3, 1, 2))), P),
        ((*IMAGE, Transpose(dim0=1, dim1=3), Softmax(dim=3), Transpose(dim0=1, dim1=3)), P),
        # The mean of logarithms is the logarithm of nothing, but good enough as scores.
        ((*IMAGE, LogSoftmax(), GlobalAvgPool2d(), Flatten()), S),
        # Masks
        ((*IMAGE, Softmax2d()), P),
        ((*IMAGE, Softmax2d(), Upsample(mode="bilinear")), P),
        ((*IMAGE, LogSoftmax(), Upsample(mode="nearest")), L),
        ((*IMAGE, LogSoftmax(), Upsample(mode="bilinear")), S),
        ((*IMAGE, Sigmoid(), Dropout()), Values.SHARES),
    ],
    ids=lambda value: "-".join(type(v).__name__ for v in value) if type(value) is tuple else "",
)
def test_what_keeps_values_is_seen_through(layers: tuple[Layer, ...], values: Values) -> None:
    found = ending(*layers)
    assert found.values is values
    assert found.trouble is None


@pytest.mark.parametrize(
    ("layers", "words"),
    [
        ((*IMAGE, Softmax2d(), AdaptiveMaxPool2d(output_size=(1, 1)), Flatten()), "softmax2d1"),
        ((*IMAGE, Softmax2d(), MaxPool2d()), "softmax2d1"),
        ((*IMAGE, Softmax2d(), Upsample(mode="bicubic")), "softmax2d1"),
        ((*VECTOR, Softmax(), AlphaDropout()), "softmax1"),
        ((*VECTOR, Softmax(), ReLU()), "softmax1"),
        ((*IMAGE, Softmax(), Flatten()), "softmax1"),
        ((*IMAGE, Softmax(dim=2)), "set its dim to 1"),
        ((*VECTOR, Softmax(), LogSoftmax()), "remove one of the two"),
        ((*VECTOR, Sigmoid(), Dropout(), Softmax()), "remove one of the two"),
        ((*VECTOR, Tanh()), "cannot fall below 0.80"),
        ((*VECTOR, Tanh(), Dropout()), "cannot fall below 0.80"),
        ((*VECTOR, Hardtanh(min_val=0.0, max_val=1.0)), "cannot fall below 1.46"),
        ((*VECTOR, ReLU6()), "cannot fall below 0.02"),
    ],
)
def test_what_cannot_be_seen_through_is_told(layers: tuple[Layer, ...], words: str) -> None:
    found = ending(*layers)
    assert found.trouble is not None
    assert words in str(found.trouble)
    assert found.node


@pytest.mark.parametrize(
    "layers",
    [
        (*VECTOR, Softmax(), Linear(out_features=10)),
        (*IMAGE, Softmax2d(), Conv2d(out_channels=10), GlobalAvgPool2d(), Flatten()),
        (*VECTOR, Tanh(), Linear(out_features=10)),
        (*IMAGE, Sigmoid(), Conv2d(out_channels=10)),
    ],
)
def test_what_feeds_weights_is_nobodys_trouble(layers: tuple[Layer, ...]) -> None:
    assert ending(*layers) == Ending(S)


@pytest.mark.parametrize("chosen", [slice(3, 4), slice(3, 6), slice(4, 6), slice(5, 6)])
def test_a_block_is_looked_into(chosen: slice) -> None:
    network, ids = chain(*POOLED, Softmax(), Dropout(), Flatten(), Output())
    network.do(group(network, Analysis(network), ids[chosen], "Head"))
    plan = make_plan(network, Analysis(network), "head")
    assert ending_of(plan, plan.outputs[0]) == Ending(P)


def test_trouble_inside_a_block_names_the_way_to_it() -> None:
    network, ids = chain(*VECTOR, Softmax(), ReLU(), Output())
    network.do(group(network, Analysis(network), ids[3:5], "Head"))
    plan = make_plan(network, Analysis(network), "head")
    found = ending_of(plan, plan.outputs[0])
    assert "head1 › softmax1" in str(found.trouble)
    assert network.nodes[found.node].name == "head1"
