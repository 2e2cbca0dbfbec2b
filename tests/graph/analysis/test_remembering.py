"""What the analysis remembers of equal layers changes no figure."""

from __future__ import annotations

import json
import random
from fractions import Fraction

import pytest

from graph.analysis import facts
from graph.analysis.analysis import Analysis
from graph.blocks.library_edits import SetParameters
from graph.blocks.sketch import Sketch, whole
from graph.document.strict_json import MAX_DEPTH, ProjectError, parse
from graph.layers.activation.piecewise import ReLU
from graph.layers.base.reach import Strand, axis_field
from graph.layers.convolution.plain import Conv2d
from graph.layers.merge import Add
from graph.layers.normalisation import BatchNorm2d
from graph.network import scope
from graph.network.edits import SetLayer
from graph.network.network import Node
from graph.network.scope import Scope, resolve
from graph.templates.registry import TEMPLATES
from graph.templates.template import Template
from graph.values.dims import Dim


def forget() -> None:
    facts.remembered_figures.cache_clear()
    scope.remembered_layers.cache_clear()


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.name)
def test_figures_are_the_same_whatever_was_analysed_before(template: Template) -> None:
    forget()
    network = template.build().network
    fresh = Analysis(network)
    again = template.build().network
    warm = Analysis(again)
    assert warm.totals() == fresh.totals()
    for node in network.nodes:
        first, second = fresh.facts(node), warm.facts(node)
        assert (first.outputs, first.parameters, first.macs, first.memory, first.strands) == (
            second.outputs,
            second.parameters,
            second.macs,
            second.memory,
            second.strands,
        )
    assert warm.faults() == fresh.faults()


def test_traced_sizes_keep_their_words_behind_equal_plain_ones() -> None:
    node = Node("n1", "conv", Conv2d(), formulas={"out_channels": "channels * 2"})
    plain = resolve(node, Scope({"channels": 8}), ((3, 9, 9),)).layer
    traced = resolve(node, Scope({"channels": Dim(8, "channels")}), ((3, 9, 9),)).layer
    again = resolve(node, Scope({"channels": 8}), ((3, 9, 9),)).layer
    assert plain == traced == again
    assert [type(layer.values()["out_channels"]) for layer in (plain, traced, again)] == [
        int,
        Dim,
        int,
    ]
    assert traced.values()["out_channels"].expression == "channels * 2"


def test_a_flag_is_not_taken_for_the_number_one() -> None:
    layer = BatchNorm2d()
    node = Node("n1", "bn", layer, formulas={"affine": "switch"})
    assert resolve(node, Scope({"switch": True}), ((3, 9, 9),)).layer == layer
    with pytest.raises(Exception, match="affine"):
        resolve(node, Scope({"switch": 1}), ((3, 9, 9),))


def _chained() -> Sketch:
    draw = Sketch()
    inner = Sketch.of_block(draw.library, "Pair", "", whole("channels", 8))
    inner.input("input", (8, 16, 16))
    inner.put(Conv2d(padding=(1, 1)), inner.last, out_channels="channels", name="conv")
    inner.then(ReLU())
    inner.output()
    inner.define()
    draw.input("input", (8, 16, 16))
    draw.use("Pair", channels=8, repeat=5)
    draw.output()
    return draw


def test_a_chain_follows_edits_of_its_inside_and_of_its_parameters() -> None:
    draw = _chained()
    analysis = Analysis(draw.network)
    analysis.follow()
    before = analysis.totals().parameters
    assert before == 5 * (8 * 8 * 9 + 8)
    block = draw.library.block("Pair")
    conv = next(n for n in block.network.nodes.values() if n.name == "conv")
    undo = block.network.do(SetLayer(conv.id, conv.layer.changed(kernel_size=(1, 1))))
    assert analysis.totals().parameters == 5 * (8 * 8 + 8)
    block.network.do(undo)
    assert analysis.totals().parameters == before
    more = (*block.parameters, whole("more", 1))
    draw.network.do(SetParameters("Pair", more, ""))
    assert analysis.totals().parameters == before


def test_equal_layers_with_a_problem_say_it_each_for_themselves() -> None:
    draw = Sketch()
    start = draw.input("input", (8, 4, 4))
    names = [draw.put(Conv2d(kernel_size=(7, 7)), start) for _ in range(2)]
    draw.output(draw.put(Add(), *names))
    faults = [fault for fault in Analysis(draw.network).faults() if fault.field == "kernel_size"]
    assert [fault.node for fault in faults] == names


def test_the_middle_of_a_field_is_exact() -> None:
    chance = random.Random(3)
    for _ in range(300):
        jump = chance.choice([0, 1, 4, Fraction(1, 2), Fraction(5, 3)])
        strand = Strand(chance.randint(-40, 4), chance.randint(1, 99), jump)
        field = axis_field((strand,), chance.randint(1, 60))
        assert field.size == strand.size
        assert field.jump == float(jump)
        assert field.offset == float(strand.start + Fraction(strand.size - 1) / 2)
        twice = axis_field((strand, strand), chance.randint(1, 60))
        assert twice == field


def _deep(text: str) -> bool:
    """The depth of brackets, character by character."""
    depth, inside, escaped = 0, False, False
    for character in text:
        if inside:
            inside = escaped or character != '"'
            escaped = not escaped and character == "\\"
        elif character == '"':
            inside = True
        elif character in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                return True
        elif character in "]}":
            depth -= 1
    return False


def test_nesting_is_told_from_brackets_in_texts() -> None:
    chance = random.Random(5)
    found = {True: 0, False: 0}
    for _ in range(3000):
        text = "[" * (MAX_DEPTH - 2) + "".join(chance.choices('[]{}"\\aé\ud800\n', k=16))
        deep = _deep(text)
        found[deep] += 1
        with pytest.raises(ProjectError) as refusal:
            parse(text)
        assert ("nested" in str(refusal.value)) == deep
    assert min(found.values()) > 100


@pytest.mark.parametrize("text", ['"\\ud800"', '["\ud800"]', '{"\\uDC00": 1}'])
def test_half_a_character_is_refused(text: str) -> None:
    with pytest.raises(ProjectError, match="UTF-8"):
        parse(text)
    assert parse(json.dumps("😀")) == "😀"
