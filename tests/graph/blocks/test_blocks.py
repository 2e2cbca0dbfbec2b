"""Blocks under thousands of edits: every use follows, nothing is lost, nothing is left behind."""

from __future__ import annotations

import random

import pytest

from graph.analysis.analysis import Analysis
from graph.blocks.adopting import copy_block
from graph.blocks.block import Block, block_of
from graph.blocks.block_use import BlockUse, use_of
from graph.blocks.grouping import group
from graph.blocks.library import library_of
from graph.blocks.library_edits import (
    DefineBlock,
    OnNetwork,
    RemoveBlock,
    RenameBlock,
    SetParameters,
)
from graph.blocks.parameter import Parameter
from graph.blocks.sketch import Sketch, whole
from graph.blocks.unpacking import unpack
from graph.layers.activation.piecewise import ReLU
from graph.layers.base.layer import FaultKind
from graph.layers.convolution.plain import Conv2d
from graph.layers.io import Input, Output
from graph.network.edits import (
    AddNode,
    Batch,
    Connect,
    Disconnect,
    Freeze,
    RemoveNode,
    Rename,
    SetLayer,
)
from graph.network.network import Edit, EditRefused, Network, Node, Wire
from graph.values.declaration import FieldError, FieldKind
from tests.generators import Editor, join, place
from tests.graph.states import convex, project_state

EDITS = 2000


def new_block(project: Network, name: str, *parameters: Parameter) -> tuple[Block, str]:
    """A block in the project with an Input ``x``, whose id comes second."""
    network = Network(library_of(project))
    block = Block(name, parameters, "", network)
    x = place(network, Input(shape=(3, 8, 8)), name="x")
    return block, x


def convolution(project: Network, name: str = "Conv") -> Block:
    block, x = new_block(project, name, whole("width", 4))
    node = Node(block.network.new_id(), "conv", Conv2d(), formulas={"out_channels": "width"})
    block.network.do(AddNode(node))
    join(block.network, x, node.id)
    place(block.network, Output(), node.id)
    project.do(DefineBlock(block))
    return block


def use(network: Network, block: Block, source: str, formulas: dict[str, str] | None = None) -> str:
    """A use behind the first output of a node."""
    node = network.new_id()
    layer = use_of(block)
    name = network.free_name(layer.base_name())
    network.do(AddNode(Node(node, name, layer, formulas=formulas or {})))
    join(network, source, node)
    return node


def around(project: Network, name: str, inner: Block) -> Block:
    """A block of two uses of another; its ``width`` is theirs."""
    block, x = new_block(project, name, whole("width", 4))
    first = use(block.network, inner, x, {"width": "width"})
    second = use(block.network, inner, first, {"width": "width * 2"})
    place(block.network, Output(), second)
    project.do(DefineBlock(block))
    return block


def project_of_blocks(depth: int = 3) -> tuple[Network, list[Block]]:
    """A network with blocks in blocks, of which it uses each."""
    network = Network()
    blocks = [convolution(network)]
    for level in range(1, depth):
        blocks.append(around(network, f"Level {level}", blocks[-1]))
    image = place(network, Input(shape=(3, 40, 40)))
    for block in blocks:
        place(network, Output(), use(network, block, image))
    return network, blocks


class BlockEditor:
    """Draws edits of any network of a project and of its blocks."""

    def __init__(self, source: random.Random, main: Network, analysis: Analysis) -> None:
        self.random, self.main, self.analysis = source, main, analysis
        self.count = 0

    def draw(self) -> Edit:
        draws = [
            *(self.inside,) * 10,
            *(self.use,) * 4,
            *(self.set_use,) * 4,
            *(self.formula,) * 3,
            self.define,
            self.copied,
            self.remove,
            self.rename,
            self.parameters,
            self.parameters,
            self.freeze,
            self.group,
            self.unpack,
        ]
        while True:
            found = self.random.choice(draws)()
            if found is not None:
                return found

    def network(self) -> Network:
        return self.random.choice(list(library_of(self.main).networks()))

    def block(self) -> Block | None:
        blocks = list(library_of(self.main).blocks.values())
        return self.random.choice(blocks) if blocks else None

    def inside(self) -> Edit:
        network = self.network()
        return OnNetwork(network, Editor(self.random, network, 12).draw())

    def use(self) -> Edit | None:
        network, block = self.network(), self.block()
        if block is None or not network.nodes:
            return None
        node = network.new_id()
        add = AddNode(Node(node, network.free_name("use"), use_of(block)))
        source = self.random.choice(list(network.nodes))
        outputs = network.nodes[source].layer.output_ports()
        if not outputs or not block.entrances:
            return OnNetwork(network, add)
        wire = Wire(network.new_id("w"), source, outputs[0].name, node, block.entrances[0])
        return OnNetwork(network, Batch((add, Connect(wire))))

    def any_use(self) -> tuple[Network, Node] | None:
        block = self.block()
        uses = list(library_of(self.main).uses(block)) if block else []
        return self.random.choice(uses) if uses else None

    def set_use(self) -> Edit | None:
        found = self.any_use()
        if found is None:
            return None
        network, node = found
        layer = node.layer
        name = self.random.choice(list(type(layer).model_fields))
        try:
            return OnNetwork(network, SetLayer(node.id, layer.changed(**{name: self.value()})))
        except FieldError:
            return None

    def value(self) -> int:
        return self.random.randint(1, 3)

    def formula(self) -> Edit | None:
        network = self.network()
        if not network.nodes:
            return None
        node = self.random.choice(list(network.nodes.values()))
        fields = list(type(node.layer).model_fields)
        if not fields:
            return None
        words = ["in_channels", "index + 1", "x_channels", "3", "width", "count * 2", "a +", "n0"]
        block = block_of(network)
        if block is not None:
            words += [p.name for p in block.parameters]
        text = self.random.choice(words)
        formulas = {**node.formulas, self.random.choice(fields): text}
        return OnNetwork(network, SetLayer(node.id, node.layer, formulas))

    def define(self) -> Edit:
        self.count += 1
        block, x = new_block(self.main, f"Block {self.random.randint(1, 20)}", whole("width", 2))
        node = place(block.network, ReLU(), x)
        inner = self.block()
        if inner is not None and len(inner.entrances) == 1 and inner.exits:
            node = use(block.network, inner, x)
        place(block.network, Output(), node)
        return DefineBlock(block)

    def copied(self) -> Edit | None:
        block = self.block()
        if block is None:
            return None
        copy = copy_block(block, {})
        copy.name = library_of(self.main).free_name(block.name)
        return DefineBlock(copy)

    def remove(self) -> Edit | None:
        block = self.block()
        return RemoveBlock(block.name) if block else None

    def rename(self) -> Edit | None:
        block = self.block()
        return RenameBlock(block.name, f"Block {self.random.randint(1, 20)}") if block else None

    def parameters(self) -> Edit | None:
        block = self.block()
        if block is None:
            return None
        old = list(block.parameters)
        kept = [p for p in old if self.random.random() < 0.8]
        renames = ()
        if len(kept) > 1 and self.random.random() < 0.5:
            first, second = kept[0], kept[1]
            renames = ((first.name, second.name), (second.name, first.name))
            swapped = dict(renames)
            kept = [
                Parameter(swapped.get(p.name, p.name), p.kind, p.default, p.minimum, p.maximum)
                for p in kept
            ]
        if self.random.random() < 0.6:
            kept.append(whole(f"p{self.random.randint(0, 9)}", self.value(), most=9))
        return SetParameters(block.name, tuple(kept), "Changed.", renames)

    def freeze(self) -> Edit | None:
        network = self.network()
        nodes = list(network.nodes)
        if not nodes:
            return None
        return OnNetwork(network, Freeze((self.random.choice(nodes),), self.random.random() < 0.5))

    def group(self) -> Edit | None:
        network = self.network()
        chosen = convex(self.random, network)
        if not chosen:
            return None
        name = library_of(self.main).free_name("Group")
        return OnNetwork(network, group(network, self.own(network), chosen, name))

    def own(self, network: Network) -> Analysis:
        return self.analysis if network is self.main else Analysis(network)

    def unpack(self) -> Edit | None:
        found = self.any_use()
        if found is None:
            return None
        network, node = found
        drop = self.random.random() < 0.5
        return OnNetwork(network, unpack(network, self.own(network), node.id, drop=drop))


def assert_followed(main: Network, analysis: Analysis) -> None:
    fresh = Analysis(main)
    for node in main.nodes:
        assert analysis.facts(node) == fresh.facts(node), main.nodes[node].name
    assert analysis.faults() == fresh.faults()


@pytest.mark.parametrize("seed", range(3))
def test_thousands_of_edits_of_blocks_and_uses_undo_and_redo(seed: int) -> None:
    source = random.Random(seed)
    main, _ = project_of_blocks()
    analysis = Analysis(main)
    analysis.follow()
    inside = {id(n): Analysis(n) for n in library_of(main).networks()}
    ends = [a.follow() for a in inside.values()]
    editor = BlockEditor(source, main, analysis)
    states, undos = [project_state(main)], []
    refused = 0
    for number in range(EDITS // 3):
        try:
            edit = editor.draw()
            undos.append(main.do(edit))
        except EditRefused:
            refused += 1
            assert project_state(main) == states[-1], edit.title()
            continue
        states.append(project_state(main))
        if number % 40 == 0:
            assert_followed(main, analysis)
        # Sometimes a person goes back and takes another way.
        back = 3 if len(undos) > 3 and source.random() < 0.2 else 0
        for _ in range(back):
            main.do(undos.pop())
            states.pop()
            assert project_state(main) == states[-1]
    assert refused > 40
    assert len(undos) > 150
    redos = []
    for undo, wanted in zip(reversed(undos), reversed(states[:-1]), strict=True):
        redos.append(main.do(undo))
        assert project_state(main) == wanted
    assert_followed(main, analysis)
    for redo, wanted in zip(reversed(redos), states[1:], strict=True):
        main.do(redo)
        assert project_state(main) == wanted
    assert_followed(main, analysis)
    kept = [network for network in library_of(main).networks() if id(network) in inside]
    assert kept
    for network in kept:
        assert inside[id(network)].faults() == Analysis(network).faults()
    for end in ends:
        end()


def test_a_change_inside_reaches_uses_at_every_depth() -> None:
    main, blocks = project_of_blocks(5)
    analysis = Analysis(main)
    analysis.follow()
    inner = blocks[0].network
    node = next(n for n, x in inner.nodes.items() if x.name == "conv")
    before = analysis.totals()
    undo = inner.do(SetLayer(node, inner.nodes[node].layer.changed(padding=(1, 1))))
    assert_followed(main, analysis)
    assert analysis.totals().macs > before.macs
    wires = [w.id for w in inner.outputs(node)]
    cut = inner.do(Disconnect(wires[0]))
    assert_followed(main, analysis)
    faults = [fault for fault in analysis.errors() if fault.kind is FaultKind.BLOCK]
    assert len(faults) == len(blocks)
    inner.do(cut)
    inner.do(undo)
    assert_followed(main, analysis)
    assert analysis.totals() == before


def test_an_edit_of_several_networks_is_heard_once_it_is_whole() -> None:
    main, blocks = project_of_blocks(2)
    analysis = Analysis(main)
    analysis.follow()
    image = next(n for n, x in main.nodes.items() if isinstance(x.layer, Input))
    added = Node("n90", "late", use_of(blocks[0]))
    inner = blocks[0].network
    node = next(n for n, x in inner.nodes.items() if x.name == "conv")
    layer = inner.nodes[node].layer.changed(kernel_size=(5, 5))
    edits = (
        AddNode(added),
        Connect(Wire("w90", image, "output", "n90", blocks[0].entrances[0])),
        OnNetwork(inner, SetLayer(node, layer)),
        SetParameters("Conv", (whole("wide", 6),), "", (("width", "wide"),)),
        AddNode(Node("n91", "later", use_of(blocks[1]))),
        Connect(Wire("w91", "n90", blocks[0].exits[0], "n91", blocks[1].entrances[0])),
    )
    before = project_state(main)
    undo = main.do(Batch(edits))
    assert_followed(main, analysis)
    assert analysis.facts("n90").outputs == ((6, 36, 36),), "a default is followed"
    main.do(undo)
    assert_followed(main, analysis)
    assert project_state(main) == before


def test_a_block_that_would_contain_itself_is_refused() -> None:
    main, (low, middle, high) = project_of_blocks()
    before = project_state(main)
    for outside, network in ((low, low.network), (high, low.network), (middle, low.network)):
        with pytest.raises(EditRefused, match="would contain itself") as caught:
            network.do(AddNode(Node("n80", "again", use_of(outside))))
        assert caught.value.kind is FaultKind.CYCLE
    node = next(n for n, x in low.network.nodes.items() if x.name == "conv")
    with pytest.raises(EditRefused, match="would contain itself"):
        low.network.do(SetLayer(node, use_of(high)))
    assert project_state(main) == before


def test_blocks_stand_only_so_deep_in_each_other() -> None:
    main = Network()
    block = convolution(main)
    for level in range(23):
        inner, x = new_block(main, f"Level {level}")
        place(inner.network, Output(), use(inner.network, block, x))
        main.do(DefineBlock(inner))
        main.do(AddNode(Node(f"n{level}", "use", use_of(inner))))
        block = inner
    outer, _ = new_block(main, "Outer")
    main.do(DefineBlock(outer))
    with pytest.raises(EditRefused, match="at most 24 deep"):
        outer.network.do(AddNode(Node("n99", "use", use_of(block))))


def test_ports_with_wires_where_the_block_is_used_stay() -> None:
    main, (low, *_) = project_of_blocks()
    before = project_state(main)
    (x,), (out,) = low.entrances, low.exits
    for node in (x, out):
        with pytest.raises(EditRefused, match="has a wire where the block is used"):
            main.do(OnNetwork(low.network, RemoveNode(node)))
        with pytest.raises(EditRefused, match=r"has a wire|which the change would leave"):
            main.do(OnNetwork(low.network, SetLayer(node, ReLU())))
    assert project_state(main) == before
    second = place(low.network, Input(shape=(3, 8, 8)), name="spare")
    assert [port.title for port in low.ports.inputs] == ["x", "spare"]
    low.network.do(RemoveNode(second))
    assert [port.title for port in low.ports.inputs] == ["x"]
    with pytest.raises(EditRefused, match="is used by"):
        main.do(RemoveBlock(low.name))


def test_ports_follow_within_one_edit() -> None:
    """A batch may take a port away, add another and wire that, before anybody is told."""
    main, (low, *_) = project_of_blocks(1)
    place(low.network, Input(shape=(3, 8, 8)), name="spare")
    (node,) = [n for n, x in main.nodes.items() if isinstance(x.layer, BlockUse)]
    image = next(n for n, x in main.nodes.items() if isinstance(x.layer, Input))
    old = low.entrances[1]
    edits = (
        OnNetwork(low.network, RemoveNode(old)),
        OnNetwork(low.network, AddNode(Node("n70", "other", Input(shape=(3, 8, 8))))),
        Connect(Wire("w70", image, "output", node, "n70")),
    )
    undo = main.do(Batch(edits))
    assert low.entrances[1] == "n70"
    main.do(undo)
    assert low.entrances[1] == old


def test_swapped_names_of_parameters_and_their_undo_keep_every_formula() -> None:
    main = Network()
    block, x = new_block(main, "Pair", whole("a", 3), whole("b", 2))
    formulas = {"out_channels": "a*2  + b"}
    block.network.do(AddNode(Node("n5", "conv", Conv2d(), formulas=formulas)))
    join(block.network, x, "n5")
    place(block.network, Output(), "n5")
    main.do(DefineBlock(block))
    image = place(main, Input(shape=(3, 8, 8)))
    main.do(AddNode(Node("u", "use", use_of(block, a=5, b=1))))
    main.do(Connect(Wire("v", image, "output", "u", block.entrances[0])))
    before = project_state(main)
    renames = (("a", "b"), ("b", "a"))
    undo = main.do(SetParameters("Pair", (whole("b", 3), whole("a", 2)), "", renames))
    assert Analysis(main).facts("u").outputs == ((11, 6, 6),)
    assert block.network.nodes["n5"].formulas["out_channels"] == "b * 2 + a"
    redo = main.do(undo)
    assert project_state(main) == before
    main.do(redo)
    assert Analysis(main).facts("u").outputs == ((11, 6, 6),)


def test_a_name_too_long_for_a_formula_is_refused_whole() -> None:
    main = Network()
    block, x = new_block(main, "Long", whole("a", 3))
    text = " + ".join(["a"] * 40)
    block.network.do(AddNode(Node("n5", "conv", Conv2d(), formulas={"out_channels": text})))
    join(block.network, x, "n5")
    main.do(DefineBlock(block))
    before = project_state(main)
    with pytest.raises(EditRefused, match="at most 200 characters"):
        main.do(SetParameters("Long", (whole("a" * 30, 3),), "", (("a", "a" * 30),)))
    assert project_state(main) == before


@pytest.mark.parametrize("required", [False, True])
def test_uses_follow_a_default_unless_each_must_choose(required: bool) -> None:
    main = Network()
    block, x = new_block(main, "Wide", whole("width", 4, required=required))
    block.network.do(AddNode(Node("n5", "conv", Conv2d(), formulas={"out_channels": "width"})))
    join(block.network, x, "n5")
    place(block.network, Output(), "n5")
    main.do(DefineBlock(block))
    image = place(main, Input(shape=(3, 8, 8)))
    at_default, own = (place(main, use_of(block, width=width), image) for width in (4, 7))
    before = project_state(main)
    parameter = whole("broad", 6, required=required)
    undo = main.do(SetParameters("Wide", (parameter,), "", (("width", "broad"),)))
    follows = 4 if required else 6
    assert [main.nodes[n].layer.values()["broad"] for n in (at_default, own)] == [follows, 7]
    after = project_state(main)
    redo = main.do(undo)
    assert project_state(main) == before
    undo = main.do(redo)
    assert project_state(main) == after
    main.do(undo)
    assert project_state(main) == before


def test_ports_of_an_opened_block_are_no_layers() -> None:
    main = Network()
    block = convolution(main)
    image = place(main, Input(shape=(3, 8, 8)))
    node = place(main, use_of(block), image)
    opened = Analysis(block.network, block.scope({"width": 4}, [(3, 8, 8)], {}))
    assert opened.totals().layers == Analysis(main).facts(node).layers == 1


def test_a_default_is_what_first_only_gives_to_the_rest_of_a_chain() -> None:
    main = Network()
    block, x = new_block(
        main, "Down", Parameter("step", FieldKind.INTEGER, 1, 1, 4, first_only=True)
    )
    formulas = {"stride": "step", "out_channels": "in_channels + index"}
    layer = Conv2d(kernel_size=(1, 1))
    block.network.do(AddNode(Node("n5", "conv", layer, formulas=formulas)))
    join(block.network, x, "n5")
    place(block.network, Output(), "n5")
    main.do(DefineBlock(block))
    image = place(main, Input(shape=(3, 16, 16)))
    main.do(AddNode(Node("u", "use", use_of(block, step=2, repeat=4))))
    main.do(Connect(Wire("v", image, "output", "u", block.entrances[0])))
    facts = Analysis(main).facts("u")
    assert facts.outputs == ((3 + 1 + 2 + 3, 8, 8),)
    assert facts.layers == 4


def test_formulas_follow_the_name_of_an_input() -> None:
    draw = Sketch()
    inner = Sketch.of_block(draw.library, "Wide", "Wider.", whole("factor", 2))
    start = inner.input("input", (3, 8, 8))
    conv = inner.put(Conv2d(), start, out_channels="input_channels * factor")
    inner.output()
    network = inner.define().network
    undo = network.do(Rename(start, "skip"))
    assert network.nodes[conv].formulas == {"out_channels": "skip_channels * factor"}
    network.do(undo)
    assert network.nodes[conv].formulas == {"out_channels": "input_channels * factor"}
    assert network.nodes[start].name == "input"
