"""Blocks of one project in another, and blocks saved as files."""

from __future__ import annotations

from pathlib import Path

from graph.analysis.analysis import Analysis
from graph.blocks.adopting import adopt, copy_block, definition
from graph.blocks.block import Block
from graph.blocks.block_use import use_of
from graph.blocks.library import library_of
from graph.blocks.library_edits import DefineBlock, RenameBlock
from graph.blocks.parameter import Parameter
from graph.document.project import Project, dumps, loads
from graph.document.saved_blocks import load_block, save_block, saved_blocks
from graph.layers.activation.piecewise import ReLU
from graph.layers.convolution.plain import Conv2d
from graph.layers.io import Input, Output
from graph.network.edits import AddNode, Batch, Connect, Move, SetLayer
from graph.network.network import Network, Node, Wire
from graph.values.declaration import FieldKind
from tests.generators import join, place
from tests.graph.states import project_state


def convolution(project: Network, name: str = "Conv", kernel: int = 3) -> Block:
    """A block of a convolution and a ReLU, ``width`` channels."""
    block = Block(name, (Parameter("width", FieldKind.INTEGER, 8),), "Two layers.", Network())
    inside = block.network
    x = place(inside, Input(shape=(3, 8, 8)), name="x")
    layer = Conv2d(kernel_size=(kernel, kernel), padding="same")
    node = Node(inside.new_id(), "conv", layer, formulas={"out_channels": "width"})
    inside.do(AddNode(node))
    join(inside, x, node.id)
    place(inside, Output(), place(inside, ReLU(), node.id))
    project.do(DefineBlock(block))
    return block


def pair(project: Network, inner: Block, name: str = "Pair") -> Block:
    """A block that uses another twice."""
    network = Network(library_of(project))
    block = Block(name, (Parameter("width", FieldKind.INTEGER, 8),), "", network)
    before = place(network, Input(shape=(3, 8, 8)), name="x")
    for number in (1, 2):
        node = Node(f"u{number}", f"use{number}", use_of(inner), formulas={"width": "width"})
        network.do(AddNode(node))
        port = network.nodes[before].layer.output_ports()[0].name
        wire = Wire(f"v{number}", before, port, node.id, inner.entrances[0])
        network.do(Connect(wire))
        before = node.id
    out = place(network, Output())
    network.do(Connect(Wire("v9", before, inner.exits[0], out, "input")))
    project.do(DefineBlock(block))
    return block


def use(network: Network, block: Block) -> str:
    image = place(network, Input(shape=(3, 8, 8)))
    node = network.new_id()
    network.do(AddNode(Node(node, network.free_name("use"), use_of(block, width=5))))
    network.do(Connect(Wire(network.new_id("w"), image, "output", node, block.entrances[0])))
    out = place(network, Output())
    network.do(Connect(Wire(network.new_id("w"), node, block.exits[0], out, "input")))
    return node


def test_a_block_comes_with_what_it_uses_and_undo_takes_all_away() -> None:
    there, here = Network(), Network()
    outer = pair(there, convolution(there))
    other = project_state(there)
    edits, found = adopt(library_of(here), outer)
    undo = here.do(Batch(tuple(edits)))
    redo = here.do(undo)
    assert not library_of(here).blocks
    here.do(redo)
    assert list(library_of(here).blocks) == ["Conv", "Pair"]
    assert library_of(here).blocks["Pair"] is found is not outer
    assert library_of(library_of(here).blocks["Conv"].network) is library_of(here)
    there_use, here_use = use(there, outer), use(here, found)
    assert Analysis(there).facts(there_use).outputs == Analysis(here).facts(here_use).outputs
    assert Analysis(there).facts(there_use).parameters == Analysis(here).facts(here_use).parameters
    file = dumps(Project(network=here))
    assert dumps(loads(file)) == file
    assert project_state(there)[1:] == other[1:], "the other project is as it was"


def test_an_equal_definition_is_used_again_wherever_its_nodes_stand() -> None:
    there, here = Network(), Network()
    outer = pair(there, convolution(there))
    mine = convolution(here)
    mine.network.do(Move(dict.fromkeys(mine.network.nodes, (50.0, 70.0))))
    edits, found = adopt(library_of(here), outer)
    here.do(Batch(tuple(edits)))
    assert list(library_of(here).blocks) == ["Conv", "Pair"]
    assert set(found.uses()) == {mine}
    assert adopt(library_of(here), outer) == ([], found)
    assert adopt(library_of(here), found) == ([], found)


def test_a_name_that_is_taken_gets_a_number_once() -> None:
    there, here = Network(), Network()
    outer = pair(there, convolution(there))
    mine = convolution(here, kernel=5)
    edits, found = adopt(library_of(here), outer)
    here.do(Batch(tuple(edits)))
    assert list(library_of(here).blocks) == ["Conv", "Conv 2", "Pair"]
    assert {block.name for block in found.uses()} == {"Conv 2"}
    assert adopt(library_of(here), outer) == ([], found)
    assert definition(mine) != definition(library_of(here).blocks["Conv 2"])
    here.do(RenameBlock("Conv", "Wide"))
    assert adopt(library_of(here), outer)[1] is found


def test_definitions_differ_by_what_counts_and_by_nothing_else() -> None:
    first, second = convolution(Network()), convolution(Network())
    assert definition(first) == definition(second)
    node = next(n for n, x in second.network.nodes.items() if isinstance(x.layer, ReLU))
    undo = second.network.do(SetLayer(node, ReLU(inplace=True)))
    assert definition(first) != definition(second)
    second.network.do(undo)
    assert definition(first) == definition(second)
    network = Network()
    outer = pair(network, convolution(network))
    before = definition(outer)
    inner = library_of(network).blocks["Conv"]
    inner.network.do(SetLayer(node, ReLU(inplace=True)))
    assert definition(outer) != before


def test_wires_follow_to_an_equal_definition_whose_nodes_have_other_ids() -> None:
    there, here = Network(), Network()
    outer = pair(there, convolution(there))
    inside = Network()
    for _ in range(20):
        inside.new_id()
    mine = Block("Conv", (Parameter("width", FieldKind.INTEGER, 8),), "Two layers.", inside)
    x = place(inside, Input(shape=(3, 8, 8)), name="x")
    layer = Conv2d(kernel_size=(3, 3), padding="same")
    inside.do(AddNode(Node("n90", "conv", layer, formulas={"out_channels": "width"})))
    join(inside, x, "n90")
    inside.do(AddNode(Node("n91", "relu1", ReLU())))
    join(inside, "n90", "n91")
    inside.do(AddNode(Node("n92", "output1", Output())))
    join(inside, "n91", "n92")
    here.do(DefineBlock(mine))
    edits, found = adopt(library_of(here), outer)
    here.do(Batch(tuple(edits)))
    assert list(library_of(here).blocks) == ["Conv", "Pair"]
    node = use(here, found)
    assert Analysis(here).facts(node).outputs == ((5, 8, 8),)


def test_a_copy_stands_for_itself() -> None:
    project = Network()
    block = convolution(project)
    copy = copy_block(block, {})
    before = definition(copy)
    node = next(n for n, x in block.network.nodes.items() if isinstance(x.layer, ReLU))
    block.network.do(SetLayer(node, ReLU(inplace=True)))
    assert definition(copy) == before != definition(block)


def test_saved_blocks_are_listed_read_and_taken_in(tmp_path: Path) -> None:
    folder = tmp_path / "my blocks"
    assert saved_blocks(folder) == ([], [])
    project = Network()
    outer = pair(project, convolution(project), "Größe / 2")
    first = save_block(folder, outer)
    assert save_block(folder, outer) == first
    save_block(folder, convolution(Network(), "stem"))
    save_block(folder, convolution(Network(), "Stem"))
    (folder / "broken.cloom").write_text("{}")
    (folder / "empty.cloom").write_text(dumps(Project(name="none")))
    found, wrong = saved_blocks(folder)
    assert sorted(saved.name for saved in found) == ["Größe / 2", "Stem", "stem"]
    assert [saved.summary for saved in found][1:] == ["Two layers."] * 2
    assert [str(message).count("\n") for message in wrong] == [0, 0]
    assert "holds no block" in str(wrong[1])
    here = Network()
    edits, block = adopt(library_of(here), load_block(first))
    here.do(Batch(tuple(edits)))
    assert definition(block) == definition(outer)
    node = use(here, block)
    assert Analysis(here).facts(node).outputs == ((5, 8, 8),)


def test_blocks_that_use_each_other_in_many_ways_are_compared_and_copied_quickly() -> None:
    """20 levels of two blocks that both use both below: a million paths."""
    there, here = Network(), Network()
    low, high = convolution(there, "A0"), convolution(there, "B0", 5)
    for level in range(1, 20):
        low, high = lattice(there, f"A{level}", low, high), lattice(there, f"B{level}", low, high)
    for target in (here, Network(), here):
        edits, found = adopt(library_of(target), high)
        target.do(Batch(tuple(edits)))
        assert len(library_of(target).blocks) == 39
    assert definition(found) == definition(high)
    assert found.contains(library_of(here).blocks["A0"])
    analysis = Analysis(here)
    analysis.follow()
    image = place(here, Input(shape=(3, 8, 8)))
    here.do(AddNode(Node("u", "use", use_of(found))))
    here.do(Connect(Wire("v", image, "output", "u", found.entrances[0])))
    (problem,) = analysis.facts("u").problems
    assert "it stands for 32768 layers" in str(problem.why)
    inside = library_of(here).blocks["A0"].network
    node = next(n for n, x in inside.nodes.items() if isinstance(x.layer, ReLU))
    inside.do(SetLayer(node, ReLU(inplace=True)))
    assert analysis.facts("u").problems == (problem,)


def lattice(project: Network, name: str, first: Block, second: Block) -> Block:
    network = Network(library_of(project))
    block = Block(name, (), "", network)
    x = place(network, Input(shape=(3, 8, 8)), name="x")
    network.do(AddNode(Node("u1", "one", use_of(first))))
    network.do(AddNode(Node("u2", "two", use_of(second))))
    out = place(network, Output())
    network.do(Connect(Wire("v1", x, "output", "u1", first.entrances[0])))
    network.do(Connect(Wire("v2", "u1", first.exits[0], "u2", second.entrances[0])))
    network.do(Connect(Wire("v3", "u2", second.exits[0], out, "input")))
    project.do(DefineBlock(block))
    return block
