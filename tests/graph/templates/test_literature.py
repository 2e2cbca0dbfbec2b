"""Published figures beside ours, and networks fitted to other images."""

from __future__ import annotations

from dataclasses import replace

import pytest

from graph.analysis.analysis import Analysis
from graph.blocks.block import Block
from graph.blocks.block_use import use_of
from graph.blocks.library import library_of
from graph.blocks.library_edits import DefineBlock
from graph.layers.activation.piecewise import ReLU
from graph.layers.base.layer import Layer
from graph.layers.convolution.plain import Conv2d
from graph.layers.io import Input, Output
from graph.layers.linear import Linear
from graph.layers.merge import Add
from graph.layers.reshaping.flatten import Flatten
from graph.network.edits import AddNode, Connect, Disconnect, Freeze, SetLayer
from graph.network.network import Network, Node, Wire
from graph.templates.notes.literature import (
    Literature,
    Published,
    compare,
    depth,
    node_named,
    same_figure,
)
from graph.templates.notes.registry import NOTES
from graph.templates.registry import TEMPLATES, find_template
from graph.templates.template import Template
from graph.values.message import UserError, say


def template(name: str) -> Template:
    found = find_template(name)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("published", "ours", "same"),
    [
        ("61,706", 61_706, True),
        ("61,706", 61_707, False),
        ("25.6 M", 25_557_032, True),
        ("25.5 M", 25_557_032, False),
        ("60 M", 60_965_224, False),
        ("7.6 G", 7_609_090_048, True),
        ("60 k", 59_999, True),
        ("0.3 G", 300_774_272, True),
        ("22.85 %", 1, None),
    ],
)
def test_a_figure_is_matched_to_the_digits_it_was_printed_with(
    published: str, ours: int, same: bool | None
) -> None:
    assert same_figure(published, ours) is same


def test_ours_follows_the_network_that_is_open() -> None:
    network = template("lenet5").build().network
    rows = (
        Published(say("Parameters"), "61,706", "parameters", say("a reason")),
        Published(say("Parameters of the first convolution"), "156", "parameters:conv1"),
        Published(say("Output of the first convolution"), "6×28×28", "shape:conv1"),
        Published(say("Layers with weights"), "5", "layers"),
        Published(say("Multiply-accumulates"), "0.4165 M", "gmacs"),
        Published(say("Test error"), "0.95 %", "top1"),
        Published(say("Output of nowhere"), "1×1×1", "shape:nowhere"),
    )
    literature = Literature("A", "B", "C", 1998, say("new"), "https://example.org", rows)
    found = compare(literature, Analysis(network))
    assert [row.matches for row in found] == [True, True, True, True, True, None, None]
    assert [row.ours for row in found[:4]] == ["61,706", "156", "6×28×28", "5"]
    assert found[4].ours == "0.416520 M"
    assert found[5].ours == "—"
    assert found[0].because is None, "a reason is only given for a difference"

    (first,) = (n.id for n in network.nodes.values() if n.name == "conv1")
    network.do(SetLayer(first, Conv2d(out_channels=7, kernel_size=(5, 5))))
    found = compare(literature, Analysis(network))
    assert [row.matches for row in found[:3]] == [False, False, False]
    assert str(found[0].because) == "a reason"
    assert found[2].ours == "7×28×28"


def test_frozen_weights_are_not_trainable() -> None:
    network = template("lenet5").build().network
    rows = (Published(say("Trainable parameters"), "61,550", "trainable"),)
    literature = Literature("A", "B", "C", 1998, say("new"), "https://example.org", rows)
    assert compare(literature, Analysis(network))[0].ours == "61,706"
    first = node_named(network, "conv1")
    assert first is not None
    network.do(Freeze((first.id,)))
    assert compare(literature, Analysis(network))[0].matches


def add_chain(network: Network, *layers: Layer) -> list[str]:
    """Put layers one behind the other; give their ids."""
    for number, layer in enumerate(layers):
        network.do(AddNode(Node(f"n{number}", f"node{number}", layer)))
        if number:
            wire = Wire(f"w{number}", f"n{number - 1}", "output", f"n{number}", "input")
            port = network.nodes[wire.target].layer.input_ports()[0].name
            source = network.nodes[wire.source].layer.output_ports()[0].name
            network.do(Connect(replace(wire, input=port, output=source)))
    return list(network.nodes)


def test_depth_counts_the_longest_way_inside_of_blocks_too() -> None:
    main = Network()
    block = Block("Pair", network=Network(library_of(main)))
    same = Conv2d(out_channels=4, padding=(1, 1))
    *_, last, out = add_chain(block.network, Input(shape=(4, 8, 8)), same, ReLU(), same, Output())
    block.network.do(AddNode(Node("short", "short", same.changed())))
    block.network.do(AddNode(Node("sum", "sum", Add())))
    edge = next(w for w in block.network.wires.values() if w.target == out)
    block.network.do(Disconnect(edge.id))
    for number, (source, target, port) in enumerate(
        (("n0", "short", "input"), ("short", "sum", "inputs"), (last, "sum", "inputs"))
    ):
        block.network.do(Connect(Wire(f"x{number}", source, "output", target, port)))
    block.network.do(Connect(replace(edge, source="sum")))
    main.do(DefineBlock(block))
    use = use_of(block, repeat=3)
    add_chain(main, Input(shape=(4, 8, 8)), same, use, Flatten(), Linear(), Output())
    assert Analysis(main).errors() == []
    assert depth(Analysis(main)) == 1 + 3 * 2 + 1


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda t: t.name)
def test_a_template_fits_other_images_and_classes(template: Template) -> None:
    side = max(template.least, 20)
    network = template.build(shape=(2, side, side + 3), classes=7).network
    analysis = Analysis(network)
    assert analysis.errors() == []
    first, last = network.order()[0], network.order()[-1]
    assert analysis.facts(first).output == (2, side, side + 3)
    found = analysis.facts(last).output or ()
    shapes = {"unet": (7, side, side + 3), "yolo11n": (4 + 7, *found[1:])}
    assert found == shapes.get(template.name, (7,))


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda t: t.name)
def test_the_least_image_fits(template: Template) -> None:
    least = template.least
    assert template.build(shape=(template.shape[0], least, least)).network.nodes


@pytest.mark.parametrize("template", [t for t in TEMPLATES if t.least > 1], ids=lambda t: t.name)
def test_a_smaller_image_than_the_least_does_not_fit(template: Template) -> None:
    least = template.least
    with pytest.raises(UserError, match=f"at least {least}×{least}"):
        template.build(shape=(template.shape[0], least - 1, 300))
    with pytest.raises(UserError, match=template.title.split()[0]):
        unchecked(template, least - 1)


def unchecked(template: Template, side: int) -> None:
    """Build below the least size, so that the network itself has to refuse."""
    replace(template, least=1).build(shape=(template.shape[0], side, side))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"shape": (1, 16, 16)}, ["LeNet-5", "16×16", "32×32"]),
        ({"shape": (1, 32)}, ["LeNet-5", "1×32", "channels, height, width"]),
        ({"shape": (0, 32, 32)}, ["0×32×32", "8192"]),
        ({"classes": 0}, ["0 classes", "65536"]),
        ({"small": True}, ["no variant for small images"]),
    ],
)
def test_what_cannot_be_fitted_is_said_in_one_sentence(arguments, words) -> None:
    with pytest.raises(UserError) as raised:
        template("lenet5").build(**arguments)
    for word in words:
        assert word in str(raised.value)


WITH_LITERATURE = [template for template in TEMPLATES if template.literature]


@pytest.mark.parametrize("template", WITH_LITERATURE, ids=lambda t: t.name)
def test_published_figures_match_or_say_why_not(template: Template) -> None:
    assert template.literature is NOTES[template.name]
    network = template.build().network
    for line in template.literature.rows:
        _kind, _, node = line.key.partition(":")
        there = not node or node_named(network, node)
        assert there, f"{template.name} has no node called {node}"
    rows = compare(template.literature, Analysis(network))
    assert any(row.matches for row in rows)
    for row in rows:
        assert row.matches is not False or row.because, f"{row.quantity}: {row.ours}"


@pytest.mark.parametrize("name", NOTES)
def test_a_note_is_whole(name: str) -> None:
    note = NOTES[name]
    assert note.link.startswith("https://")
    assert all((note.title, note.authors, note.venue))
    assert 1998 <= note.year <= 2024
    assert str(note.novelty).endswith(".")
    assert note.rows
    quantities = [str(row.quantity) for row in note.rows]
    assert len(set(quantities)) == len(quantities), "two lines of one name"
    for row in note.rows:
        assert row.published == row.published.strip()
        assert str(row.quantity)
        assert not str(row.because).endswith("."), "a part of a sentence"
