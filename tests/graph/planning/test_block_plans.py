"""Blocks as they run: one class each, the same numbers, and the same field of view as unpacked."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
import torch

from backend.model.build import build, node_paths
from graph.analysis.analysis import Analysis
from graph.analysis.support import support
from graph.blocks.block import Block
from graph.blocks.block_use import use_of
from graph.blocks.grouping import group
from graph.blocks.library import library_of
from graph.blocks.library_edits import DefineBlock
from graph.blocks.parameter import Parameter
from graph.blocks.sketch import whole
from graph.blocks.unpacking import unpack
from graph.calls.plan import Plan
from graph.export.export import source
from graph.layers.activation.piecewise import ReLU
from graph.layers.activation.smooth import Sigmoid
from graph.layers.base.layer import FaultKind, Layer
from graph.layers.convolution.plain import Conv2d
from graph.layers.io import Input, Output
from graph.layers.linear import Linear
from graph.layers.merge import Add, Concat
from graph.layers.pooling.adaptive import GlobalAvgPool2d
from graph.layers.reshaping.flatten import Flatten
from graph.network.edits import AddNode, Connect, RemoveNode, SetLayer
from graph.network.network import Network, Node, Wire
from graph.network.reachable import upstream
from graph.planning.planner import make_plan
from graph.values.declaration import FieldKind
from tests.generators import join, place, random_network
from tests.graph.export.test_export import Folder, assert_harmless, images_for, outputs, stirred
from tests.graph.states import convex

Formulas = dict[str, str]


def plan_of(network: Network) -> Plan:
    return make_plan(network, Analysis(network))


def begun(project: Network, name: str, *parameters: Parameter) -> tuple[Block, str]:
    network = Network(library_of(project))
    block = Block(name, parameters, "", network)
    return block, place(network, Input(shape=(3, 8, 8)), name="x")


def put(network: Network, layer: Layer, before: str, **formulas: str) -> str:
    node = network.new_id()
    name = network.free_name(layer.base_name())
    network.do(AddNode(Node(node, name, layer, formulas=formulas)))
    join(network, before, node)
    return node


def finished(project: Network, block: Block, last: str) -> Block:
    place(block.network, Output(), last)
    project.do(DefineBlock(block))
    return block


def classes(text: str, name: str) -> int:
    return text.count(f"class {name}")


def residual(project: Network) -> Block:
    """channels required, a step for the first of a chain, index and count in formulas."""
    block, x = begun(
        project,
        "Residual",
        whole("channels", 8, required=True),
        whole("step", 1, most=4, first_only=True),
        Parameter("gated", FieldKind.FLAG, False),
    )
    inside = block.network
    layer = Conv2d(padding=(1, 1))
    main = put(inside, layer, x, out_channels="channels", stride="step", bias="gated")
    main = put(inside, ReLU(), main)
    main = put(inside, layer, main, out_channels="channels")
    side = put(inside, Conv2d(kernel_size=(1, 1)), x, out_channels="channels", stride="step")
    last = place(inside, Add(), main, side)
    return finished(project, block, last)


def stage(project: Network, inner: Block) -> Block:
    """A chain whose length is a parameter."""
    block, x = begun(project, "Stage", whole("channels", 8, required=True), whole("n", 2))
    use = put(block.network, use_of(inner), x, channels="channels", repeat="n", step="2")
    return finished(project, block, put(block.network, ReLU(), use))


def wrapped(project: Network, name: str, inner: Block) -> Block:
    block, x = begun(project, name, whole("channels", 8, required=True))
    first = put(block.network, use_of(inner), x, channels="channels // 2")
    second = put(block.network, use_of(inner), first, channels="channels")
    return finished(project, block, second)


def classifier(project: Network, *uses: Layer, size: int = 16) -> Network:
    last = place(project, Input(shape=(3, size, size)))
    for layer in uses:
        last = put(project, layer, last)
    last = place(project, Flatten(), place(project, GlobalAvgPool2d(), last))
    place(project, Output(), place(project, Linear(out_features=5), last))
    return project


def five_deep() -> Network:
    project = Network()
    block = stage(project, residual(project))
    for name in ("Third", "Fourth", "Fifth"):
        block = wrapped(project, name, block)
    return classifier(project, use_of(block, channels=16), use_of(block, channels=24), size=32)


def test_five_blocks_in_each_other_are_a_class_each_and_run_alone(tmp_path: Path) -> None:
    network = five_deep()
    analysis = Analysis(network)
    assert not analysis.errors()
    plan = plan_of(network)
    written = source(plan).text
    for name in ("Residual", "Stage", "Third", "Fourth", "Fifth"):
        assert classes(written, name) == 1, name
    assert_harmless(written)
    module = build(plan)
    assert analysis.totals().parameters == sum(value.numel() for value in module.parameters())
    folder = Folder(tmp_path)
    folder.add("deep", plan, 3)
    folder.check()


def test_two_uses_with_other_settings_are_one_class(tmp_path: Path) -> None:
    project = Network()
    block = residual(project)
    layers = (
        use_of(block, channels=8, repeat=3, step=2),
        use_of(block, channels=12, gated=True),
        use_of(block, channels=12, repeat=2),
    )
    network = classifier(project, *layers)
    plan = plan_of(network)
    written = source(plan).text
    assert classes(written, "Residual") == 1
    assert "range(" in written or written.count("Residual(") > 3
    folder = Folder(tmp_path)
    folder.add("uses", plan, 5)
    counted = Network()
    chain = stage(counted, residual(counted))
    classifier(counted, use_of(chain, channels=8, n=3), use_of(chain, channels=4, n=2), size=32)
    other = plan_of(counted)
    text = source(other).text
    assert classes(text, "Stage") == classes(text, "Residual") == 1
    assert "range(n - 1)" in text or "range(n)" in text
    folder.add("counted", other, 6)
    folder.check()


def test_index_and_count_are_arguments_where_a_formula_speaks_of_them(tmp_path: Path) -> None:
    project = Network()
    block, x = begun(project, "Dense", whole("growth", 4))
    formula = "in_channels + growth * (index + 1) // count"
    finished(project, block, put(block.network, Conv2d(), x, out_channels=formula))
    network = classifier(project, use_of(block, repeat=3), use_of(block, repeat=2, growth=6))
    analysis = Analysis(network)
    uses = [n for n in network.order() if network.nodes[n].layer.category.value == "block"]
    assert [analysis.facts(n).outputs[0][0] for n in uses] == [  # type: ignore[index]
        (3 + 4 // 3) + 8 // 3 + 12 // 3,
        (3 + 4 // 3) + 8 // 3 + 12 // 3 + 6 // 2 + 12 // 2,
    ]
    plan = plan_of(network)
    assert classes(source(plan).text, "Dense") == 1
    folder = Folder(tmp_path)
    folder.add("dense", plan)
    folder.check()


def test_nodes_inside_are_found_by_use_and_place_in_the_chain() -> None:
    project = Network()
    block = residual(project)
    plan = plan_of(classifier(project, use_of(block, repeat=2)))
    use = next(n for n, x in project.nodes.items() if x.layer.category.value == "block")
    paths = node_paths(plan)
    module = build(plan)
    inner = [n for n, placed in block.network.nodes.items() if isinstance(placed.layer, Conv2d)]
    assert inner
    for node in inner:
        for index in (0, 1):
            found = module.get_submodule(paths[f"{use}/{index}/{node}"])
            assert isinstance(found, torch.nn.Conv2d)


def needed_only(network: Network) -> Network:
    ends = [n for n, x in network.nodes.items() if isinstance(x.layer, Output)]
    needed = upstream(network, ends)
    for node in [n for n in network.nodes if n not in needed]:
        network.do(RemoveNode(node))
    return network


@pytest.mark.parametrize("seed", range(40))
def test_nested_random_blocks_see_what_their_nodes_saw(seed: int) -> None:
    chance = random.Random(1000 + seed)
    network = needed_only(random_network(chance, chance.randint(6, 26), chance.choice((1, 2))))
    flat = Analysis(network)
    fields = {n: flat.facts(n).receptive_field() for n in network.nodes}
    cells = {n: middle_cell(chance, flat.facts(n).output) for n in network.nodes}
    seen = {n: support(flat, n, cells[n]) for n in network.nodes}
    for round_number in range(chance.randint(1, 4)):  # a later block may hold an earlier one
        chosen = convex(chance, network)
        if chosen:
            network.do(group(network, Analysis(network), chosen, f"Part {round_number}"))
    analysis = Analysis(network)
    assert not analysis.errors()
    left = [node for node in network.nodes if node in fields]
    assert left
    for node in left:
        assert analysis.facts(node).receptive_field() == fields[node]
        now = support(analysis, node, cells[node])
        for start in now.keys() | seen[node].keys():  # a block takes more than one output needs
            assert any(now[start]) == any(seen[node].get(start, ()))
            assert not any(now[start]) or now[start] == seen[node][start]


def middle_cell(chance: random.Random, shape: tuple[int, ...] | None) -> tuple[int, ...]:
    assert shape is not None
    return tuple(chance.randrange(size) for size in shape[1:])


@pytest.mark.parametrize("repeat", [1, 2, 4])
def test_a_chain_sees_what_its_copies_see(repeat: int) -> None:
    project = Network()
    block = residual(project)
    network = classifier(project, use_of(block, channels=4, repeat=repeat, step=3), size=23)
    behind = next(n for n, x in network.nodes.items() if isinstance(x.layer, GlobalAvgPool2d))
    use = network.inputs(behind)[0].source
    analysis = Analysis(network)
    place(network, Output(), last := place(network, Flatten(), use))
    analysis = Analysis(network)
    field = analysis.facts(use).receptive_field()
    cells = [(0, 0), (3, 5), (7, 7)]
    seen = [support(analysis, use, cell) for cell in cells]
    flat_field = analysis.facts(last).receptive_field()
    network.do(unpack(network, analysis, use))
    flat = Analysis(network)
    end = network.inputs(behind)[0].source
    assert flat.facts(end).receptive_field() == field
    assert flat.facts(last).receptive_field() == flat_field
    assert [support(flat, end, cell) for cell in cells] == seen


def test_outputs_of_a_block_tell_apart_what_they_see() -> None:
    project = Network()
    block, x = begun(project, "Two")
    y = place(block.network, Input(shape=(6,)), name="y")
    wide = put(block.network, Conv2d(kernel_size=(5, 5), out_channels=2), x)
    narrow = put(block.network, Conv2d(kernel_size=(1, 1), stride=(2, 2)), x)
    vector = put(block.network, Linear(out_features=4), y)
    ends = [place(block.network, Output(), node) for node in (wide, narrow, vector)]
    project.do(DefineBlock(block))
    image = place(project, Input(shape=(3, 9, 9)))
    values = place(project, Flatten(), place(project, GlobalAvgPool2d(), image))
    project.do(AddNode(Node("u", "use", use_of(block))))
    for number, (start, port) in enumerate(zip((image, values), block.entrances, strict=True)):
        project.do(Connect(Wire(f"v{number}", start, "output", "u", port)))
    relus = []
    for number, end in enumerate(ends):
        node = f"r{number}"
        project.do(AddNode(Node(node, node, ReLU())))
        project.do(Connect(Wire(f"q{number}", "u", end, node, "input")))
        relus.append(node)
    analysis = Analysis(project)
    assert [f.size for f in analysis.facts("r0").receptive_field()] == [5, 5]
    assert [(f.size, f.jump) for f in analysis.facts("r1").receptive_field()] == [(1, 2)] * 2
    assert [f.size for f in analysis.facts("r2").receptive_field()] == [9, 9]
    assert support(analysis, "r1", (2, 1))[image] == ([4], [2])
    assert support(analysis, "r0", (0, 1))[image] == ([0, 1, 2, 3, 4], [1, 2, 3, 4, 5])


def test_overwriting_inside_a_block_is_a_fault_where_it_is_one_outside() -> None:
    project = Network()
    block, x = begun(project, "Over")
    conv = put(block.network, Conv2d(padding=(1, 1)), x)
    over = put(block.network, ReLU(inplace=True), conv)
    again = put(block.network, Sigmoid(), conv)
    finished(project, block, place(block.network, Concat(), over, again))
    network = classifier(project, use_of(block))
    (fault,) = Analysis(network).errors()
    assert fault.kind is FaultKind.BLOCK
    assert "overwrite" in str(fault.sentence())
    block.network.do(SetLayer(over, ReLU()))
    assert not Analysis(network).errors()
    block.network.do(SetLayer(over, ReLU(inplace=True)))
    wire = next(w for w in block.network.outputs(conv) if w.target == again)
    block.network.do(RemoveNode(wire.target))
    assert not Analysis(network).errors()
    plan = plan_of(network)
    images = images_for(plan, 1)
    module = stirred(plan, 1)
    assert outputs(module, images)[0].isfinite().all()


def test_overwriting_what_a_block_gives_or_takes_is_a_fault() -> None:
    project = Network()
    block, x = begun(project, "Gate")
    finished(project, block, put(block.network, Sigmoid(), x))
    network = classifier(project, use_of(block), ReLU(inplace=True))
    (fault,) = Analysis(network).errors()
    assert fault.kind is FaultKind.IN_PLACE
    other = Network()
    first, y = begun(other, "First")
    finished(other, first, put(first.network, ReLU(inplace=True), y))
    (fault,) = Analysis(classifier(other, Sigmoid(), use_of(first))).errors()
    assert "overwrite" in str(fault.sentence())
