"""Opening, analysing, planning and exporting a stranger's project runs nothing that is in it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from graph.document.project import write_project
from graph.templates.registry import find_template

ROOT = Path(__file__).parents[3]

WATCHED = """
import json, sys
from pathlib import Path
from graph.analysis.analysis import Analysis
from graph.calls.own_modules import OWN_NAMES, own_module
from graph.document.project import dumps, read_project
from graph.export.export import source
from graph.planning.planner import make_plan

def work(path):
    project = read_project(path)
    analysis = Analysis(project.network)
    faults = [str(fault.sentence()) for fault in analysis.faults()]
    text = "" if analysis.errors() else source(make_plan(project.network, analysis, "x")).text
    return dumps(project), faults, text

known, strange = Path(sys.argv[1]), Path(sys.argv[2])
work(known)  # what Python and the libraries load when they are first used
for name in OWN_NAMES:
    own_module(name)  # the program's own, kept once read
seen = []
FAMILIES = (
    "exec", "compile", "import", "open", "os.", "subprocess.", "socket.", "pickle.", "marshal."
)

def watch(event, arguments):
    if event.startswith(FAMILIES):
        seen.append([event, str(arguments[0]) if arguments else ""])

sys.addaudithook(watch)
work(strange)
{planted}
events = list(seen)
print(json.dumps(events))
"""


def events(folder: Path, template: str, planted: str = "") -> tuple[list[list[str]], Path]:
    """What the interpreter does on the way from a file to its source, after a first project."""
    paths = folder / "known.cloom", folder / "strange.cloom"
    for path, name in zip(paths, ("lenet5", template), strict=True):
        found = find_template(name)
        assert found is not None
        write_project(path, found.build())
    done = subprocess.run(
        [sys.executable, "-c", WATCHED.replace("{planted}", planted), *map(str, paths)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout), paths[1]


@pytest.mark.parametrize("template", ["se-resnet18", "unet", "yolo11n", "inception-v4"])
def test_a_project_is_read_and_nothing_else(template: str, tmp_path: Path) -> None:
    found, path = events(tmp_path, template)
    foreign = [
        [event, what]
        for event, what in found
        if not (event == "open" and what == str(path))
        and not (event == "import" and what in sys.stdlib_module_names)
    ]
    assert foreign == []


@pytest.mark.parametrize(
    ("planted", "event"),
    [
        ("eval('1 + 1')", "exec"),
        ("compile('1', 'x', 'eval')", "compile"),
        ("open('/etc/hosts').close()", "open"),
        ("import os; os.system('true')", "os.system"),
    ],
)
def test_a_planted_event_is_seen(planted: str, event: str, tmp_path: Path) -> None:
    found, _ = events(tmp_path, "lenet5", planted)
    assert event in [name for name, _ in found]
