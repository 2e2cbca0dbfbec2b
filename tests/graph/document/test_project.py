"""Project files: what is written comes back, and nothing else is ever read as a project."""

from __future__ import annotations

import copy
import errno
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from graph.analysis.analysis import Analysis
from graph.document.files import write_text
from graph.document.project import (
    MAX_BYTES,
    VERSION,
    Project,
    dumps,
    loads,
    read_project,
    write_project,
)
from graph.document.strict_json import MAX_DEPTH, MAX_ELEMENTS, ProjectError
from graph.layers.activation.piecewise import ReLU
from graph.layers.convolution.plain import Conv2d
from graph.layers.io import Input, Output
from graph.layers.linear import Linear
from graph.layers.merge import Add
from graph.layers.normalisation import BatchNorm2d
from graph.layers.pooling.plain import MaxPool2d
from graph.layers.reshaping.flatten import Flatten
from graph.network.edits import AddNode, Move, Rename
from graph.network.network import EditRefused, Network, Node
from graph.templates.registry import TEMPLATES
from tests.generators import Editor, place, random_network

REPOSITORY = Path(__file__).parents[3]


def small() -> Project:
    """A project that shows every part of the format."""
    network = Network()
    image = place(network, Input(shape=(3, 8, 8)))
    left = place(network, Conv2d(out_channels=4, padding="same"), image)
    right = place(network, Conv2d(out_channels=4, kernel_size=(1, 1)), image, name="Straße 🦊")
    norm = place(network, BatchNorm2d(momentum=None, eps=1e-3), right)
    merged = place(network, Add(), left, norm)
    pool = place(network, MaxPool2d(stride=(2, 1), ceil_mode=True), merged)
    last = place(network, Linear(), place(network, Flatten(), pool))
    place(network, Output(), last)
    network.do(Move({left: (-12.5, 3.25), image: (1e6, -1e6)}))
    return Project("a name", network, {"epochs": 5, "rate": 0.1}, {"source": "sample", "n": [1]})


def document() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(dumps(small()))
    return found


def test_a_file_comes_back_as_it_was() -> None:
    project = small()
    again = loads(dumps(project))
    assert dumps(again) == dumps(project)
    assert (again.name, again.training, again.data) == (
        project.name,
        project.training,
        project.data,
    )
    assert dict(again.network.nodes) == dict(project.network.nodes)
    assert Analysis(again.network).totals() == Analysis(project.network).totals()


@pytest.mark.parametrize("seed", range(40))
def test_random_networks_come_back_as_they_were(seed: int) -> None:
    random_source = random.Random(seed)
    network = random_network(random_source) if seed % 2 else Network()
    editor = Editor(random_source, network)
    for _ in range(60):
        with suppress(EditRefused):
            network.do(editor.draw())
    file = dumps(Project(network=network))
    again = loads(file)
    assert dumps(again) == file
    assert loads(file.encode()).network.nodes == again.network.nodes
    for node in network.nodes:
        ours = [(w.source, w.output, w.input) for w in network.inputs(node)]
        assert ours == [(w.source, w.output, w.input) for w in again.network.inputs(node)]
    assert sorted(map(repr, Analysis(again.network).faults())) or not Analysis(network).faults()


def test_templates_come_back_as_they_were() -> None:
    for template in TEMPLATES:
        file = dumps(template.build())
        assert dumps(loads(file)) == file


def refused(data: bytes | str) -> str:
    with pytest.raises(ProjectError) as caught:
        loads(data)
    sentence = str(caught.value)
    assert 5 < len(sentence) < 600
    assert "{" not in sentence.replace("{}", "").replace("{'", "")
    return sentence


def test_newer_versions_are_refused_untouched(tmp_path: Path) -> None:
    path = tmp_path / "new.cloom"
    path.write_text(json.dumps({"format": "convloom", "version": VERSION + 1, "anything": 1}))
    before = path.read_bytes()
    with pytest.raises(ProjectError, match=rf"newer ConvLoom .file version {VERSION + 1}"):
        read_project(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"\xff\xfe{}", "UTF-8"),
        (b"[1]", "does not say"),
        (b"null", "does not say"),
        (b'{"format": "other", "version": 1}', "does not say"),
        (b'{"format": "convloom"}', "version None"),
        (b'{"format": "convloom", "version": true}', "version"),
        (b'{"format": "convloom", "version": 0}', "version 0"),
        (b'{"format": "convloom", "version": 1.0}', "version 1"),
        (b'{"format": "convloom", "version": 1, "version": 1}', "version stands twice"),
        (b'{"format": "convloom", "a": {"b": 1, "b": 2}}', "b stands twice"),
        (b'{"format": "convloom", "a": NaN}', "NaN is not finite"),
        (b'{"format": "convloom", "a": -Infinity}', "-Infinity is not finite"),
        (b'{"format": "convloom", "a": 1e999}', "1e999 is not finite"),
        (b'{"format": "convloom", "a": ' + b"9" * 5000 + b"}", "is too large"),
        (b'{"format": "convloom", "a": 9007199254740993}', "is too large"),
        (b'{"format": "convloom", "a": "\\ud800"}', "UTF-8"),
        (b'{"format": "convloom", "a": ' + b"[" * 100_000, f"more than {MAX_DEPTH} deep"),
        (b'{"a":' * 100_000, f"more than {MAX_DEPTH} deep"),
        (b'{"format": "convloom", "version": 1} x', "not JSON"),
        (b"\x00" * 100, "not JSON"),
    ],
    ids=range(22),
)
def test_what_is_not_a_project_is_refused(file: bytes, reason: str) -> None:
    assert reason in refused(file)


def changed(**changes: Any) -> str:
    return json.dumps(document() | changes)


def with_node(**changes: Any) -> str:
    found = document()
    found["networks"]["main"]["nodes"][1] |= changes
    return json.dumps(found)


def with_wire(source: list[Any], target: list[Any]) -> str:
    found = document()
    found["networks"]["main"]["wires"].append({"from": source, "to": target})
    return json.dumps(found)


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        (changed(more=1), "the project has an unknown entry more"),
        (changed(name=""), "name is not a text"),
        (changed(name="x" * 201), "name is not a text"),
        (changed(networks={}), "networks.main is missing"),
        (changed(networks={"main": {"nodes": [], "wires": []}, "b": {}}), "unknown entry b"),
        (changed(training=[1]), "training is missing or not an object"),
        (with_node(type="Conv9d"), "conv1 is of the unknown layer type Conv9d"),
        (with_node(type="__class__"), "unknown layer type __class__"),
        (with_node(settings={"kernel": 3}), "conv1 · Conv2d has no setting called kernel"),
        (with_node(settings={"kernel_size": 3}), "conv1 · kernel_size 3: must be two whole"),
        (with_node(settings={"kernel_size": [3, 3, 3]}), "kernel_size 3×3×3: must be two whole"),
        (with_node(settings={"kernel_size": [3, True]}), "kernel_size 3×on: must be two whole"),
        (with_node(settings={"out_channels": 2**53}), "out_channels 9007199254740992: must be"),
        (with_node(settings={"padding_mode": "mirror"}), "padding_mode mirror: must be one of"),
        (with_node(id=""), "nodes[1] has no id"),
        (with_node(id="n1"), "id n1 exists already"),
        (with_node(position=[1]), "nodes[1] has no position"),
        (with_node(position=[True, 0]), "nodes[1] has no position"),
        (with_node(position=[1e7, 0]), "A position is finite and at most 1000000"),
        (with_node(colour="red"), "nodes[1] has an unknown entry colour"),
        (with_wire(["n2", "output"], ["n2", "input"]), "close a cycle"),
        (with_wire(["nobody", "output"], ["n2", "input"]), "no node nobody"),
        (with_wire(["n2", "output"], ["n2"]), "does not name a node and a port"),
        (with_wire(["n2", 0], ["n2", "input"]), "does not name a node and a port"),
    ],
    ids=range(24),
)
def test_broken_parts_are_refused_by_name(file: str, reason: str) -> None:
    assert reason in refused(file)


def test_a_cycle_in_a_file_is_refused() -> None:
    def node(name: str) -> dict[str, Any]:
        return {"id": name, "type": "Add", "name": name}

    def wire(source: str, target: str) -> dict[str, Any]:
        return {"from": [source, "output"], "to": [target, "inputs"]}

    names = [f"add{number}" for number in range(20)]
    wires = [wire(a, b) for a, b in zip(names, [*names[1:], names[0]], strict=True)]
    found = document()
    found["networks"]["main"] = {"nodes": [node(name) for name in names], "wires": wires}
    assert "would close a cycle" in refused(json.dumps(found))


STRANGE: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 2**53, -(2**53), 0.5, 1e300, "", "x", "output", "n1", "Conv2d"),
    *([], [1], [[]], [None, None], ["n1", "output"], [0.5, 0.5], {}, {"a": 1}, {"main": {}}),
    *("x" * 300, "\u202e", "\x00", "a\nb", [1] * 5000, [[1, 1], [1, 1]]),
)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every value in a document."""
    yield path
    if isinstance(value, dict):
        for key, item in value.items():
            yield from places(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from places(item, (*path, index))


def put(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    value = copy.copy(value)
    value[path[0]] = put(value[path[0]], path[1:], new)
    return value


def at(value: Any, path: tuple[Any, ...]) -> Any:
    for step in path:
        value = value[step]
    return value


def survives(file: str | bytes) -> bool:
    """Whether the file is a project. If so it must come back; if not, only ProjectError counts."""
    try:
        project = loads(file)
    except ProjectError as error:
        sentence = str(error)
    else:
        again = dumps(project)
        assert dumps(loads(again)) == again
        Analysis(project.network).faults()
        return True
    assert 0 < len(sentence) < 600
    return False


def test_every_value_replaced_by_strange_ones() -> None:
    original = document()
    taken = sum(
        survives(json.dumps(put(original, path, strange)))
        for path in places(original)
        for strange in STRANGE
    )
    assert taken > 100  # names, positions, and what training and data may hold


def test_every_entry_missing_or_too_much() -> None:
    original = document()
    for path in places(original):
        found = at(original, path)
        if isinstance(found, dict):
            survives(json.dumps(put(original, path, found | {"strange": 1})))
            for key in found:
                rest = {k: v for k, v in found.items() if k != key}
                survives(json.dumps(put(original, path, rest)))
        if isinstance(found, list):
            survives(json.dumps(put(original, path, found[:-1])))
            survives(json.dumps(put(original, path, found + found)))


def test_every_byte_cut_or_turned() -> None:
    data = dumps(small()).encode()
    random_source = random.Random(1)
    assert not any(survives(data[:length]) for length in range(0, len(data) - 2, 7))
    for _ in range(400):
        broken = bytearray(data)
        for _ in range(random_source.choice((1, 1, 2, 8))):
            broken[random_source.randrange(len(data))] = random_source.randrange(256)
        survives(bytes(broken))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)
PLACES = sorted(places(document()), key=repr)


def fuzz_value(path: tuple[Any, ...], value: Any) -> None:
    survives(json.dumps(put(document(), path, value)))


def fuzz_bytes(data: bytes) -> None:
    survives(data)
    survives(b'{"format": "convloom", "version": 1, "networks": ' + data + b"}")


@settings(max_examples=150)
@given(st.sampled_from(PLACES), JSON)
def test_fuzzed_values(path: tuple[Any, ...], value: Any) -> None:
    fuzz_value(path, value)


@settings(max_examples=100)
@example(b"{}")
@given(st.binary() | st.text().map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_fuzzed_bytes(data: bytes) -> None:
    fuzz_bytes(data)


@pytest.mark.campaign
@pytest.mark.timeout(3600)
@settings(max_examples=20_000)
@given(st.sampled_from(PLACES), JSON)
def test_fuzzed_values_in_a_campaign(path: tuple[Any, ...], value: Any) -> None:
    fuzz_value(path, value)


@pytest.mark.campaign
@pytest.mark.timeout(3600)
@settings(max_examples=20_000)
@given(st.binary(max_size=400))
def test_fuzzed_bytes_in_a_campaign(data: bytes) -> None:
    fuzz_bytes(data)


# On the disk


def test_write_and_read(tmp_path: Path) -> None:
    path = tmp_path / "Straße 🦊.cloom"
    write_project(path, small())
    assert dumps(read_project(path)) == dumps(small()) == path.read_text(encoding="utf-8")
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]


def test_writing_keeps_the_mode_and_follows_a_link(tmp_path: Path) -> None:
    target = tmp_path / "target.cloom"
    target.write_text("old")
    target.chmod(0o640)
    link = tmp_path / "link.cloom"
    link.symlink_to(target)
    write_project(link, small())
    assert link.is_symlink()
    assert target.stat().st_mode & 0o777 == 0o640
    assert dumps(read_project(target)) == dumps(small())


@pytest.mark.parametrize("name", ["missing/a.cloom", "", "a\x00b.cloom", "x" * 300, "folder"])
def test_paths_that_cannot_be_written_or_read(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    path = tmp_path / name
    with pytest.raises(ProjectError, match="could not be saved"):
        write_project(path, small())
    with pytest.raises(ProjectError, match=r"could not be opened|not a regular file"):
        read_project(path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["folder"]
    assert list((tmp_path / "folder").iterdir()) == []


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_pipes_and_devices_are_neither_read_nor_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.cloom"
    os.mkfifo(pipe)
    with pytest.raises(ProjectError, match="not a regular file"):
        write_project(pipe, small())
    assert pipe.is_fifo()
    for path in (pipe, Path("/dev/zero")):
        with pytest.raises(ProjectError, match="not a regular file"):
            read_project(path)


def test_a_file_too_large_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "huge.cloom"
    with path.open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    with pytest.raises(ProjectError, match="at most 67108864"):
        read_project(path)


def nested(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("project", "reason"),
    [
        (Project(name=""), "its name is not a text of 1 to 200 characters"),
        (Project(name="x" * 201), "its name is not a text of 1 to 200 characters"),
        (Project(name="\ud800"), "not text in UTF-8"),
        (Project(training={"x": "\udfff"}), "not text in UTF-8"),
        (Project(training={"rate": float("inf")}), "not finite"),
        (Project(training={"seed": 2**53 + 1}), "the number 9007199254740993 is too large"),
        (Project(data={"a": [{"b": -(2**60)}]}), "too large"),
        (Project(data={"a": nested(MAX_DEPTH - 1)}), f"nested more than {MAX_DEPTH} deep"),
        (Project(data={"a": nested(20_000)}), f"nested more than {MAX_DEPTH} deep"),
        (Project(data={"1": 1, 1: 2}), 'the key "?1"? stands twice'),  # type: ignore[dict-item]
        (Project(training=[]), "training is missing or not an object"),  # type: ignore[arg-type]
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_would_not_open_is_not_written(project: Project, reason: str) -> None:
    with pytest.raises(ProjectError, match=reason):
        dumps(project)


def test_a_node_with_an_id_that_would_not_open_is_not_written() -> None:
    project = Project()
    project.network.do(AddNode(Node("n" * 201, "conv1", Conv2d())))
    with pytest.raises(ProjectError, match="no id of 1 to 200 characters"):
        dumps(project)


def test_the_limits_themselves_are_written_and_open() -> None:
    data = {"a": nested(MAX_DEPTH - 2)}
    project = Project("x" * 200, training={"seed": 2**53, "low": -(2**53)}, data=data)
    again = loads(dumps(project))
    assert (again.name, again.training, again.data) == (project.name, project.training, data)


@pytest.mark.parametrize(
    "training", [{"rate": float("nan")}, {"x": "\ud800"}, {"seed": 2**54}, {"a": nested(40)}]
)
def test_what_cannot_be_written_leaves_the_old_file(tmp_path: Path, training: Any) -> None:
    path = tmp_path / "a.cloom"
    write_project(path, small())
    before = path.read_bytes()
    with pytest.raises(ProjectError, match="could not be saved"):
        write_project(path, Project(training=training))
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]


FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from graph.document.project import Project, write_project
from graph.document.strict_json import ProjectError
from graph.templates.registry import TEMPLATES
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
try:
    write_project(Path(sys.argv[1]), TEMPLATES[0].build())
except ProjectError as error:
    print(error)
    sys.exit(3)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs limits on the size of a file")
@pytest.mark.parametrize("room", [0, 1, 1000])
def test_a_full_disk_leaves_the_old_file(tmp_path: Path, room: int) -> None:
    path = tmp_path / "a.cloom"
    write_project(path, small())
    before = path.read_bytes()
    command = [sys.executable, "-c", FULL_DISK, str(path), str(room)]
    run = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert run.returncode == 3, run.stderr
    assert f"{path} could not be saved: {os.strerror(errno.EFBIG)}" in run.stdout
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]


READ_ONLY = """
import os, sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from graph.document.project import write_project
from graph.document.strict_json import ProjectError
from graph.templates.registry import TEMPLATES
if os.geteuid() == 0:
    os.setgid(65534)
    os.setuid(65534)
try:
    write_project(Path(sys.argv[1]), TEMPLATES[0].build())
except ProjectError as error:
    print(error)
    sys.exit(3)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs modes of folders")
def test_a_read_only_folder_leaves_the_old_file() -> None:
    folder = Path(tempfile.mkdtemp())  # below tmp_path only its owner may look
    path = folder / "a.cloom"
    write_project(path, small())
    before = path.read_bytes()
    folder.chmod(0o555)
    try:
        command = [sys.executable, "-c", READ_ONLY, str(path), str(REPOSITORY)]
        run = subprocess.run(command, capture_output=True, text=True, check=False)
    finally:
        after = {entry.name: entry.read_bytes() for entry in folder.iterdir()}
        folder.chmod(0o755)
        shutil.rmtree(folder)
    assert run.returncode == 3, run.stderr
    assert os.strerror(errno.EACCES) in run.stdout
    assert after == {path.name: before}


def test_write_text_replaces_whole_files(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    for content in ("first", "", "ünïcode", "x" * 100_000):
        write_text(path, content)
        assert path.read_text(encoding="utf-8") == content


def test_equal_documents_give_equal_files_whatever_their_history() -> None:
    def network(order: tuple[str, ...]) -> Network:
        found = Network()
        for name in order:
            found.do(AddNode(Node(name, f"was {name}", ReLU())))
        for name in sorted(order):
            found.do(Rename(name, name))
        return found

    files = {dumps(Project(network=network(o))) for o in (("n1", "n2", "n10"), ("n10", "n2", "n1"))}
    assert len(files) == 1


# Files of other programs, and what comes after the rename


def test_a_mark_in_front_of_the_text_is_read_over() -> None:
    text = dumps(small())
    assert dumps(loads(b"\xef\xbb\xbf" + text.encode())) == text
    assert dumps(loads("\ufeff" + text)) == text


@pytest.mark.parametrize("item", ["[],", "{},", '"",', "0,", '{"a":0},'])
def test_more_elements_than_any_network_has_are_refused_unread(item: str) -> None:
    bomb = '{"format": "convloom", "x": [' + item * MAX_ELEMENTS + "0]}"
    with pytest.raises(ProjectError, match="2,000,000 elements"):
        loads(bomb)


def test_commas_in_a_text_are_no_elements() -> None:
    project = small()
    project.training["note"] = "[,{" * 1000
    assert loads(dumps(project)).training == project.training


@pytest.mark.skipif(os.name == "nt", reason="folders have no such modes there")
def test_a_folder_that_cannot_be_listed_takes_a_file() -> None:
    """The rename is what counts; that the folder cannot be opened afterwards is no failure."""
    with tempfile.TemporaryDirectory() as place:  # root's own folders are closed to others
        check_drop(Path(place))


def check_drop(folder: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path\n"
        "from graph.document.project import write_project\n"
        "from graph.templates.registry import find_template\n"
        "project = find_template('lenet5').build()\n"
        "path = Path(sys.argv[1])\n"
        "if os.getuid() == 0: os.setuid(65534)\n"
        "write_project(path, project)\n"
    )
    folder.chmod(0o733)
    done = subprocess.run(
        [sys.executable, "-c", code, str(folder / "a.cloom")],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert read_project(folder / "a.cloom").network.nodes


def test_a_text_that_could_not_be_opened_again_is_not_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reader takes less than the writer gives."""
    path = tmp_path / "net.cloom"
    write_project(path, small())
    before = path.read_bytes()
    monkeypatch.setattr("graph.document.strict_json.MAX_ELEMENTS", 100)
    with pytest.raises(ProjectError, match="could not be opened again"):
        write_project(path, small())
    assert path.read_bytes() == before
