"""The order kept wire by wire and the free names, against the slow and plain ways."""

from __future__ import annotations

import random
from itertools import pairwise

import networkx as nx
import pytest

from graph.document.project import Project, dumps, loads
from graph.layers.convolution.plain import Conv2d
from graph.network.edits import AddNode, Batch, Connect, RemoveNode, Rename
from graph.network.network import Edit, Network, Node, Wire
from graph.network.ordering import Ordering


def assert_runs_forward(ordering: Ordering, wiring: nx.DiGraph[str]) -> None:
    place = {node: number for number, node in enumerate(ordering.nodes())}
    assert set(place) == set(wiring.nodes)
    assert len(ordering.nodes()) == len(wiring)
    assert all(place[source] < place[target] for source, target in wiring.edges)


@pytest.mark.parametrize("seed", range(6))
def test_the_order_runs_forward_and_cycles_are_the_true_ones(seed: int) -> None:
    source_of_chance = random.Random(seed)
    wiring: nx.DiGraph[str] = nx.DiGraph()
    ordering = Ordering(wiring)
    cycles = 0
    for number in range(900):
        draw = source_of_chance.random()
        nodes = list(wiring)
        if draw < 0.15 or len(nodes) < 2:
            wiring.add_node(f"n{number}")
            ordering.add(f"n{number}")
        elif draw < 0.2:
            gone = source_of_chance.choice(nodes)
            wiring.remove_node(gone)
            ordering.remove(gone)
        elif draw < 0.3 and wiring.edges:
            wiring.remove_edge(*source_of_chance.choice(list(wiring.edges)))
        nodes = list(wiring)
        source, target = source_of_chance.choice(nodes), source_of_chance.choice(nodes)
        closes = nx.has_path(wiring, target, source)
        assert ordering.closes_cycle(source, target) == closes
        cycles += closes
        if draw >= 0.3 and not closes:
            ordering.join(source, target)
            wiring.add_edge(source, target)
        assert_runs_forward(ordering, wiring)
    assert cycles > 20


@pytest.mark.parametrize("backward", [False, True])
def test_many_wires_at_one_place_find_room_between_the_ranks(backward: bool) -> None:
    wiring: nx.DiGraph[str] = nx.DiGraph()
    ordering = Ordering(wiring)
    for node in ("first", "last", *(f"n{i}" for i in range(300))):
        wiring.add_node(node)
        ordering.add(node)
    for i in range(300):
        for wire in (("first", f"n{i}"), (f"n{i}", "last")):
            source, target = wire[::-1] if backward else wire
            ordering.join(source, target)
            wiring.add_edge(source, target)
            assert_runs_forward(ordering, wiring)
    ends = ordering.nodes()[0], ordering.nodes()[-1]
    assert ends == (("last", "first") if backward else ("first", "last"))


@pytest.mark.parametrize("backward", [False, True])
def test_a_long_chain_loads_and_comes_back_from_deletion(backward: bool) -> None:
    ids = [f"n{i}" for i in range(2000)]
    edits: list[Edit] = [AddNode(Node(node, node, Conv2d())) for node in ids]
    along = ids[::-1] if backward else ids
    for number, (source, target) in enumerate(pairwise(along)):
        edits.append(Connect(Wire(f"w{number}", source, "output", target, "input")))
    network = Network()
    network.do(Batch(tuple(edits)))
    assert network.order() == along
    file = dumps(Project(network=network))
    assert loads(file).network.order() == along
    undo = network.do(Batch(tuple(RemoveNode(node) for node in ids)))
    assert network.order() == []
    network.do(undo)
    assert network.order() == along
    assert dumps(Project(network=network)) == file


def test_free_names_are_the_smallest_also_after_renaming_and_undoing() -> None:
    chance = random.Random(5)
    network = Network()
    undos: list[Edit] = []
    bases = ("conv", "conv1", "", "Straße", "c0")
    for _ in range(1500):
        draw = chance.random()
        nodes = list(network.nodes)
        if draw < 0.4 or not nodes:
            name = network.free_name(chance.choice(bases))
            undos.append(network.do(AddNode(Node(network.new_id(), name, Conv2d()))))
        elif draw < 0.6:
            name = (
                chance.choice(bases)
                + chance.choice(("0", "01", "x", ""))
                + str(chance.randrange(9))
            )
            undos.append(network.do(Rename(chance.choice(nodes), name)))
        elif draw < 0.8:
            undos.append(network.do(RemoveNode(chance.choice(nodes))))
        elif undos:
            network.do(undos.pop())
        used = {node.name for node in network.nodes.values()}
        for base in bases:
            wanted = next(f"{base}{i}" for i in range(1, 2000) if f"{base}{i}" not in used)
            assert network.free_name(base) == wanted
