"""Every layer type against torch: shapes, parameters, multiply-accumulates, and what is refused."""

from __future__ import annotations

import random
from collections import Counter

import pytest
import torch
from torch import nn

from graph.calls.call import Shape
from graph.layers.attention.maps import CBAM, ChannelAttention, SpatialAttention
from graph.layers.attention.squeeze import SqueezeExcitation
from graph.layers.base.layer import FaultKind, Layer
from graph.layers.convolution.deformable import DeformConv2d
from graph.layers.convolution.plain import Conv2d
from graph.layers.io import Input, Output
from graph.layers.pooling.plain import MaxPool2d, MaxPooling, Pooling2d
from graph.layers.registry import LAYERS
from graph.layers.reshaping.upsampling import Upsample
from tests.cases import REASONS
from tests.generators import IMAGE_ONLY, Case, any_case, is_legal, legal_case
from tests.graph.judge import Judge, Verdict

RUN = [layer for layer in LAYERS if layer not in (Input, Output)]
SLOW = (CBAM, ChannelAttention, DeformConv2d, SpatialAttention, SqueezeExcitation, Upsample)
"""Types of several parts, or that torch itself computes in Python on the meta device."""
names = pytest.mark.parametrize("kind", RUN, ids=lambda kind: kind.__name__)


def compare(kind: type[Layer], count: int, seed: int) -> None:
    random_source = random.Random(f"{kind.__name__} {seed}")
    with Judge() as judge:
        for _ in range(count):
            layer, inputs = legal_case(random_source, kind)
            ours = Verdict(layer.shapes(inputs), layer.parameters(inputs), layer.macs(inputs))
            assert ours == judge.verdict(layer, inputs), f"{layer!r} on {inputs}"


@names
def test_figures_equal_torch(kind: type[Layer]) -> None:
    compare(kind, 50 if kind in SLOW else 150, seed=1)


@pytest.mark.campaign
@pytest.mark.timeout(1800)
@names
def test_figures_equal_torch_in_a_campaign(kind: type[Layer]) -> None:
    compare(kind, 40_000, seed=2)


def borders(layer: Layer, inputs: list[Shape]) -> set[str]:
    """Which border cases a case shows."""
    found = set()
    if inputs and inputs[0][1:] == (1, 1):
        found.add("1×1 map")
    if isinstance(layer, Conv2d):
        found |= {f"mode {layer.padding_mode}", f"padding {layer.padding}"[:12]}
        found |= {"groups"} if layer.groups > 1 else set()
        found |= {"depthwise"} if 1 < layer.groups == inputs[0][0] else set()
        found |= {"dilation"} if layer.dilation != (1, 1) else set()
        found |= {"dilated same"} if layer.padding == "same" and layer.dilation[0] > 1 else set()
        found |= (
            {"even same"} if layer.padding == "same" and layer.kernel_size[0] % 2 == 0 else set()
        )
        found |= {"stride above kernel"} if layer.stride[0] > layer.kernel_size[0] else set()
        found |= {"one position"} if layer.shapes(inputs)[0][1:] == (1, 1) else set()
    if isinstance(layer, Pooling2d):
        found |= {"stride none"} if layer.stride is None else set()
        found |= {"stride above kernel"} if layer.strides()[0] > layer.kernel_size[0] else set()
        floor = layer.changed(ceil_mode=False)
        if (
            layer.ceil_mode
            and is_legal(floor, inputs)
            and layer.shapes(inputs) != floor.shapes(inputs)
        ):
            found.add("ceil matters")
        if layer.ceil_mode and layer.padding != (0, 0):
            found.add("ceil with padding")
    if getattr(layer, "return_indices", False):
        found.add("indices")
    return found


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [
        (
            Conv2d,
            "1×1 map,mode zeros,mode reflect,mode replicate,mode circular,padding same,"
            "padding vali,groups,depthwise,dilation,dilated same,even same,stride above kernel,"
            "one position",
        ),
        (
            MaxPool2d,
            "1×1 map,stride none,stride above kernel,ceil matters,ceil with padding,indices",
        ),
    ],
    ids=["Conv2d", "MaxPool2d"],
)
def test_generator_reaches_the_borders(kind: type[Layer], wanted: str) -> None:
    random_source = random.Random(f"{kind.__name__} 1")  # the cases of the test above
    seen: Counter[str] = Counter()
    for _ in range(2000):
        seen.update(borders(*legal_case(random_source, kind)))
    rare = {border: seen[border] for border in wanted.split(",") if seen[border] < 10}
    assert not rare, f"seldom or never drawn: {rare}"


def refused_by_us_alone(layer: Layer, inputs: list[Shape], kinds: set[FaultKind]) -> str | None:
    """Why we refuse what torch would run, for the few cases in which we mean to."""
    if isinstance(layer, IMAGE_ONLY) and len(inputs[0]) == 2 and FaultKind.WRONG_RANK in kinds:
        return "torch would take the batch for the channels"
    if isinstance(layer, IMAGE_ONLY) and len(inputs[0]) == 1 and FaultKind.WRONG_RANK in kinds:
        return "torch would drop whole images instead of channels"
    if FaultKind.WRONG_RANK in kinds and layer.ranks and len(inputs[0]) not in layer.ranks:
        return "torch would take other axes for the batch and the channels"
    padded = isinstance(layer, MaxPooling) and kinds == {FaultKind.PADDING}
    if padded and sees_nothing(layer, inputs[0]):
        return "torch answers −∞ and writes beyond its memory in the backward pass"
    reasons = (reason(layer, inputs, kinds) for reason in REASONS)
    return next(filter(None, reasons), None)


def sees_nothing(layer: MaxPooling, shape: Shape) -> bool:
    """Whether the answer for an image of zeros is −∞ somewhere."""
    module = getattr(nn, layer.type_name())(**layer.call([shape]).arguments)
    found = module(torch.zeros(1, *shape))
    return bool(torch.isinf(found[0] if isinstance(found, tuple) else found).any())


def judge_any(judge: Judge, case: Case) -> str:
    """Our word against torch's on one case; returns who said what."""
    layer, inputs = case
    kinds = {problem.kind for problem in layer.problems(inputs) if not problem.warning}
    try:
        found = judge.verdict(layer, inputs)
    except (RuntimeError, ValueError, IndexError, AssertionError, ZeroDivisionError) as error:
        if not kinds:
            pytest.fail(f"torch refuses {layer!r} on {inputs}, and we do not: {error}")
        return "both refuse"
    explained = not kinds or refused_by_us_alone(layer, inputs, kinds)
    assert explained, f"torch runs {layer!r} on {inputs} to {found.shapes}; we say {kinds}"
    if kinds:
        return "we refuse"
    ours = Verdict(layer.shapes(inputs), layer.parameters(inputs), layer.macs(inputs))
    assert ours == found, f"{layer!r} on {inputs}"
    assert not isinstance(layer, MaxPooling) or not sees_nothing(layer, inputs[0]), f"{layer!r}"
    return "both run"


def argue(kind: type[Layer], count: int, seed: int) -> Counter[str]:
    random_source = random.Random(f"{kind.__name__} {seed}")
    with Judge("cpu") as judge:
        return Counter(judge_any(judge, any_case(random_source, kind)) for _ in range(count))


@pytest.mark.filterwarnings("ignore")
@names
def test_refusals_agree_with_torch(kind: type[Layer]) -> None:
    said = argue(kind, 100 if kind in SLOW else 200, seed=3)
    assert said["both run"] > 10, said
    often = kind is Conv2d or issubclass(kind, Pooling2d)
    assert said["both refuse"] > 20 or not often, said


@pytest.mark.campaign
@pytest.mark.timeout(1800)
@pytest.mark.filterwarnings("ignore")
@names
def test_refusals_agree_with_torch_in_a_campaign(kind: type[Layer]) -> None:
    argue(kind, 10_000, seed=4)
