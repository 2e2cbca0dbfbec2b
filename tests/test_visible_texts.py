"""Visible text is written so that a tool finds all of it and a translation can fill it in.

tools/visible_texts.py collects and counts; here the counts are held at nothing, and each rule is
shown to find a planted fault.
"""

from __future__ import annotations

import ast
import json

import pytest

from tests.pseudo import visible
from tools import visible_texts
from tools.house import Trees

PROGRAM = visible_texts.read_program()


def plant(text: str) -> Trees:
    """A house of one file."""
    return {"gui.forms.form": ast.parse(text)}


@pytest.mark.parametrize("rule", visible_texts.FAULTS)
def test_the_program_breaks_no_rule(rule: visible_texts.Rule) -> None:
    assert rule(PROGRAM) == []


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (visible_texts.not_literal, "say(str(error))"),
        (visible_texts.not_literal, "tr(title)"),
        (visible_texts.not_literal, "tr('a' if x else 'b')"),
        (visible_texts.not_literal, "say(f'no {name}')"),
        (visible_texts.not_literal, "say('no ' + name)"),
        (visible_texts.not_literal, "say('')"),
        (visible_texts.not_literal, "tr()"),
        (visible_texts.not_literal, "tr_count('{n} image', many, n)"),
        (visible_texts.not_literal, "say_count('{n} image')"),
        (visible_texts.not_literal, "map(tr, words)"),
        (visible_texts.not_literal, "write = say"),
        (visible_texts.made_otherwise, "Message(str(error))"),
        (visible_texts.unfilled, "say('{name} is bad')"),
        (visible_texts.unfilled, "say('it is bad', name=name)"),
        (visible_texts.unfilled, "say('{} is bad', name=name)"),
        (visible_texts.unfilled, "say('{name.parts} is bad', name=name)"),
        (visible_texts.unfilled, "say('{name is bad', name=name)"),
        (visible_texts.unfilled, "tr_count('{m} image', '{n} images', n)"),
        (visible_texts.formatted_twice, "tr('{a}').format(a=name)"),
        (visible_texts.formatted_twice, "message.text().format_map(names)"),
        (visible_texts.too_early, "TITLE = tr('Layers')"),
        (visible_texts.too_early, "class Page:\n    title = tr('Layers')"),
        (visible_texts.too_early, "def show(title=tr('Layers')): ..."),
        (visible_texts.too_early, "HELP = {'a': declared(spec.help)}"),
    ],
)
def test_planted_faults_are_found(rule: visible_texts.Rule, text: str) -> None:
    assert len(rule(plant(text))) == 1


@pytest.mark.parametrize("rule", visible_texts.FAULTS)
def test_lawful_texts_are_left_alone(rule: visible_texts.Rule) -> None:
    lawful = """
TITLES = {'a': say('Layers'), 'b': say_count('{n} layer', '{n} layers', 2)}
def show(name, sizes):
    tr('{name} is '
       'here', name=name)
    say('{a}×{b}', **sizes)
    tr_count('one image', '{n} images', 3, n='3')
    console.say(name)
    '{}'.format(name)
"""
    assert rule(plant(lawful)) == []


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Save project as", "gui/widgets/dialogs.py"),
        ("nothing is connected to it", "graph/analysis/faults.py"),
        ("Grouped convolution", "graph/ready/presets.py"),
        ("Steps between neighbouring windows.", "graph/layers/convolution/plain.py"),
        ("One of some words", "gui/inspector/parameter_form.py"),
        ("Learning rate", "backend/training/settings.py"),
        ("all cores but one", "backend/training/settings.py"),
        ("Width of an image.", "gui/templates/fit.py"),
        ("channel attention", "graph/layers/attention/squeeze.py"),
        ("Kinds of objects.", "graph/ready/yolo_detect.py"),
    ],
)
def test_texts_of_every_source_are_collected(text: str, place: str) -> None:
    assert any(found.startswith(f"{place}:") for found in visible()[text, ""])


def test_a_template_of_one_text_is_no_text() -> None:
    planted = plant("say('{text}')\nsay('{a} · {b}: 3×3')\nsay('{a} or {b}')")
    assert list(visible_texts.sentences(planted)) == [("{a} or {b}", "")]


def test_no_declared_text_has_places_to_fill_in() -> None:
    declared = set(visible()) - set(visible_texts.sentences(PROGRAM))
    assert len(declared) > 300
    assert [one for one, _ in declared if "{" in one or "}" in one] == []


def test_the_list_can_be_read_by_tools() -> None:
    texts = visible_texts.sentences(plant("tr_count('{n} \"tab\"', '{n} tabs\\n', 2)"))
    assert json.loads(visible_texts.as_json(texts)) == [
        {"text": '{n} "tab"', "many": "{n} tabs\n", "places": ["gui/forms/form.py:1"]}
    ]
    assert visible_texts.as_template(texts).splitlines()[3:] == [
        "#: gui/forms/form.py:1",
        "#, python-brace-format",
        'msgid "{n} \\"tab\\""',
        'msgid_plural "{n} tabs\\n"',
        'msgstr[0] ""',
        'msgstr[1] ""',
    ]
