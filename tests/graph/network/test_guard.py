"""A network asks its guard before an edit that others may mind, and takes no for an answer."""

from __future__ import annotations

import pytest

from graph.blocks.block import Block, block_of
from graph.blocks.block_use import use_of
from graph.blocks.library import Library, library_of
from graph.blocks.library_edits import DefineBlock
from graph.document.project import Project
from graph.layers.activation.piecewise import ReLU
from graph.layers.base.layer import Layer
from graph.layers.convolution.plain import Conv2d
from graph.layers.io import Input, Output
from graph.network.edits import AddNode, Batch, RemoveNode, Rename, SetLayer
from graph.network.network import EditRefused, Network, Node
from graph.values.message import say
from tests.generators import chain, place
from tests.graph.states import state


class NoConvolutions:
    """Minds every convolution, and whoever takes the ports of the network away."""

    def __init__(self) -> None:
        self.uses: list[str] = []
        self.ports: list[str] = []

    def check_use(self, network: Network, layer: Layer) -> None:
        self.uses.append(layer.type_name())
        if isinstance(layer, Conv2d):
            raise EditRefused(say("No convolutions here"))

    def check_port(self, network: Network, node: Node) -> None:
        self.ports.append(node.id)
        if isinstance(node.layer, Input):
            raise EditRefused(say("Somebody uses this"))


def guarded() -> tuple[Network, NoConvolutions, list[str]]:
    network, ids = chain(Input(shape=(3, 8, 8)), ReLU(), Output())
    guard = NoConvolutions()
    network.guard = guard
    return network, guard, ids


@pytest.mark.parametrize("number", range(4))
def test_a_refusal_of_the_guard_leaves_no_trace(number: int) -> None:
    network, _, (image, relu, _) = guarded()
    edit = (
        AddNode(Node("new", "conv", Conv2d())),
        SetLayer(relu, Conv2d()),
        RemoveNode(image),
        Batch((Rename(relu, "other"), RemoveNode(relu), AddNode(Node("new", "conv", Conv2d())))),
    )[number]
    before = state(network)
    with pytest.raises(EditRefused, match=r"No convolutions here|Somebody uses this"):
        network.do(edit)
    assert state(network) == before


def test_the_guard_is_asked_for_what_comes_and_what_goes() -> None:
    network, guard, (_, relu, end) = guarded()
    network.do(AddNode(Node("new", "relu", ReLU())))
    network.do(SetLayer("new", ReLU(inplace=True)))
    assert guard.uses == ["ReLU", "ReLU"]
    assert guard.ports == []  # settings of the same type take no port away
    network.do(Rename(relu, "other"))
    assert len(guard.uses) == 2
    network.do(RemoveNode(end))
    assert set(guard.ports) == {end}


def test_without_a_guard_nothing_is_refused_for_others() -> None:
    network, ids = chain(Input(), Conv2d(), Output())
    assert network.guard is None
    for node in ids:
        network.do(RemoveNode(node))
    assert not network.nodes


def test_the_library_of_a_project_guards_its_networks() -> None:
    project = Project()
    library = library_of(project.network)
    assert project.network.guard is library is project.library
    block = Block("Pair")
    place(block.network, Output(), place(block.network, Input()))
    assert block.network.guard is None
    with pytest.raises(EditRefused, match="The block Pair is not in this project"):
        project.network.do(AddNode(Node("u", "use", use_of(block))))
    project.network.do(DefineBlock(block))
    assert library_of(block.network) is library
    project.network.do(AddNode(Node("u", "use", use_of(block))))
    assert (block_of(block.network), block_of(project.network)) == (block, None)


def test_no_library_begins_with_uses_of_blocks_that_it_does_not_have() -> None:
    block = Block("Pair")
    network = Network()
    network.do(AddNode(Node("u", "use", use_of(block))))
    with pytest.raises(EditRefused, match="The block Pair is not in this project"):
        Library(network)
    assert network.guard is None
