"""Every kind of fault: where it shows, what it says, and that its repairs mend it."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

import pytest

from graph.analysis.analysis import Analysis
from graph.analysis.faults import Fault
from graph.analysis.repairs import repairs
from graph.blocks.sketch import Sketch, whole
from graph.calls.call import Shape
from graph.layers.activation.along_axis import Softmax
from graph.layers.activation.piecewise import Hardtanh, ReLU
from graph.layers.activation.smooth import Sigmoid
from graph.layers.attention.squeeze import SqueezeExcitation
from graph.layers.base.layer import FaultKind, Layer
from graph.layers.convolution.plain import Conv2d
from graph.layers.io import Input, Output
from graph.layers.linear import Linear
from graph.layers.merge import Add, Concat, Multiply
from graph.layers.normalisation import BatchNorm2d
from graph.layers.pooling.adaptive import GlobalAvgPool2d
from graph.layers.pooling.plain import AvgPool2d, MaxPool2d
from graph.layers.pooling.unpooling import MaxUnpool2d
from graph.layers.registry import LAYERS
from graph.layers.reshaping.flatten import Flatten
from graph.network.edits import Connect, Disconnect, RemoveNode, SetLayer
from graph.network.network import Network, Wire
from tests.generators import any_case, chain, place


@dataclass(frozen=True)
class Example:
    """A chain from an image to an output, and the one fault that it shows."""

    kind: FaultKind
    layers: tuple[Layer, ...]
    at: str
    field: str | None
    value: str
    sentence: str
    image: Shape = (3, 8, 8)
    warning: bool = False
    mended: bool = True
    on_wire: bool = False
    ends: tuple[Layer, ...] = field(default=(Output(),))


TAIL = (GlobalAvgPool2d(), Flatten())

EXAMPLES = [
    Example(
        FaultKind.WINDOW_TOO_LARGE,
        (Conv2d(kernel_size=(9, 3)), *TAIL),
        "conv1",
        "kernel_size",
        "9×3",
        "conv1 · kernel_size 9×3: larger than the padded input 8×8. Use at most 8×3, or more "
        "padding.",
    ),
    Example(
        FaultKind.WINDOW_TOO_LARGE,
        (MaxPool2d(kernel_size=(9, 9)), *TAIL),
        "maxpool1",
        "kernel_size",
        "9×9",
        "maxpool1 · kernel_size 9×9: larger than the padded input 8×8. Use at most 8×8, or pool "
        "less before.",
    ),
    Example(
        FaultKind.PADDING,
        (AvgPool2d(padding=(2, 0)), *TAIL),
        "avgpool1",
        "padding",
        "2×0",
        "avgpool1 · padding 2×0: pooling allows at most half the window 2×2. Use at most 1×1.",
    ),
    Example(
        FaultKind.PADDING,
        (Conv2d(padding=(8, 8), padding_mode="reflect"), *TAIL),
        "conv1",
        "padding",
        "8×8",
        "conv1 · padding 8×8: reflect takes the added rows from the input 8×8, which has too few. "
        "Use less padding, or padding_mode zeros.",
    ),
    Example(
        FaultKind.PADDING,
        (MaxPool2d(stride=(1, 1), padding=(1, 1), dilation=(9, 1)), *TAIL),
        "maxpool1",
        "padding",
        "1×1",
        "maxpool1 · padding 1×1: with dilation 9×1 a window steps over the input 8×8 and sees "
        "added cells only. Use less padding, or dilation 1.",
    ),
    Example(
        FaultKind.GROUPS,
        (Conv2d(out_channels=6, groups=2), *TAIL),
        "conv1",
        "groups",
        "2",
        "conv1 · groups 2: 3 input channels are not divisible. Nearest: 1 / 3.",
    ),
    Example(
        FaultKind.GROUPS,
        (Conv2d(out_channels=8, groups=3), *TAIL),
        "conv1",
        "groups",
        "3",
        "conv1 · groups 3: 8 output channels are not divisible. Nearest: 1.",
    ),
    Example(
        FaultKind.GROUPS,
        (Conv2d(out_channels=18, groups=5), *TAIL),  # one setting, one fault
        "conv1",
        "groups",
        "5",
        "conv1 · groups 5: 12 input and 18 output channels are not divisible. Nearest: 3 / 6.",
        image=(12, 8, 8),
    ),
    Example(
        FaultKind.STRIDE_WITH_SAME,
        (Conv2d(padding="same", stride=(2, 2)), *TAIL),
        "conv1",
        "stride",
        "2×2",
        "conv1 · stride 2×2: padding same keeps the size, which only stride 1 can do. "
        "Use stride 1, or give padding as numbers.",
    ),
    Example(
        FaultKind.REDUCTION,
        (SqueezeExcitation(reduction=4), *TAIL),
        "se1",
        "reduction",
        "4",
        "se1 · reduction 4: 3 input channels leave none in the middle. Use at most 3.",
    ),
    Example(
        FaultKind.RANGE,
        (*TAIL, Hardtanh(min_val=2.0, max_val=-1.0)),
        "hardtanh1",
        "min_val",
        "2",
        "hardtanh1 · min_val 2: it lies above max_val -1. Exchange the two.",
    ),
    Example(
        FaultKind.DIMENSION,
        (*TAIL, Softmax(dim=2)),
        "softmax1",
        "dim",
        "2",
        "softmax1 · dim 2: the input 3 has no such dimension. Use at most 1.",
    ),
    Example(
        FaultKind.DIMENSION,
        (Flatten(start_dim=3, end_dim=2),),
        "flatten1",
        "start_dim",
        "3",
        "flatten1 · start_dim 3: lies after end_dim 2. Use start_dim 1 and end_dim −1 to join all.",
    ),
    Example(
        FaultKind.FLATTEN_MISSING,
        (Conv2d(), Linear()),
        "fc1",
        None,
        "32×6×6",
        "fc1 · input from conv1 32×6×6: Linear takes a vector, and an image arrives. "
        "Insert a Flatten before it: 1152 features.",
        on_wire=True,
    ),
    Example(
        FaultKind.WRONG_RANK,
        (*TAIL, BatchNorm2d()),
        "bn1",
        None,
        "3",
        "bn1 · input from flatten1 3: BatchNorm2d takes C×H×W. "
        "Place it before the flatten, or take it away.",
        mended=False,
        on_wire=True,
    ),
    Example(
        FaultKind.WRONG_RANK,
        (*TAIL, SqueezeExcitation()),  # one cause, one fault: the reduction is not blamed too
        "se1",
        None,
        "3",
        "se1 · input from flatten1 3: SqueezeExcitation takes C×H×W. "
        "Place it before the flatten, or take it away.",
        mended=False,
        on_wire=True,
    ),
    Example(
        FaultKind.WRONG_RANK,
        (Conv2d(),),
        "conv1",
        None,
        "3×4×8×8",
        "conv1 · input from input1 3×4×8×8: Conv2d takes C×H×W. "
        "Place it before the flatten, or take it away.",
        image=(3, 4, 8, 8),
        mended=False,
        on_wire=True,
    ),
    Example(
        FaultKind.IN_PLACE,
        (*TAIL, Sigmoid(), ReLU(inplace=True)),
        "relu1",
        "inplace",
        "on",
        "relu1 · inplace on: it would overwrite the output of sigmoid1, which its gradient needs. "
        "Switch inplace off.",
    ),
    Example(
        FaultKind.TOO_LARGE,
        (Flatten(), Linear(out_features=1_000_000)),
        "fc1",
        "out_features",
        "1000000",
        "fc1 · out_features 1000000: 12289000000 parameters are more than 2000000000. "
        "Use fewer channels or features, or a smaller input.",
        image=(3, 64, 64),
        mended=False,
    ),
    Example(
        FaultKind.TOO_LARGE,
        (Conv2d(out_channels=65536), *TAIL),
        "conv1",
        "out_channels",
        "65536",
        "conv1 · out_channels 65536: 4227925540864 values for one image are more than 2000000000. "
        "Use fewer channels or features, or a smaller input.",
        image=(1, 8034, 8034),
        mended=False,
    ),
    Example(
        FaultKind.LOSS,
        (Conv2d(),),
        "output1",
        None,
        "32×6×6",
        "output1 · input from conv1 32×6×6: Classification compares one value per class, a "
        "vector. Put a global pooling and a flatten before the output, or set target to mask.",
        warning=True,
        mended=False,
        on_wire=True,
    ),
    Example(
        FaultKind.LOSS,
        TAIL,
        "output1",
        None,
        "3",
        "output1 · input from flatten1 3: A mask needs values for each pixel: classes, height, "
        "width. Take the output of a convolution, or set target to class.",
        warning=True,
        mended=False,
        on_wire=True,
        ends=(Output(target="mask"),),
    ),
]


def find(network: Network, name: str) -> str:
    return next(node.id for node in network.nodes.values() if node.name == name)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: f"{e.kind.value} {e.at} {e.value}")
def test_a_fault_says_where_what_why_and_how_to_mend(example: Example) -> None:
    network, _ = chain(Input(shape=example.image), *example.layers, *example.ends)
    analysis = Analysis(network)
    (fault,) = [f for f in analysis.faults() if example.warning or not f.warning]
    assert (fault.kind, fault.name, fault.field, fault.value, fault.warning) == (
        example.kind,
        example.at,
        example.field,
        example.value,
        example.warning,
    )
    assert fault.node == find(network, example.at)
    assert str(fault.sentence()) == example.sentence
    assert (fault.wire is not None) == example.on_wire
    assert fault.wire is None or network.wires[fault.wire].target == fault.node
    assert bool(repairs(analysis, fault)) == example.mended


@pytest.mark.parametrize(
    "example", [e for e in EXAMPLES if e.mended], ids=lambda e: f"{e.kind.value} {e.at} {e.value}"
)
def test_repairs_once_applied_remove_the_fault(example: Example) -> None:
    network, _ = chain(Input(shape=example.image), *example.layers, *example.ends)
    analysis = Analysis(network)
    analysis.follow()
    (fault,) = analysis.errors()
    for repair in repairs(analysis, fault):
        assert str(repair.title)
        undo = network.do(repair.edit)
        assert analysis.errors() == []
        network.do(undo)
        assert analysis.errors() == [fault]


def two_branches(merge: Layer, left: Layer, right: Layer) -> tuple[Network, str]:
    network = Network()
    image = place(network, Input(shape=(3, 8, 8)))
    merged = place(network, merge, place(network, left, image), place(network, right, image))
    place(network, Output(), place(network, Flatten(), merged))
    return network, merged


@pytest.mark.parametrize(
    ("merge", "right", "value", "why"),
    [
        (Add(), Conv2d(out_channels=5), "5×6×6", "Add works value by value"),
        (Add(), Conv2d(out_channels=4, padding=(1, 1)), "4×8×8", "the shape of input 1, 4×6×6"),
        (Add(), Conv2d(out_channels=1), "1×6×6", "the shape of input 1, 4×6×6"),
        (Concat(), Conv2d(out_channels=4, padding="same"), "4×8×8", "all other sizes equal"),
        (Multiply(), Conv2d(out_channels=5), "5×6×6", "equal sizes, or 1, on every axis of 4×6×6"),
    ],
)
def test_merge_mismatch_names_the_wire(merge: Layer, right: Layer, value: str, why: str) -> None:
    network, merged = two_branches(merge, Conv2d(out_channels=4), right)
    (fault,) = Analysis(network).errors()
    assert fault.kind is FaultKind.MERGE_MISMATCH
    assert fault.node == merged
    assert fault.wire == network.inputs(merged)[1].id
    assert fault.value == value
    assert f"input 2 from conv2 {value}: " in str(fault.sentence())
    assert why in str(fault.why)
    assert str(fault.mend) in str(fault.sentence())


MERGES = [kind for kind in LAYERS if any(port.many for port in kind().input_ports())]


@pytest.mark.parametrize("kind", MERGES, ids=lambda kind: kind.__name__)
def test_a_merge_of_one_input_is_a_warning_and_can_be_taken_away(kind: type[Layer]) -> None:
    network, ids = chain(Input(shape=(3, 8, 8)), Conv2d(), kind(), *TAIL, Output())
    analysis = Analysis(network)
    analysis.follow()
    (fault,) = analysis.faults()
    assert (fault.kind, fault.node, fault.warning) == (FaultKind.LONE_INPUT, ids[2], True)
    assert str(fault.sentence()) == (
        f"{network.nodes[ids[2]].name}: it has one input only, which it passes on as it is. "
        "Draw a second wire to it, or remove it."
    )
    (repair,) = repairs(analysis, fault)
    outputs = analysis.facts(ids[-1]).inputs
    undo = network.do(repair.edit)
    assert analysis.faults() == []
    assert analysis.facts(ids[-1]).inputs == outputs
    assert [wire.source for wire in network.inputs(ids[3])] == [ids[1]]
    network.do(undo)
    network.do(Connect(Wire(network.new_id("w"), ids[1], "output", ids[2], "inputs")))
    assert analysis.faults() == []


def test_a_merge_of_one_input_that_nothing_reads_has_no_ends_to_join() -> None:
    network, _ = chain(Input(shape=(3, 8, 8)), Add())
    analysis = Analysis(network)
    (fault,) = [f for f in analysis.faults() if f.kind is FaultKind.LONE_INPUT]
    assert repairs(analysis, fault) == ()


def test_in_place_on_a_shared_output_is_a_fault() -> None:
    network, merged = two_branches(Add(), ReLU(inplace=True), ReLU())
    (fault,) = Analysis(network).errors()
    assert (fault.kind, fault.name, fault.field) == (FaultKind.IN_PLACE, "relu1", "inplace")
    assert "other layers read" in str(fault.sentence())
    (repair,) = repairs(Analysis(network), fault)
    network.do(repair.edit)
    assert Analysis(network).errors() == []
    assert merged in network.nodes


def test_a_formula_that_gives_no_setting_is_a_fault_of_its_field() -> None:
    draw = Sketch()
    draw.input("image", (3, 8, 8))
    conv = draw.put(Conv2d(), draw.last, out_channels="in_channels - 3")
    draw.then(*TAIL, Output())
    (fault,) = Analysis(draw.network).errors()
    assert (fault.kind, fault.node, fault.field) == (FaultKind.FORMULA, conv, "out_channels")
    assert fault.value == "in_channels - 3"
    assert "out_channels 0: must be a whole number" in str(fault.sentence())


def test_a_fault_inside_of_a_block_shows_at_its_use() -> None:
    draw = Sketch()
    draw.input("image", (3, 8, 8))
    inside = Sketch.of_block(draw.library, "Pair", "Two groups.", whole("channels", 4))
    inside.input("input", (4, 8, 8))
    inside.put(Conv2d(groups=2), inside.last, name="halves", out_channels="channels")
    inside.output()
    inside.define()
    use = draw.use("Pair", name="pair")
    draw.then(*TAIL, Output())
    (fault,) = Analysis(draw.network).errors()
    assert (fault.kind, fault.node, fault.value) == (FaultKind.BLOCK, use, "Pair")
    assert "inside, at halves: groups 2: 3 input channels" in str(fault.sentence())


def pooled_twice(unpool: Layer) -> tuple[Network, str, str]:
    """Maxima of a map of 9×9, and their positions, wired to an unpooling."""
    network, ids = chain(Input(shape=(1, 9, 9)), MaxPool2d(return_indices=True), ReLU())
    node = place(network, unpool, ids[-1])
    wire = network.new_id("w")
    network.do(Connect(Wire(wire, ids[1], "indices", node, "indices")))
    place(network, Output(), place(network, Flatten(), node))
    return network, node, wire


def test_positions_of_another_map_show_on_their_wire_and_the_size_is_offered() -> None:
    network, node, wire = pooled_twice(MaxUnpool2d())
    (fault,) = Analysis(network).errors()
    assert (fault.kind, fault.node, fault.wire) == (FaultKind.POSITIONS, node, wire)
    assert str(fault.sentence()) == (
        "unpool1 · input from maxpool1 1×4×4: its positions are those of a map 9×9, and this gives "
        "8×8. Use window, stride and padding of maxpool1, and output_size 9×9."
    )
    (repair,) = repairs(Analysis(network), fault)
    network.do(repair.edit)
    assert Analysis(network).errors() == []
    assert network.nodes[node].layer == MaxUnpool2d(output_size=(9, 9))


def test_no_size_is_offered_where_another_window_is_needed() -> None:
    network, _, _ = pooled_twice(MaxUnpool2d(kernel_size=(1, 1)))
    (fault,) = Analysis(network).errors()
    assert fault.kind is FaultKind.POSITIONS
    assert repairs(Analysis(network), fault) == ()


def test_a_shared_output_is_not_overwritten_inside_of_a_block() -> None:
    draw = Sketch()
    inside = Sketch.of_block(draw.library, "Gate", "Overwrites.")
    start = inside.input("input", (4, 8, 8))
    inside.then(ReLU(inplace=True))
    inside.put(Add(), inside.last, start)
    inside.output()
    inside.define()
    draw.input("image", (3, 8, 8))
    draw.then(Conv2d())
    draw.use("Gate")
    draw.then(*TAIL, Output())
    (fault,) = Analysis(draw.network).errors()
    assert fault.kind is FaultKind.BLOCK
    assert "inplace on: it would overwrite the output of input" in str(fault.sentence())


def test_faults_of_the_whole_network() -> None:
    faults = Analysis(Network()).faults()
    assert [fault.kind for fault in faults] == [FaultKind.NO_INPUT, FaultKind.NO_OUTPUT]
    for fault in faults:
        assert fault.node is None
        assert str(fault.sentence()).startswith("network: it has no ")


def test_missing_input_is_one_fault_and_silences_what_follows() -> None:
    network, ids = chain(Input(), Conv2d(), ReLU(), Flatten(), Linear(), Output())
    network.do(Disconnect(network.inputs(ids[2])[0].id))
    errors = Analysis(network).errors()
    assert [(f.kind, f.node) for f in errors] == [(FaultKind.MISSING_INPUT, ids[2])]
    assert str(errors[0].sentence()) == (
        "relu1 · input: nothing is connected to it. Draw a wire to it, or delete it."
    )


def test_a_dead_end_is_a_warning() -> None:
    network, ids = chain(Input(), Flatten(), Linear(), Output())
    place(network, ReLU(), ids[1], name="spare")
    (fault,) = Analysis(network).faults()
    assert fault.kind is FaultKind.UNREACHABLE
    assert fault.warning
    assert str(fault.sentence()).startswith("spare: its result leads to no output")


def test_many_layers_too_large_together() -> None:
    layers = [Linear(out_features=30_000)] * 4
    network, _ = chain(Input(shape=(1, 1, 1)), Flatten(), *layers, Output())
    (fault,) = Analysis(network).errors()
    assert (fault.kind, fault.node) == (FaultKind.TOO_LARGE, None)
    assert "parameters in all are more than 2000000000" in str(fault.sentence())


def test_one_cause_gives_one_fault_and_the_rest_keeps_its_figures() -> None:
    network, ids = chain(
        Input(shape=(1, 28, 28)),
        Conv2d(out_channels=6, kernel_size=(5, 5)),
        Linear(out_features=84),  # on an image: the flatten is missing
        ReLU(),
        Linear(out_features=10),
        Output(),
    )
    healthy = Analysis(chain(Input(shape=(84,)), Linear(out_features=10))[0])
    analysis = Analysis(network)
    (fault,) = analysis.faults()
    assert fault.kind is FaultKind.FLATTEN_MISSING
    assert analysis.facts(ids[1]).parameters == 156
    assert not analysis.facts(ids[1]).assumed
    assert analysis.facts(ids[3]).output == (84,)
    assert analysis.facts(ids[3]).assumed
    assert analysis.facts(ids[4]).parameters == healthy.totals().parameters == 850
    assert analysis.wire_shape(network.inputs(ids[4])[0].id) == ((84,), True)


def test_several_faults_at_once() -> None:
    network = Network()
    image = place(network, Input(shape=(3, 8, 8)))
    groups = place(network, Conv2d(groups=2), image)
    window = place(network, MaxPool2d(kernel_size=(20, 20)), image)
    good = place(network, Conv2d(out_channels=4), image)
    small = place(network, Conv2d(out_channels=5), image)
    merged = place(network, Add(), good, small)
    place(network, Output(), place(network, Linear(), place(network, Flatten(), merged)))
    lonely = place(network, ReLU())
    analysis = Analysis(network)
    found = {(fault.kind, fault.node) for fault in analysis.errors()}
    assert found == {
        (FaultKind.GROUPS, groups),
        (FaultKind.WINDOW_TOO_LARGE, window),
        (FaultKind.MERGE_MISMATCH, merged),
        (FaultKind.MISSING_INPUT, lonely),
    }
    warned = {fault.node for fault in analysis.faults() if fault.warning}
    assert warned == {groups, window}  # dead ends; a node with an empty port is told once
    assert analysis.facts(good).parameters == 4 * 3 * 9 + 4
    assert analysis.totals().parameters > 0


def test_faults_go_when_their_cause_goes() -> None:
    network, ids = chain(Input(shape=(3, 8, 8)), Conv2d(groups=2), Flatten(), Linear(), Output())
    analysis = Analysis(network)
    analysis.follow()
    assert [f.kind for f in analysis.errors()] == [FaultKind.GROUPS]
    undo = network.do(SetLayer(ids[1], Conv2d()))
    assert analysis.faults() == []
    network.do(undo)
    assert [f.kind for f in analysis.errors()] == [FaultKind.GROUPS]
    network.do(RemoveNode(ids[1]))
    assert [f.kind for f in analysis.errors()] == [FaultKind.MISSING_INPUT]


SHOWN_ELSEWHERE = {
    FaultKind.BLOCK,
    FaultKind.FORMULA,
    FaultKind.POSITIONS,
    FaultKind.CYCLE,  # refused before it can stand in a network: test_edits
    FaultKind.WRONG_KIND,  # the same
    FaultKind.MERGE_MISMATCH,
    FaultKind.LONE_INPUT,
    FaultKind.MISSING_INPUT,
    FaultKind.UNREACHABLE,
    FaultKind.NO_INPUT,
    FaultKind.NO_OUTPUT,
}


def test_every_kind_of_fault_has_an_example() -> None:
    assert {example.kind for example in EXAMPLES} | SHOWN_ELSEWHERE == set(FaultKind)


def complain(fault: Fault, network: Network) -> None:
    sentence = str(fault.sentence())
    for part in (fault.name, fault.why, fault.mend, fault.value, fault.field or ""):
        assert str(part) in sentence
    assert str(fault.why)
    assert str(fault.mend)
    assert "{" not in sentence
    assert ".." not in sentence
    before = [f for f in Analysis(network).errors() if f.node == fault.node]
    for repair in repairs(Analysis(network), fault):
        undo = network.do(repair.edit)
        after = [f for f in Analysis(network).errors() if f.node == fault.node]
        assert not any(f.kind is fault.kind and f.problem == fault.problem for f in after)
        gone = all(f.kind is not fault.kind for f in after)
        fewer = len(after) < len(before)  # a merge may have more than one
        mended = fewer if fault.kind is FaultKind.MERGE_MISMATCH else gone
        assert mended, f"{repair.title} does not mend"
        network.do(undo)


@pytest.mark.parametrize("kind", LAYERS, ids=lambda kind: kind.__name__)
def test_faults_of_random_settings_are_complete_and_their_repairs_mend(kind: type[Layer]) -> None:
    random_source = random.Random(kind.__name__)
    for _ in range(120):
        layer, inputs = any_case(random_source, kind)
        if not any(True for _ in layer.problems(inputs)):
            continue
        network = Network()
        sources = [place(network, Input(shape=shape)) for shape in inputs]
        ports = layer.input_ports()
        if any(port.indices for port in ports):
            continue  # only a pooling may be wired there
        node = place(network, layer, *(sources if len(ports) == 1 else ()))
        if len(ports) > 1:
            for source, port in zip(sources, ports, strict=True):
                wire = Wire(network.new_id("w"), source, "output", node, port.name)
                network.do(Connect(wire))
        for fault in Analysis(network).faults():
            complain(fault, network)


@pytest.mark.parametrize("kind", LAYERS, ids=lambda kind: kind.__name__)
def test_face_and_explanation_hold_for_random_settings(kind: type[Layer]) -> None:
    random_source = random.Random(kind.__name__)
    cases = [any_case(random_source, kind) for _ in range(120)]
    assert all(isinstance(text, str) for layer, _ in cases for text in layer.face([]))
    sound = [case for case in cases if all(p.warning for p in case[0].problems(case[1]))]
    assert sound
    for layer, inputs in sound:
        assert all(isinstance(text, str) for text in layer.face(inputs))
        for line in layer.explain(inputs):
            assert str(line.title)
            assert line.rule
            assert line.result
