"""Plans that the tests of the backend train and look into."""

from __future__ import annotations

from typing import Any

from graph.analysis.analysis import Analysis
from graph.calls.call import Apply, Call, Shape
from graph.calls.plan import Plan, Step
from graph.layers.attention.squeeze import SqueezeExcitation
from graph.planning.planner import make_plan
from graph.templates.registry import find_template


def template_plan(name: str) -> Plan:
    template = find_template(name)
    assert template is not None
    network = template.build().network
    return make_plan(network, Analysis(network), name)


def convolution(source: int, target: int, **arguments: Any) -> Call:
    given = {"in_channels": source, "out_channels": target, "kernel_size": (3, 3)}
    return Call("nn.Conv2d", {**given, "padding": (1, 1), **arguments})


def branching(image: Shape = (1, 8, 8), classes: int = 10, ending: str = "") -> Plan:
    """Two branches, a nested plan, normalisation, dropout and a sum of three: n1 to n9."""
    channels, height, width = image
    inner = (4, height, width)
    features = 8 * (height // 2) * (width // 2)
    steps = [
        step("conv1", convolution(channels, 4), "x", shape=inner, node="n1", title="first"),
        step("norm", Call("nn.BatchNorm2d", {"num_features": 4}), "conv1", shape=inner, node="n2"),
        step("relu", Call("nn.ReLU", {"inplace": True}), "norm", shape=inner, node="n3"),
        step("se1", SqueezeExcitation(reduction=2).call([inner]), "relu", shape=inner, node="n4"),
        step("add1", Apply("operator.add"), "relu", "se1", "se1", shape=inner, node="n5"),
        step(
            "join",
            Apply("torch.cat", {"dim": 1}),
            "add1",
            "relu",
            shape=(8, height, width),
            node="n6",
        ),
        step(
            "pool",
            Call("nn.MaxPool2d", {"kernel_size": (2, 2)}),
            "join",
            shape=(8, height // 2, width // 2),
            node="n7",
        ),
        step("flat", Call("nn.Flatten", {}), "pool", shape=(features,), node="n8"),
        step("drop", Call("nn.Dropout", {"p": 0.2}), "flat", shape=(features,), node="n9"),
        step(
            "fc",
            Call("nn.Linear", {"in_features": features, "out_features": classes}),
            "drop",
            shape=(classes,),
            node="n10",
        ),
    ]
    if ending:
        steps.append(step("end", Call(f"nn.{ending}", {"dim": 1}), "fc", shape=(classes,)))
    return Plan("Branching", (("x", image),), tuple(steps), ((steps[-1].name, 0),))


def step(
    name: str,
    operation: Call | Apply | Plan,
    *inputs: str,
    shape: Shape,
    node: str = "",
    title: str = "",
) -> Step:
    return Step(name, operation, tuple((i, 0) for i in inputs), (shape,), node, title)
