"""Thousands of random edits, with undo and redo: nothing is lost, nothing stays behind.

The oracle compares whole documents. A planted fault, an edit whose inverse drops a wire, must trip
it.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from dataclasses import dataclass

import pytest

from graph.analysis.analysis import Analysis
from graph.document.as_json import write_blocks, write_network
from graph.layers.activation.piecewise import ReLU
from graph.layers.base.layer import FaultKind
from graph.layers.convolution.plain import Conv2d
from graph.layers.io import Input, Output
from graph.layers.linear import Linear
from graph.layers.merge import Add, Concat
from graph.layers.pooling.plain import MaxPool2d
from graph.layers.reshaping.flatten import Flatten
from graph.network.edits import (
    AddNode,
    Batch,
    Connect,
    Disconnect,
    Move,
    RemoveNode,
    Rename,
    Reorder,
    SetLayer,
    bypass,
    insert_before,
)
from graph.network.network import Change, Edit, EditRefused, Network, Node, Wire
from graph.values.message import Message
from tests.generators import Editor, chain, join, place, random_network


def text(network: Network) -> str:
    return json.dumps([write_network(network), write_blocks(network)])


def assert_acyclic(network: Network) -> None:
    """Every wire runs forward in the order, which names every node once."""
    order = network.order()
    rank = {node: number for number, node in enumerate(order)}
    assert len(rank) == len(order) == len(network.nodes)
    for wire in network.wires.values():
        assert rank[wire.source] < rank[wire.target]


def assert_consistent(network: Network) -> None:
    """The networkx graph, the wires and the lists of inputs tell the same story."""
    edges = {(a, b, key) for a, b, key in network.graph.edges(keys=True)}
    assert edges == {(w.source, w.target, w.id) for w in network.wires.values()}
    assert set(network.graph.nodes) == set(network.nodes)
    listed = [wire.id for node in network.nodes for wire in network.inputs(node)]
    assert sorted(listed) == sorted(network.wires)
    for node in network.nodes.values():
        for port in node.layer.input_ports():
            assert port.many or len(network.port_wires(node.id, port.name)) <= 1


def figures(network: Network, analysis: Analysis) -> tuple[object, ...]:
    facts = {node: analysis.facts(node) for node in network.nodes}
    shapes = {wire: analysis.wire_shape(wire) for wire in network.wires}
    faults = sorted(repr(fault) for fault in analysis.faults())
    return facts, shapes, faults, analysis.totals()


def assert_as_fresh(network: Network, analysis: Analysis) -> None:
    assert figures(network, analysis) == figures(network, Analysis(network))


class Campaign:
    """A history of edits with its undo and redo stacks, checked at every step."""

    def __init__(self, seed: int, network: Network | None = None, most: int = 40) -> None:
        self.random = random.Random(seed)
        self.network = network or Network()
        self.editor = Editor(self.random, self.network, most)
        self.analysis = Analysis(self.network)
        self.analysis.follow()
        self.heard: list[Change] = []
        self.network.listen(self.heard.append)
        self.start = text(self.network)
        self.undos: list[Edit] = []
        self.redos: list[Edit] = []
        self.known = {0: self.start}  # the file's text at some depths of the undo stack
        self.counts: Counter[str] = Counter()

    def step(self, number: int) -> None:
        draw = self.random.random()
        if draw < 0.12 and self.undos:
            self.undo()
        elif draw < 0.2 and self.redos:
            self.redo()
        else:
            self.edit(self.editor.draw())
        assert_acyclic(self.network)
        if number % 50 == 0:
            assert_consistent(self.network)
            assert_as_fresh(self.network, self.analysis)
            if not self.redos:
                self.known[len(self.undos)] = text(self.network)

    def edit(self, edit: Edit) -> None:
        before, heard = text(self.network), len(self.heard)
        try:
            undo = self.network.do(edit)
        except EditRefused as error:
            refused = error
        else:
            self.accept(edit, undo, heard)
            return
        assert str(refused)
        assert text(self.network) == before, f"{edit} was refused and left a trace"
        assert len(self.heard) == heard
        self.counts["refused"] += 1
        self.counts["cycle"] += refused.kind is FaultKind.CYCLE

    def accept(self, edit: Edit, undo: Edit, heard: int) -> None:
        assert len(self.heard) == heard + 1
        self.counts[type(edit).__name__] += 1
        self.undos.append(undo)
        self.redos.clear()
        depth = len(self.undos)
        self.known = {at: file for at, file in self.known.items() if at < depth}

    def undo(self) -> None:
        self.redos.append(self.network.do(self.undos.pop()))
        self.compare()
        self.counts["undo"] += 1

    def redo(self) -> None:
        self.undos.append(self.network.do(self.redos.pop()))
        self.compare()
        self.counts["redo"] += 1

    def compare(self) -> None:
        wanted = self.known.get(len(self.undos))
        assert wanted is None or text(self.network) == wanted

    def run(self, steps: int) -> None:
        for number in range(steps):
            self.step(number)

    def back_and_forth(self) -> None:
        """Undo everything, redo everything."""
        while self.redos:
            self.redo()
        final = text(self.network)
        while self.undos:
            self.undo()
        assert text(self.network) == self.start
        assert_as_fresh(self.network, self.analysis)
        while self.redos:
            self.redo()
        assert text(self.network) == final
        assert_consistent(self.network)
        assert_as_fresh(self.network, self.analysis)


def test_ten_thousand_edits_undone_and_redone() -> None:
    campaign = Campaign(seed=1)
    campaign.run(10_000)
    campaign.back_and_forth()
    assert campaign.start == text(Network())
    assert not campaign.counts.keys() ^ {
        *("AddNode", "RemoveNode", "Connect", "Disconnect", "SetLayer", "Rename", "Move"),
        *("Reorder", "Batch", "undo", "redo", "refused", "cycle"),
    }
    assert min(campaign.counts.values()) > 20, campaign.counts


@pytest.mark.parametrize("seed", range(3))
def test_edits_of_a_whole_network(seed: int) -> None:
    network = random_network(random.Random(seed), nodes=20)
    campaign = Campaign(seed, network)
    campaign.run(300)
    campaign.back_and_forth()


@pytest.mark.campaign
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", range(20, 40))
def test_many_edits_in_a_campaign(seed: int) -> None:
    campaign = Campaign(seed, most=20 + 4 * (seed % 5))
    campaign.run(10_000)
    campaign.back_and_forth()


@dataclass(frozen=True, slots=True)
class Forgetful:
    """The planted fault: removes a node, and its inverse brings back all wires but one."""

    node: str

    def apply(self, network: Network) -> Edit:
        undo = RemoveNode(self.node).apply(network)
        assert isinstance(undo, Batch)
        return Batch(undo.edits[:-1])

    def title(self) -> Message:
        return RemoveNode(self.node).title()


def test_the_oracle_notices_an_inverse_that_drops_a_wire() -> None:
    campaign = Campaign(seed=2)
    campaign.run(150)
    wired = next(n for n in campaign.network.nodes if campaign.network.inputs(n))
    campaign.known[len(campaign.undos)] = text(campaign.network)
    campaign.edit(Forgetful(wired))
    with pytest.raises((AssertionError, EditRefused)):
        campaign.back_and_forth()


def test_the_oracle_notices_a_refusal_with_a_trace() -> None:
    @dataclass(frozen=True, slots=True)
    class Careless:
        def apply(self, network: Network) -> Edit:
            node = next(iter(network.nodes))
            Rename(node, "left behind").apply(network)
            return Rename("nobody", "x").apply(network)

        def title(self) -> Message:
            return Rename("nobody", "x").title()

    campaign = Campaign(seed=3)
    campaign.run(50)
    with pytest.raises(AssertionError, match="left a trace"):
        campaign.edit(Careless())


# Single edits


def fork() -> tuple[Network, dict[str, str]]:
    """Input -> two convolutions -> concat -> flatten -> linear -> output."""
    network = Network()
    image = place(network, Input(shape=(3, 8, 8)))
    left = place(network, Conv2d(out_channels=4), image)
    right = place(network, Conv2d(out_channels=6), image)
    merged = place(network, Concat(), left, right)
    flat = place(network, Flatten(), merged)
    last = place(network, Linear(), flat)
    end = place(network, Output(), last)
    names = ("image", "left", "right", "merged", "flat", "last", "end")
    return network, dict(zip(names, (image, left, right, merged, flat, last, end), strict=True))


def test_removing_a_node_and_undoing_keeps_the_order_of_a_merge() -> None:
    network, nodes = fork()
    before = text(network)
    undo = network.do(RemoveNode(nodes["left"]))
    assert [w.source for w in network.inputs(nodes["merged"])] == [nodes["right"]]
    network.do(undo)
    assert [w.source for w in network.inputs(nodes["merged"])] == [nodes["left"], nodes["right"]]
    assert text(network) == before


def test_reorder_moves_an_input_of_a_merge() -> None:
    network, nodes = fork()
    network.do(Reorder(nodes["merged"], "inputs", 0, 1))
    assert [w.source for w in network.inputs(nodes["merged"])] == [nodes["right"], nodes["left"]]


def test_insert_before_keeps_the_place_in_the_order() -> None:
    network, nodes = fork()
    (wire, _) = network.inputs(nodes["merged"])
    network.do(insert_before(network, wire.id, Node("new", "relu1", ReLU())))
    assert [w.source for w in network.inputs(nodes["merged"])] == ["new", nodes["right"]]
    assert [w.source for w in network.inputs("new")] == [nodes["left"]]


def test_bypass_keeps_the_places_in_the_orders_of_all_that_read_the_node() -> None:
    network, nodes = fork()
    before = text(network)
    end = place(network, Add(), nodes["left"], nodes["right"], nodes["left"])
    (source,) = (wire.source for wire in network.inputs(nodes["left"]))
    undo = network.do(bypass(network, nodes["left"]))
    for reader, ends in (
        (nodes["merged"], [source, nodes["right"]]),
        (end, [source, nodes["right"], source]),
    ):
        assert [wire.source for wire in network.inputs(reader)] == ends
    assert nodes["left"] not in network.nodes
    network.do(undo)
    network.do(RemoveNode(end))
    assert text(network) == before


def test_a_merge_takes_two_wires_from_one_node() -> None:
    network, (image, first) = chain(Input(), Conv2d())
    merged = place(network, Add(), first, first)
    assert len(network.inputs(merged)) == 2
    assert not Analysis(network).facts(merged).problems
    network.do(Disconnect(network.inputs(merged)[0].id))
    assert len(network.inputs(merged)) == 1
    assert image in network.nodes


@pytest.mark.parametrize("path", [1, 2, 30])
def test_a_cycle_is_refused_by_name(path: int) -> None:
    network = Network()
    ids = [place(network, Add(), name="first")]
    for number in range(path):
        ids.append(place(network, ReLU(), ids[-1], name=f"relu{number}"))
    before = text(network)
    with pytest.raises(EditRefused, match=r"relu\d+ already depends on first.*cycle") as caught:
        join(network, ids[-1], ids[0])
    assert caught.value.kind is FaultKind.CYCLE
    assert text(network) == before
    with pytest.raises(EditRefused) as caught:
        join(network, ids[0], ids[0])
    assert caught.value.kind is FaultKind.CYCLE


def test_a_second_wire_on_a_port_is_refused_by_name() -> None:
    network, (first, second) = chain(Input(), ReLU())
    with pytest.raises(EditRefused, match="relu1 already has a wire on input"):
        join(network, first, second)


def test_positions_of_maxima_are_refused_by_other_layers() -> None:
    network = Network()
    image = place(network, Input())
    pool = place(network, MaxPool2d(return_indices=True), image)
    relu = place(network, ReLU())
    with pytest.raises(EditRefused, match="positions of maxima") as caught:
        network.do(Connect(Wire("w", pool, "indices", relu, "input")))
    assert caught.value.kind is FaultKind.WRONG_KIND


@pytest.mark.parametrize("name", ["", "x" * 201, "\ud800", "half \udfff smile"])
def test_names_that_cannot_be_saved_are_refused(name: str) -> None:
    network, (node,) = chain(Input())
    for edit in (Rename(node, name), AddNode(Node("new", name, ReLU()))):
        with pytest.raises(EditRefused):
            network.do(edit)
    network.do(Rename(node, "x" * 200))


def test_a_type_change_that_would_lose_a_wire_is_refused() -> None:
    network, (_image, relu, _end) = chain(Input(), ReLU(), Output())
    for layer in (Input(), Output(), Add()):
        with pytest.raises(EditRefused, match="has a wire on"):
            network.do(SetLayer(relu, layer))
    network.do(SetLayer(relu, Conv2d()))


def test_listeners_hear_what_an_edit_touched() -> None:
    network, nodes = fork()
    heard: list[Change] = []
    stop = network.listen(heard.append)
    network.do(Move({nodes["left"]: (5.0, 6.0)}))
    assert heard[-1].moved == {nodes["left"]}
    assert not heard[-1].meaning
    network.do(Rename(nodes["left"], "stem"))
    assert heard[-1].renamed == {nodes["left"]}
    assert not heard[-1].meaning
    network.do(SetLayer(nodes["left"], Conv2d(out_channels=5)))
    assert heard[-1].updated == {nodes["left"]}
    assert heard[-1].meaning
    assert not heard[-1].structural
    network.do(RemoveNode(nodes["left"]))
    assert heard[-1].removed == {nodes["left"]}
    assert len(heard[-1].wires_removed) == 2
    assert heard[-1].updated == {nodes["merged"]}
    stop()
    network.do(Rename(nodes["right"], "other"))
    assert len(heard) == 4


def test_analysis_visits_only_what_an_edit_changes() -> None:
    network, ids = chain(
        Input(shape=(3, 64, 64)), *[Conv2d(out_channels=8, padding="same")] * 200, Output()
    )
    analysis = Analysis(network)
    analysis.follow()
    middle = ids[100]

    def visits(edit: Edit) -> int:
        network.do(edit)
        return analysis.visited

    layer = network.nodes[middle].layer
    assert visits(Move({middle: (1.0, 2.0)})) == 0
    assert visits(Rename(middle, "stem")) == 0
    assert visits(SetLayer(middle, layer.changed(bias=False))) == 1
    assert visits(SetLayer(middle, layer.changed(bias=False))) == 1
    assert analysis.updated == set()
    assert visits(SetLayer(middle, layer.changed(out_channels=9))) == 2
    assert visits(AddNode(Node("alone", "alone", ReLU()))) == 1
    assert visits(RemoveNode("alone")) == 0
    assert visits(SetLayer(middle, layer.changed(kernel_size=(5, 5)))) == 102  # fields downstream
    assert visits(Disconnect(network.inputs(middle)[0].id)) == 102
    assert_as_fresh(network, analysis)
