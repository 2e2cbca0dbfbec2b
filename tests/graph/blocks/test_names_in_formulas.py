"""Names that formulas speak of: renamed, they follow or are refused; undo gives the bytes back."""

from __future__ import annotations

import itertools
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from graph.analysis.analysis import Analysis
from graph.blocks.block import Block
from graph.blocks.block_use import use_of
from graph.blocks.library_edits import DefineBlock, SetParameters
from graph.blocks.parameter import Parameter
from graph.blocks.sketch import Sketch, number
from graph.document.project import Project, dumps, loads
from graph.export.export import source
from graph.layers.activation.piecewise import ReLU
from graph.layers.convolution.plain import Conv2d
from graph.layers.io import Input, Output
from graph.layers.reshaping.upsampling import Upsample
from graph.network.edits import AddNode, Batch, Connect, Move, Rename
from graph.network.network import Edit, EditRefused, Network, Node, Wire
from graph.planning.planner import make_plan
from graph.values.declaration import FieldKind
from graph.values.message import Message, say
from tests.generators import join, place


@dataclass
class Inside:
    """A project with one block of two inputs, and a convolution in it with a formula."""

    main: Network
    block: Block
    first: str
    second: str
    conv: str

    @property
    def text(self) -> str:
        return dumps(Project(network=self.main))

    def formula(self) -> str:
        return self.block.network.nodes[self.conv].formulas["out_channels"]


def inside(formula: str, *parameters: Parameter, names: tuple[str, str] = ("a", "b")) -> Inside:
    main, network = Network(), Network()
    block = Block("Part", parameters, "", network)
    first = place(network, Input(shape=(3, 8, 8)), name=names[0])
    second = place(network, Input(shape=(5, 8, 8)), name=names[1])
    conv = Node(network.new_id(), "conv", Conv2d(), formulas={"out_channels": formula})
    network.do(AddNode(conv))
    join(network, first, conv.id)
    place(network, Output(), conv.id)
    place(network, Output(), second)
    main.do(DefineBlock(block))
    return Inside(main, block, first, second, conv.id)


def undone_and_redone(found: Inside, network: Network, edit: Edit) -> str:
    """The text after the edit; undo and redo are checked on the way."""
    before = found.text
    undo = network.do(edit)
    after = found.text
    redo = network.do(undo)
    assert found.text == before, "undo gives the bytes back"
    network.do(redo)
    assert found.text == after
    assert dumps(loads(after)) == after
    return after


# Inputs of a block


def test_formulas_follow_a_name_and_come_back_with_their_spaces() -> None:
    found = inside("a_channels*2  +  b_height")
    undone_and_redone(found, found.block.network, Rename(found.first, "x1"))
    assert found.formula() == "x1_channels * 2 + b_height"


def test_a_name_that_others_bear_is_refused_where_formulas_speak_of_it() -> None:
    """Afterwards nobody could tell which of the two a formula means."""
    for formula in ("b_channels", "a_channels"):
        found = inside(formula)
        before = found.text
        with pytest.raises(EditRefused, match="formulas speak"):
            found.block.network.do(Rename(found.first, "b"))
        assert found.text == before
    quiet = inside("4")
    undone_and_redone(quiet, quiet.block.network, Rename(quiet.first, "b"))


def test_a_name_whose_word_a_parameter_has_is_refused() -> None:
    found = inside("c_channels + 1", Parameter("c_channels", FieldKind.INTEGER, 4, 1, 64))
    before = found.text
    with pytest.raises(EditRefused):
        found.block.network.do(Rename(found.first, "c"))
    assert found.text == before


@pytest.mark.parametrize("name", ["two words", "свёртка", "x-1", "forward"])
def test_a_name_that_is_no_word_is_refused_where_formulas_speak_of_it(name: str) -> None:
    found = inside("a_channels")
    before = found.text
    with pytest.raises(EditRefused, match="letters, digits and _"):
        found.block.network.do(Rename(found.first, name))
    assert found.text == before
    undone_and_redone(found, found.block.network, Rename(found.second, name))


def test_formulas_that_would_be_too_long_refuse_the_name() -> None:
    found = inside(" + ".join(["a_channels"] * 4))
    before = found.text
    with pytest.raises(EditRefused, match="at most 200 characters"):
        found.block.network.do(Rename(found.first, "y" * 40))
    assert found.text == before
    undone_and_redone(found, found.block.network, Rename(found.first, "y" * 20))


# Parameters of a block


def test_formulas_follow_a_parameter_and_come_back_with_their_spaces() -> None:
    found = inside("wide*2+later", Parameter("wide", FieldKind.INTEGER, 4, 1, 64))
    renamed = (Parameter("later", FieldKind.INTEGER, 4, 1, 64),)
    edit = SetParameters("Part", renamed, "", (("wide", "later"),))
    undone_and_redone(found, found.main, edit)
    assert found.formula() == "later * 2 + later"


def test_a_change_of_parameters_that_fails_on_the_way_leaves_no_trace() -> None:
    found = inside("wide" + " + wide" * 20, Parameter("wide", FieldKind.INTEGER, 4, 1, 64))
    before = found.text
    renamed = (Parameter("w" * 30, FieldKind.INTEGER, 4, 1, 64),)
    with pytest.raises(EditRefused):
        found.main.do(SetParameters("Part", renamed, "", (("wide", "w" * 30),)))
    assert found.text == before


# Batches


@dataclass(frozen=True)
class Breaks:
    """An edit with a mistake in it."""

    def apply(self, network: Network) -> Edit:
        raise ZeroDivisionError

    def title(self) -> Message:
        return say("Break")


@pytest.mark.parametrize("nested", [False, True])
def test_a_batch_is_undone_whatever_stops_it(nested: bool) -> None:
    found = inside("a_channels")
    before = found.text
    edits: tuple[Edit, ...] = (Rename(found.first, "z"), Move({found.conv: (5.0, 5.0)}), Breaks())
    batch = Batch((Rename(found.second, "y"), Batch(edits))) if nested else Batch(edits)
    with pytest.raises(ZeroDivisionError):
        found.block.network.do(batch)
    assert found.text == before
    undone_and_redone(found, found.block.network, Rename(found.first, "q"))


# What a block has and nobody needs


def test_an_input_that_nothing_needs_keeps_its_place(tmp_path: Path) -> None:
    for used, order in itertools.product((0, 1), (False, True)):
        main, network = Network(), Network()
        block = Block("Part", (), "", network)
        ends = [place(network, Input(shape=(3, 8, 8)), name=name) for name in ("spare", "x")]
        place(network, Output(), place(network, ReLU(), ends[used]))
        main.do(DefineBlock(block))
        images = [place(main, Input(shape=(3, 8, 8))) for _ in range(2)]
        use = Node(main.new_id(), "use", use_of(block))
        main.do(AddNode(use))
        for image, end in zip(images[:: -1 if order else 1], block.entrances, strict=True):
            main.do(Connect(Wire(main.new_id("w"), image, "output", use.id, end)))
        place(main, Output(), use.id)
        plan = make_plan(main, Analysis(main), "spare")
        path = tmp_path / f"spare{used}{int(order)}.py"
        path.write_text(source(plan).text, encoding="utf-8")
        subprocess.run([sys.executable, str(path)], check=True, capture_output=True)


# Numbers in formulas


@pytest.mark.parametrize("formula", ["factor", "(factor,)", "(factor, factor)", "(factor, 2)"])
def test_numbers_for_a_list_of_numbers(formula: str) -> None:
    drawing = Sketch()
    part = Sketch.of_block(drawing.library, "Up", "", number("factor", 2.0, 0.1, 8.0))
    part.input("input", (3, 8, 8))
    part.put(Upsample(), part.last, scale_factor=formula)
    part.output()
    part.define()
    drawing.input("image", (3, 8, 8))
    drawing.use("Up", factor=3.0)
    drawing.output()
    analysis = Analysis(drawing.network)
    assert not list(analysis.errors())
    plan = make_plan(drawing.network, analysis, "up")
    width = 16 if formula.endswith("2)") else 24
    assert plan.steps[0].shapes == ((3, 24, width),)
    assert "Upsample" in source(plan).text


def test_a_number_without_a_rest_is_an_integer_in_a_plan_too() -> None:
    drawing = Sketch()
    part = Sketch.of_block(drawing.library, "Down", "", number("step", 2.0, 1.0, 8.0))
    part.input("input", (3, 8, 8))
    part.put(Conv2d(out_channels=4, padding=(1, 1)), part.last, stride="step")
    part.output()
    part.define()
    drawing.input("image", (3, 8, 8))
    drawing.use("Down", step=2.0)
    drawing.output()
    plan = make_plan(drawing.network, Analysis(drawing.network), "down")
    assert plan.steps[0].shapes == ((4, 4, 4),)
