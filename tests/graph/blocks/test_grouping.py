"""Nodes become a block and a block becomes nodes again: figures, wires and numbers stay."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
import torch
from torch import nn

from backend.model.build import build, node_paths
from graph.analysis.analysis import Analysis
from graph.blocks.block import Block
from graph.blocks.block_use import use_of
from graph.blocks.grouping import group
from graph.blocks.library import library_of
from graph.blocks.library_edits import DefineBlock, OnNetwork
from graph.blocks.parameter import Parameter
from graph.blocks.unpacking import unpack
from graph.calls.plan import Plan
from graph.layers.activation.piecewise import ReLU
from graph.layers.convolution.plain import Conv2d
from graph.layers.io import Input, Output
from graph.layers.linear import Linear
from graph.layers.merge import Add, Concat
from graph.layers.normalisation import BatchNorm2d
from graph.layers.pooling.adaptive import GlobalAvgPool2d
from graph.layers.pooling.plain import MaxPool2d
from graph.layers.pooling.unpooling import MaxUnpool2d
from graph.layers.reshaping.flatten import Flatten
from graph.network.edits import AddNode, Connect, Freeze, RemoveNode, SetLayer
from graph.network.network import EditRefused, Network, Node, Wire
from graph.network.ordering import natural
from graph.network.reachable import upstream
from graph.planning.planner import make_plan
from graph.values.declaration import FieldKind
from tests.generators import chain, join, place, random_network
from tests.graph.export.test_export import images_for, outputs, stirred
from tests.graph.states import convex, project_state, state

ROUNDS = 60


def ends(network: Network) -> list[str]:
    return [n for n, node in network.nodes.items() if isinstance(node.layer, Output)]


def without_dead_ends(network: Network) -> Network:
    needed = upstream(network, ends(network))
    for node in [n for n in network.nodes if n not in needed]:
        network.do(RemoveNode(node))
    return network


def figures(network: Network) -> tuple[object, ...]:
    """Parameters, multiply-accumulates and shapes of what the outputs need."""
    analysis = Analysis(network)
    needed = [analysis.facts(node) for node in upstream(network, ends(network))]
    return (
        sum(facts.parameters for facts in needed),
        sum(facts.macs for facts in needed),
        sum(facts.layers for facts in needed),
        [analysis.facts(node).inputs for node in sorted(ends(network), key=natural)],
        [analysis.facts(node).receptive_field() for node in sorted(ends(network), key=natural)],
    )


def run(module: nn.Module, plan: Plan) -> list[torch.Tensor]:
    return outputs(module.eval(), images_for(plan, 7))


def same(first: list[torch.Tensor], second: list[torch.Tensor]) -> bool:
    return len(first) == len(second) and all(map(torch.equal, first, second))


def plan_of(network: Network) -> Plan:
    return make_plan(network, Analysis(network))


def carry(old: nn.Module, new: nn.Module, paths: Iterator[tuple[str, str]]) -> None:
    """Copy the weights of each node's module to the path it has now."""
    modules = dict(old.named_modules())
    for before, after in paths:
        if before in modules:
            new.get_submodule(after).load_state_dict(modules[before].state_dict())


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_group_and_unpack_keep_figures_wires_and_numbers(seed: int) -> None:
    source = random.Random(seed)
    network = without_dead_ends(
        random_network(source, source.randint(4, 24), source.choice((1, 1, 2)))
    )
    analysis = Analysis(network)
    analysis.follow()
    chosen = convex(source, network)
    network.do(Freeze(tuple(source.sample(chosen, len(chosen) // 2))))
    start, old_figures, names = project_state(network), figures(network), names_of(network)
    old_plan = plan_of(network)
    old = stirred(old_plan, seed)
    results = run(old, old_plan)
    order = sorted(chosen, key=natural)
    undo_group = network.do(group(network, analysis, chosen, "Part"))
    use = next(n for n, node in network.nodes.items() if node.layer.type_name() == "block:Part")
    grouped = project_state(network)
    assert not analysis.errors()
    assert figures(network) == old_figures
    inner = library_of(network).blocks["Part"].network
    inside = sorted(
        (n for n, x in inner.nodes.items() if not isinstance(x.layer, (Input, Output))),
        key=natural,
    )
    moved = {**{n: n for n in network.nodes}, **dict(zip(order, inside, strict=True))}
    new_plan = plan_of(network)
    new, paths = build(new_plan), node_paths(new_plan)
    places = {n: f"{use}/{moved[n]}" if n in chosen else n for n in node_paths(old_plan)}
    carry(old, new, ((p, paths[places[n]]) for n, p in node_paths(old_plan).items()))
    assert same(run(new, new_plan), results)
    undo_unpack = network.do(unpack(network, analysis, use, drop=True))
    assert figures(network) == old_figures
    assert names_of(network) == names
    assert not library_of(network).blocks
    again_plan = plan_of(network)
    again = build(again_plan)
    assert list(again.state_dict()) == list(old.state_dict())
    again.load_state_dict(old.state_dict())
    assert same(run(again, again_plan), results)
    network.do(undo_unpack)
    assert project_state(network) == grouped
    network.do(undo_group)
    assert project_state(network) == start
    fresh = Analysis(network)
    assert all(analysis.facts(n) == fresh.facts(n) for n in network.nodes)


def names_of(network: Network) -> list[tuple[str, bool, tuple[float, float]]]:
    return sorted((n.name, n.frozen, n.position) for n in network.nodes.values())


def test_a_value_taken_twice_is_one_port_and_merges_keep_their_order() -> None:
    network, (image, first) = chain(Input(shape=(3, 8, 8)), Conv2d(out_channels=4, padding="same"))
    second = place(network, Conv2d(out_channels=4, padding="same"), image)
    third = place(network, Conv2d(out_channels=4, padding="same"), image)
    merge = place(network, Concat(), first, second, third, first)
    place(network, Output(), place(network, Flatten(), merge))
    analysis = Analysis(network)
    undo = network.do(group(network, analysis, [first, third], "Pair"))
    block = library_of(network).blocks["Pair"]
    use = next(n for n, node in network.nodes.items() if node.layer.type_name() == "block:Pair")
    assert [port.title for port in block.ports.inputs] == ["input1"]
    assert [port.title for port in block.ports.outputs] == ["conv1_output", "conv3_output"]
    assert len(network.inputs(use)) == 1
    one, three = block.exits
    assert [(w.source, w.output) for w in network.inputs(merge)] == [
        (use, one),
        (second, "output"),
        (use, three),
        (use, one),
    ]
    sample = block.network.nodes[block.entrances[0]].layer
    assert isinstance(sample, Input)
    assert sample.shape == (3, 8, 8)
    network.do(undo)
    assert [w.source for w in network.inputs(merge)] == [first, second, third, first]


def test_the_only_input_of_a_block_is_called_input() -> None:
    network, ids = chain(Input(shape=(3, 8, 8)), Conv2d(), ReLU(), Conv2d())
    network.do(group(network, Analysis(network), ids[2:], "Pair"))
    (port,) = library_of(network).blocks["Pair"].ports.inputs
    assert port.title == "input"


def test_a_path_that_comes_back_is_refused_and_names_a_node_on_it() -> None:
    network, ids = chain(Input(shape=(3, 8, 8)), Conv2d(), ReLU(), Conv2d(), Output())
    before = state(network)
    with pytest.raises(EditRefused, match="comes back through relu1"):
        group(network, Analysis(network), [ids[1], ids[3]], "Part")
    with pytest.raises(EditRefused, match="input1 is an end of the network"):
        group(network, Analysis(network), ids[:2], "Part")
    with pytest.raises(EditRefused, match="output1 is an end of the network"):
        group(network, Analysis(network), ids[3:], "Part")
    with pytest.raises(EditRefused, match="No node is chosen"):
        group(network, Analysis(network), [], "Part")
    with pytest.raises(EditRefused, match="conv1 uses no block"):
        unpack(network, Analysis(network), ids[1])
    assert state(network) == before
    network.do(group(network, Analysis(network), ids[1:4], "Part"))
    use = next(n for n, node in network.nodes.items() if node.layer.category.value == "block")
    again = group(network, Analysis(network), [use], "Part")
    with pytest.raises(EditRefused, match="There is a block Part already"):
        network.do(again)


def test_positions_of_maxima_do_not_cross_the_edge() -> None:
    network, (_, pool) = chain(Input(shape=(3, 8, 8)), MaxPool2d(return_indices=True))
    up = place(network, MaxUnpool2d(), pool)
    network.do(Connect(Wire("w9", pool, "indices", up, "indices")))
    place(network, Output(), up)
    with pytest.raises(EditRefused, match=r"maxpool2?d?1? ?.*positions of maxima"):
        group(network, Analysis(network), [pool], "Part")
    network.do(group(network, Analysis(network), [pool, up], "Both"))
    assert not Analysis(network).errors()


def test_loose_nodes_get_ports_for_what_is_open() -> None:
    network, ids = chain(Conv2d(out_channels=4), ReLU())
    network.do(group(network, Analysis(network), ids, "Part"))
    block = library_of(network).blocks["Part"]
    assert (len(block.entrances), len(block.exits)) == (1, 1)
    (use,) = network.nodes
    image = place(network, Input(shape=(3, 8, 8)))
    network.do(Connect(Wire("w99", image, "output", use, block.entrances[0])))
    assert Analysis(network).facts(use).outputs == ((4, 6, 6),)


def outer_block() -> tuple[Network, Block, list[str]]:
    """A block with formulas of every sort, used twice in a network, once in a chain of two."""
    network = Network()
    inside = Network()
    block = Block(
        "Outer",
        (
            Parameter("width", FieldKind.INTEGER, 4),
            Parameter("step", FieldKind.INTEGER, 1, 1, 4, first_only=True),
            Parameter("tail", FieldKind.FLAG, True),
        ),
        "",
        inside,
    )
    network.do(DefineBlock(block))
    x = place(inside, Input(shape=(4, 8, 8)), name="x")
    first = put(inside, Conv2d(padding=(1, 1)), "width", {"stride": "step"}, x)
    second = put(
        inside, Conv2d(kernel_size=(1, 1)), "x_channels + index + width + x_height * 0", {}, first
    )
    third = put(inside, Conv2d(kernel_size=(1, 1)), "in_channels * 2", {"bias": "tail"}, second)
    last = put(inside, Conv2d(kernel_size=(1, 1)), "x_channels * count // count", {}, third)
    place(inside, Output(), last)
    image = place(network, Input(shape=(4, 9, 9)))
    one = place(network, use_of(block, width=6, step=2), image)
    two = place(network, use_of(block, repeat=2, tail=False, step=3), one)
    place(network, Output(), place(network, Flatten(), two))
    return network, block, [first, second, third, last]


def put(network: Network, layer: Conv2d, channels: str, more: dict[str, str], before: str) -> str:
    node = network.new_id()
    formulas = {"out_channels": channels, **more}
    name = network.free_name(layer.base_name())
    network.do(AddNode(Node(node, name, layer, formulas=formulas)))
    join(network, before, node)
    return node


def inner_analysis(block: Block) -> Analysis:
    scope = block.scope(block.defaults(), [(4, 8, 8)], {"index": 0, "count": 1})
    return Analysis(block.network, scope)


@pytest.mark.parametrize("size", [1, 2, 3, 4])
@pytest.mark.parametrize("start", [0, 1, 2, 3])
def test_grouping_inside_a_block_hands_its_words_in(start: int, size: int) -> None:
    network, block, inner = outer_block()
    chosen = inner[start : start + size]
    before, figures_before = project_state(network), figures(network)
    plan = plan_of(network)
    module = stirred(plan, 1)
    results = run(module, plan)
    undo = network.do(
        OnNetwork(block.network, group(block.network, inner_analysis(block), chosen, "Part"))
    )
    assert not Analysis(network).errors()
    assert figures(network) == figures_before
    new_plan = plan_of(network)
    new = build(new_plan)
    states = module.state_dict().values(), new.state_dict()
    new.load_state_dict(dict(zip(states[1], states[0], strict=True)))
    assert same(run(new, new_plan), results)
    use = next(n for n, x in block.network.nodes.items() if x.layer.type_name() == "block:Part")
    back = unpack(block.network, inner_analysis(block), use, drop=True)
    undo_back = network.do(OnNetwork(block.network, back))
    assert figures(network) == figures_before
    again_plan = plan_of(network)
    assert list(build(again_plan).state_dict()) == list(module.state_dict())
    formulas = [sorted(x.formulas.items()) for x in block.network.nodes.values() if x.formulas]
    old = [x[5] for x in before[1][4] if x[5]]  # type: ignore[index]
    assert sorted(map(tuple, formulas)) == sorted(old)
    network.do(undo_back)
    network.do(undo)
    assert project_state(network) == before


def test_unpacking_a_chain_unrolls_it_with_the_values_of_each() -> None:
    network, _, _ = outer_block()
    analysis = Analysis(network)
    before, start = figures(network), project_state(network)
    plan = plan_of(network)
    module = stirred(plan, 3)
    results = run(module, plan)
    undos = []
    for use in [n for n, x in network.nodes.items() if x.layer.type_name() == "block:Outer"]:
        undos.append(network.do(unpack(network, Analysis(network), use)))
    assert figures(network) == before
    layers = [network.nodes[n].layer for n in network.order()]
    strides = [x.stride for x in layers if isinstance(x, Conv2d) and x.kernel_size == (3, 3)]
    assert strides == [(2, 2), (3, 3), (1, 1)]
    flat_plan = plan_of(network)
    flat = build(flat_plan)
    weights = module.state_dict().values()
    flat.load_state_dict(dict(zip(flat.state_dict(), weights, strict=True)))
    assert same(run(flat, flat_plan), results)
    for undo in reversed(undos):
        network.do(undo)
    assert project_state(network) == start
    assert analysis.errors() == []


def test_a_repeat_by_formula_and_formulas_over_the_own_input_are_refused_inside_a_block() -> None:
    network, block, _ = outer_block()
    inner = Block("Inner", (Parameter("width", FieldKind.INTEGER, 4),), "", Network())
    network.do(DefineBlock(inner))
    x = place(inner.network, Input(shape=(4, 8, 8)), name="x")
    relu = place(inner.network, ReLU(), x)
    conv = put(inner.network, Conv2d(), "width", {}, relu)
    place(inner.network, Output(), conv)
    (exit_,) = block.exits
    last = block.network.inputs(exit_)[0].source
    use = Node("u1", "use", use_of(inner), formulas={"repeat": "width"})
    block.network.do(AddNode(use))
    block.network.do(Connect(Wire("u2", last, "output", "u1", inner.entrances[0])))
    with pytest.raises(EditRefused, match="repeated as often as width says"):
        unpack(block.network, inner_analysis(block), "u1")
    block.network.do(SetLayer("u1", use_of(inner), {"width": "in_channels * 2"}))
    with pytest.raises(EditRefused, match="speaks of its own input"):
        unpack(block.network, inner_analysis(block), "u1")
    image = next(n for n, node in network.nodes.items() if isinstance(node.layer, Input))
    outside = Node("u3", "use", use_of(inner), formulas={"width": "in_channels * 2"})
    network.do(AddNode(outside))
    network.do(Connect(Wire("u4", image, "output", "u3", inner.entrances[0])))
    network.do(unpack(network, Analysis(network), "u3"))
    made = next(n for n in network.nodes.values() if n.name == "conv1")
    assert made.layer.values()["out_channels"] == 8


def test_dropping_a_block_that_is_used_elsewhere_is_refused_whole() -> None:
    network, _, _ = outer_block()
    before = project_state(network)
    use = next(n for n, x in network.nodes.items() if x.layer.type_name() == "block:Outer")
    with pytest.raises(EditRefused, match="is used by"):
        network.do(unpack(network, Analysis(network), use, drop=True))
    assert project_state(network) == before


def test_a_frozen_use_gives_frozen_nodes_and_names_stay_apart() -> None:
    network, ids = chain(
        Input(shape=(3, 8, 8)), Conv2d(), BatchNorm2d(), ReLU(), GlobalAvgPool2d(), Flatten()
    )
    place(network, Output(), place(network, Linear(), ids[-1]))
    network.do(group(network, Analysis(network), ids[1:4], "Stem"))
    use = next(n for n, x in network.nodes.items() if x.layer.type_name() == "block:Stem")
    block = library_of(network).blocks["Stem"]
    network.do(SetLayer(use, use_of(block, repeat=2)))
    network.do(Freeze((use,)))
    network.do(unpack(network, Analysis(network), use))
    convolutions = [n for n in network.nodes.values() if isinstance(n.layer, Conv2d)]
    assert [n.name for n in convolutions] == ["conv1", "conv2"]
    assert all(n.frozen for n in convolutions)
    assert convolutions[0].position != convolutions[1].position
    assert Add.type_name() not in {n.layer.type_name() for n in network.nodes.values()}
