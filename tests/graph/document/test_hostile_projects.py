"""Files with blocks that nobody would write: refused in one sentence, or taken and analysed."""

from __future__ import annotations

import copy
import json
import os
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from graph.analysis.analysis import Analysis
from graph.analysis.spending import MOST
from graph.document.project import dumps, loads, read_project
from graph.document.saved_blocks import load_block, save_block, saved_blocks
from graph.document.strict_json import ProjectError
from graph.export.export import source
from graph.layers.base.layer import FaultKind
from graph.planning.planner import make_plan
from graph.templates.registry import TEMPLATES
from main import main
from tests.graph.export.test_export import HOSTILE, assert_harmless, assert_tidy

Json = dict[str, Any]
MANY = 2**53


def node(name: str, kind: str, **entries: Any) -> Json:
    return {"id": name, "type": kind, "name": name, **entries}


def parameter(name: str, kind: str = "integer", default: Any = 1, **entries: Any) -> Json:
    return {"name": name, "kind": kind, "default": default, **entries}


def row(*nodes: Json, shape: tuple[int, ...] = (4, 8, 8)) -> Json:
    """Nodes one behind the other, between an Input i and an Output o."""
    nodes = (node("i", "Input", settings={"shape": list(shape)}), *nodes, node("o", "Output"))
    ports = [("i", "o") if n["type"].startswith("block:") else ("input", "output") for n in nodes]
    wires = [
        {"from": [nodes[k]["id"], ports[k][1]], "to": [nodes[k + 1]["id"], ports[k + 1][0]]}
        for k in range(len(nodes) - 1)
    ]
    return {"nodes": list(nodes), "wires": wires}


def block(*nodes: Json, parameters: tuple[Json, ...] = (), summary: str = "") -> Json:
    return {"summary": summary, "parameters": list(parameters), **row(*nodes)}


def project(main: Json, blocks: Json) -> Json:
    return {"format": "convloom", "version": 2, "networks": {"main": main}, "blocks": blocks}


def example() -> Json:
    """A project whose blocks have every kind of parameter, and a chain."""
    inner = block(
        node(
            "c",
            "Conv2d",
            settings={"padding": "same"},
            formulas={"out_channels": "w * 2", "groups": "g", "padding_mode": "m"},
        ),
        node("d", "Dropout", formulas={"p": "p", "inplace": "b"}),
        parameters=(
            parameter("w", default=4, minimum=1, maximum=64, help="Half the width", required=True),
            parameter("g", first_only=True),
            parameter("p", "real", 0.5, minimum=0, maximum=1),
            parameter("b", "flag", False),
            parameter("m", "choice", "zeros", words=["zeros", "reflect"]),
        ),
        summary="What it does.",
    )
    use = node("a", "block:In", settings={"w": 8, "repeat": 2}, formulas={"w": "k"}, frozen=True)
    outer = block(use, parameters=(parameter("k", default=8),))
    main = row(node("u", "block:Out"), node("f", "Flatten"), node("l", "Linear"))
    return project(main, {"In": inner, "Out": outer})


STRANGE: tuple[Any, ...] = (
    *(None, True, 0, -1, MANY, 0.5, 1e300, "", "x", "i", "Conv2d", "block:In", "block:Out"),
    *("block:no", "block:", "integer", "choice", "pair", "class", "shapes", "repeat", "__init__"),
    *("block", "chain", "index", "in_channels", "json", "model_config", "\u202ex", "a\nb"),
    *("x" * 1000, "\ufb01", "\ud800", "\x00", [], [[]], ["a", "a"], [None], {}, {"a": 1}),
    *("9**9**9", "(" * 199, "-" * 200, "w if " * 39, "w//0", "w/3", "index", "(1,)*9", "'a'*9"),
    *("max()", "round(w,99)", "lambda:1", "w.x", "__import__('os')", "w<<9", "w:=1", "w\\\n"),
)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    if isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(item, (*path, key))


def put(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    value = copy.copy(value)
    value[path[0]] = put(value[path[0]], path[1:], new)
    return value


def check(document: Any) -> bool:
    """Whether it is a project. If so it is analysed and comes back; if not, one sentence says."""
    try:
        found = loads(json.dumps(document))
    except ProjectError as error:
        sentence = str(error)
        assert 5 < len(sentence) < 600
        assert "\n" not in sentence
        return False
    analysis = Analysis(found.network)
    assert all(str(fault.why) for fault in analysis.faults())
    for inner in found.library.blocks.values():
        Analysis(inner.network).faults()
    again = dumps(found)
    assert dumps(loads(again)) == again
    if not analysis.errors():
        assert_harmless(source(make_plan(found.network, analysis, found.name)).text)
    return True


def mutated(document: Any, random_source: random.Random) -> Any:
    """A value somewhere is strange, missing, doubled or that of another place."""
    path = random_source.choice(list(places(document))[1:])
    parent = document
    for step in path[:-1]:
        parent = parent[step]
    act = random_source.randrange(4)
    if act == 0:
        other = random_source.choice(list(places(document)))
        value = document
        for step in other:
            value = value[step]
        return put(document, path, value)
    if act == 1 and isinstance(parent, dict):
        return put(document, path[:-1], {k: v for k, v in parent.items() if k != path[-1]})
    if act == 2 and isinstance(parent, list):
        return put(document, path[:-1], [*parent, parent[path[-1]]])
    return put(document, path, random_source.choice(STRANGE))


def test_the_example_itself_is_fine() -> None:
    found = loads(json.dumps(example()))
    assert not Analysis(found.network).errors()
    assert check(example())


def test_strange_values_in_parameters_and_formulas() -> None:
    document = example()
    chosen = [
        path
        for path in places(document)
        if {"parameters", "formulas", "summary", "frozen"} & set(path) or path == ("blocks",)
    ]
    cases = [(path, strange) for path in chosen for strange in STRANGE]
    some = random.Random(1).sample(cases, 600)
    assert sum(check(put(document, path, strange)) for path, strange in some) > 20


@pytest.mark.parametrize(
    ("path", "value", "reason"),
    [
        (("kind",), [], "not complete"),
        (("kind",), "integer", "must be a whole number"),
        (("name",), "block", "taken"),
        (("name",), "chain", "taken"),
        (("name",), "tells\napart", "cannot be the name"),
        (("words",), ["zeros", "a\nb"], "not on one line"),
        (("words",), [], "no words"),
    ],
)
def test_parameters_that_are_refused(path: tuple[str], value: Any, reason: str) -> None:
    place = ("blocks", "In", "parameters", 4, *path)
    with pytest.raises(ProjectError, match=reason):
        loads(json.dumps(put(example(), place, value)))


def fuzz(seeds: Iterator[int] | range, documents: list[Json]) -> int:
    taken = 0
    for seed in seeds:
        random_source = random.Random(seed)
        document = random_source.choice(documents)
        for _ in range(random_source.choice((1, 1, 2, 5))):
            document = mutated(document, random_source)
            if not isinstance(document, dict | list) or len(list(places(document))) < 2:
                break
        taken += check(document)
    return taken


def small_templates(most: int) -> list[Json]:
    texts = [dumps(template.build()) for template in TEMPLATES]
    return [example(), *(json.loads(text) for text in texts if len(text) < most)]


def test_mutated_projects() -> None:
    assert fuzz(range(300), small_templates(20_000)) > 10


@pytest.mark.campaign
@pytest.mark.timeout(3600)
def test_mutated_projects_in_a_campaign() -> None:
    assert fuzz(range(10_000, 20_000), small_templates(10**9)) > 300


# Files that would take for ever


def counting(depth: int) -> tuple[Json, Json]:
    """Chains of 1,000 in chains of 1,000, each link of which differs from all others."""
    word = parameter("q", default=0, minimum=0, maximum=MANY)
    blocks = {"B0": block(node("r", "Dropout", formulas={"p": "q % 7 / 8"}), parameters=(word,))}
    for level in range(1, depth):
        formulas = {"q": "(q * 1000 + index) % 9007199254740881"}
        inner = node("a", f"block:B{level - 1}", settings={"repeat": 1000}, formulas=formulas)
        blocks[f"B{level}"] = block(inner, parameters=(word,))
    return row(node("u", f"block:B{depth - 1}", settings={"repeat": 1000})), blocks


def many_uses() -> tuple[Json, Json]:
    """2,000 chains of 1,000 links that differ."""
    word = parameter("q", default=0, minimum=0, maximum=MANY)
    inner = block(node("r", "Dropout", formulas={"p": "(q + index) / 4000"}), parameters=(word,))
    settings = [{"repeat": 1000, "q": number} for number in range(2000)]
    uses = [node(f"u{n}", "block:B", settings=found) for n, found in enumerate(settings)]
    return row(*uses), {"B": inner}


def growing() -> tuple[Json, Json]:
    """A chain of 1,000 times 500 nodes on maps that grow with each link."""
    settings = {"padding": [2, 2], "out_channels": 4}
    inner = block(*(node(f"c{n}", "Conv2d", settings=settings) for n in range(500)))
    return row(node("u", "block:B", settings={"repeat": 1000})), {"B": inner}


@pytest.mark.timeout(60)
@pytest.mark.parametrize("made", [counting(2), many_uses(), growing()])
def test_what_would_take_for_ever_is_a_fault(made: tuple[Json, Json]) -> None:
    found = loads(json.dumps(project(*made)))
    analysis = Analysis(found.network)
    faults = [f for f in analysis.errors() if f.kind is FaultKind.TOO_LARGE]
    assert f"more than {MOST} different nodes" in str(faults[0].why)


@pytest.mark.timeout(60)
def test_equal_insides_cost_nothing_however_many() -> None:
    """Twice 1,000 of twice 1,000, 24 deep: 1,000 to the power of 24 and more layers."""
    blocks = {"B0": block(node("r", "ReLU"))}
    for level in range(1, 24):
        used = {"settings": {"repeat": 1000}}
        inner = [node(name, f"block:B{level - 1}", **used) for name in ("a", "b")]
        blocks[f"B{level}"] = block(*inner)
    found = loads(json.dumps(project(row(node("u", "block:B23")), blocks)))
    assert any("more than 20000" in str(fault.why) for fault in Analysis(found.network).errors())


def test_a_use_is_computed_again_once_there_is_room() -> None:
    from graph.network.edits import SetLayer

    main, blocks = many_uses()
    kept = row(*[n for n in main["nodes"] if n["id"] in {f"u{k}" for k in range(8)}])
    found = loads(json.dumps(project(kept, blocks)))
    analysis = Analysis(found.network)
    analysis.follow()
    assert any(fault.kind is FaultKind.TOO_LARGE for fault in analysis.faults())
    for name in [f"u{k}" for k in range(8)]:
        layer = found.network.nodes[name].layer
        found.network.do(SetLayer(name, layer.changed(repeat=2)))
    assert not any(fault.kind is FaultKind.TOO_LARGE for fault in analysis.faults())
    assert analysis.faults() == Analysis(found.network).faults()


def test_blocks_in_a_ring_or_too_deep_are_refused() -> None:
    ring = {f"B{n}": block(node("a", f"block:B{(n + 1) % 5}")) for n in range(5)}
    tower = {"B0": block(node("r", "ReLU"))}
    tower |= {f"B{n}": block(node("a", f"block:B{n - 1}")) for n in range(1, 500)}
    for blocks, reason in ((ring, "contains itself"), (tower, "at most 24 deep")):
        with pytest.raises(ProjectError, match=reason):
            loads(json.dumps(project(row(node("u", "block:B1")), blocks)))


# Files of before, and names


def test_a_file_of_version_1_opens_with_the_same_figures() -> None:
    found = read_project(Path(__file__).parent / "version1.cloom")
    assert (found.name, found.training, found.library.blocks) == (
        "Small SE-ResNet",
        {"epochs": 3},
        {},
    )
    analysis = Analysis(found.network)
    totals = analysis.totals()
    assert not analysis.errors()
    assert (totals.layers, totals.parameters, totals.macs) == (36, 79_224, 12_208_064)
    assert json.loads(dumps(found))["version"] == 2


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes and links")
def test_a_folder_of_blocks_full_of_other_things(tmp_path: Path) -> None:
    block = loads(json.dumps(example())).library.blocks["Out"]
    path = save_block(tmp_path, block)
    (tmp_path / "a.cloom").write_bytes(b"\xff\x00")
    (tmp_path / "b.cloom").mkdir()
    os.mkfifo(tmp_path / "c.cloom")
    (tmp_path / "d.cloom").symlink_to("nowhere")
    (tmp_path / "e.cloom").symlink_to("e.cloom")
    (tmp_path / "f.cloom").symlink_to("/dev/zero")
    (tmp_path / "g\nh.cloom").write_text("{}")
    with (tmp_path / "huge.cloom").open("wb") as file:
        file.truncate(10**11)  # sparse
    found, wrong = saved_blocks(tmp_path)
    assert [saved.name for saved in found] == ["Out"]
    assert len(wrong) == 8
    for message in wrong:
        assert "\n" not in str(message)
        str(message).encode("utf-8")
    assert load_block(path).summary == block.summary


@pytest.mark.parametrize("name", ["a\x00b", "x" * 5000, "file/inner"])
def test_a_folder_of_blocks_that_cannot_be(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text("")
    block = loads(json.dumps(example())).library.blocks["Out"]
    assert saved_blocks(tmp_path / name)[0] == []
    with pytest.raises(ProjectError, match="could not be saved"):
        save_block(tmp_path / name, block)


def test_texts_of_blocks_never_become_code(tmp_path: Path) -> None:
    files = {}
    for number, text in enumerate(HOSTILE):
        if not text.isprintable() or not text.strip():
            text = f"a {number}"
        document = json.loads(
            json.dumps(example())
            .replace('"In"', json.dumps(text.strip()[:60]))
            .replace('"block:In"', json.dumps(f"block:{text.strip()[:60]}"))
        )
        raw = HOSTILE[number]
        inner = document["blocks"][text.strip()[:60]]
        inner["summary"] = raw
        for found in inner["parameters"]:
            found["help"] = raw
        inner["parameters"][4]["words"] = ["zeros", text]
        for placed in document["blocks"]["Out"]["nodes"]:
            placed["name"] = raw
        made = loads(json.dumps(document))
        analysis = Analysis(made.network)
        assert not analysis.errors()
        code = source(make_plan(made.network, analysis, raw)).text
        assert_harmless(code)
        files[f"network{number:03}"] = code
    assert_tidy(files, tmp_path)


@pytest.mark.parametrize(
    "fit",
    [
        *(["--input", size] for size in ("99999x1x1", "1x1x1", "3x99999x99999", "0x0x0", "1x2")),
        *(["--classes", number] for number in ("0", "-1", "1000000000")),
        ["--small", "--input", "3x5x5"],
    ],
    ids=" ".join,
)
def test_templates_for_absurd_data(fit: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("lenet5", "resnet18", "inception-v3", "densenet121"):
        code = main(["check", name, *fit])
        told = capsys.readouterr()
        assert code in (0, 1, 2)
        assert "Traceback" not in told.err
        assert code != 2 or (told.err.startswith("convloom: ") and told.err.count("\n") == 1)
