"""The commands: what the program does without a window. Each returns its exit code (ending.py).

Nothing here imports torch before it is needed: most commands do without it.
"""

from __future__ import annotations

import argparse
import json
import sys
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from backend.command_line.ending import DONE, FAULTS, encodable
from backend.command_line.setting_options import given_settings
from backend.command_line.terminal import one_line, print_table
from backend.data.base.format import SOURCE, THRESHOLD, is_threshold
from backend.data.catalogue import DEFAULT
from backend.data.catalogue import check as check_data
from backend.training.settings import TrainingSettings, started
from backend.weights.start import Start, read_start
from graph.analysis.analysis import Analysis
from graph.analysis.facts import Facts
from graph.analysis.faults import Fault
from graph.calls.freezing import freeze
from graph.document.files import reason_of, write_bytes, write_text
from graph.document.project import Project, read_project
from graph.export.export import source
from graph.export.file_name import refuse_file_name
from graph.layers.base.layer import dims
from graph.layers.base.reach import field_words, reaches_all
from graph.planning.planner import NotReady, make_plan
from graph.templates.registry import TEMPLATES, find_template
from graph.values.declaration import show
from graph.values.message import Message, UserError, say, say_count

if TYPE_CHECKING:
    from graph.calls.call import Shape
    from graph.calls.plan import Plan
    from graph.network.network import Node


TEMPLATE_TABLE = (
    say("name"),
    say("title"),
    say("year"),
    say("input"),
    say("parameters"),
    say("MACs"),
)
NODE_TABLE = (
    say("node"),
    say("type"),
    say("shape"),
    say("parameters"),
    say("MACs"),
    say("receptive field"),
)


def run_templates(_: argparse.Namespace) -> int:
    """List the templates with their cost."""
    rows = [tuple(title.text() for title in TEMPLATE_TABLE)]
    for template in TEMPLATES:
        project = template.build()
        analysis = Analysis(project.network)
        totals = analysis.totals()
        first = analysis.facts(project.network.order()[0]).output or ()
        rows.append(
            (
                template.name,
                template.title,
                str(template.year),
                dims(first),
                f"{totals.parameters:,}",
                f"{totals.macs:,}",
            )
        )
    print_table(rows, right=(2, 3, 4, 5))
    return DONE


def run_check(options: argparse.Namespace) -> int:
    """Print all figures and faults. FAULTS if something keeps the network from running."""
    project = _load(options)
    analysis = Analysis(project.network)
    report = _report(project, analysis)
    if options.json:
        text = json.dumps(report, ensure_ascii=False, allow_nan=False, indent=1)
        # An escape of the stream's would be no JSON, so JSON's own stand for what it lacks.
        print(text if encodable(text) else json.dumps(report, allow_nan=False, indent=1))
    else:
        _print_report(report, _fields_seen(project, analysis))
        print()
        for fault in analysis.faults():
            print(one_line(_fault_line(fault)))
        if not analysis.faults():
            count = len(project.network.nodes)
            fine = say_count(
                "No problems. {n} layer checked.", "No problems. {n} layers checked.", count
            )
            print(fine.text())
    return FAULTS if analysis.errors() else DONE


def _fault_line(fault: Fault) -> str:
    what = fault.sentence()
    line = say("warning: {what}", what=what) if fault.warning else say("fault: {what}", what=what)
    return line.text()


def _fields_seen(project: Project, analysis: Analysis) -> list[str]:
    """The receptive fields of the nodes, in the order of the report, as a person reads them."""
    found = []
    for node in project.network.canonical_order():
        fields = analysis.facts(node).receptive_field()
        size = "×".join(f"{axis.size:g}" for axis in fields)
        found.append(field_words(fields, analysis.image(), size).text())
    return found


def _print_report(report: dict[str, Any], fields: list[str]) -> None:
    rows = [tuple(title.text() for title in NODE_TABLE)]
    for node, field in zip(report["nodes"], fields, strict=True):
        rows.append(
            (
                one_line(node["name"]),
                node["type"],
                dims(node["shape"]) if node["shape"] else "?",
                f"{node['parameters']:,}",
                f"{node['macs']:,}",
                field,
            )
        )
    rows.append(
        (say("total").text(), "", "", f"{report['parameters']:,}", f"{report['macs']:,}", "")
    )
    print_table(rows, right=(2, 3, 4, 5))


def _report(project: Project, analysis: Analysis) -> dict[str, Any]:
    """All figures and faults as plain values."""
    network, totals = project.network, analysis.totals()
    return {
        "name": project.name,
        "parameters": totals.parameters,
        "macs": totals.macs,
        "nodes": [
            _node_report(network.nodes[node], analysis.facts(node), analysis.image())
            for node in network.canonical_order()
        ],
        "faults": [_fault_report(fault) for fault in analysis.faults()],
    }


def _node_report(node: Node, facts: Facts, image: Shape) -> dict[str, Any]:
    field = facts.receptive_field()
    return {
        "name": node.name,
        "type": node.layer.type_name(),
        "shape": list(facts.output) if facts.output else None,
        "parameters": facts.parameters,
        "macs": facts.macs,
        "receptive_field": {
            "size": [axis.size for axis in field],
            "jump": [axis.jump for axis in field],
            "offset": [axis.offset for axis in field],
            "whole": reaches_all(field, image),
        }
        if field
        else None,
    }


def _fault_report(fault: Fault) -> dict[str, Any]:
    return {
        "kind": fault.kind.value,
        "severity": "warning" if fault.warning else "error",
        "node": fault.name,
        "field": fault.field,
        "value": fault.value,
        "why": str(fault.why),
        "mend": str(fault.mend),
        "sentence": str(fault.sentence()),
    }


def run_export(options: argparse.Namespace) -> int:
    """Write the Python file, and the weights beside it. Raises UserError."""
    project = _load(options)
    plan = started(_plan_of(project), project.training)
    out: Path = options.out
    refused = refuse_file_name(out.name)
    if refused is not None:
        raise UserError(say("--out {path}: {reason}", path=str(out), reason=refused))
    weights = None
    if options.weights is not None:
        # These import torch.
        from backend.model.build import build
        from backend.weights.loading import load_weights

        load_weights(build(plan, initialise=False), options.weights)
        weights = out.with_suffix(".safetensors")
        _copy(options.weights, weights)
    text = source(plan, weights.name if weights else None).text
    try:
        write_text(out, text)
    except OSError as error:
        raise UserError(
            say("{path} could not be written: {reason}", path=str(out), reason=reason_of(error))
        ) from error
    done = say_count("{path}: {n} line", "{path}: {n} lines", text.count("\n"), path=str(out))
    if weights:
        done = say("{done}, weights in {path}", done=done, path=str(weights))
    print(done.text())
    return DONE


def _copy(start: Path, end: Path) -> None:
    """Copy so that ``end`` is whole or untouched. Raises UserError."""
    if start.resolve() == end.resolve():
        return
    try:
        write_bytes(end, start.read_bytes())
    except OSError as error:
        raise UserError(
            say("{path} could not be written: {reason}", path=str(end), reason=reason_of(error))
        ) from error


def run_train(options: argparse.Namespace) -> int:
    """Train with a bar and a table. Raises UserError."""
    # This loads NumPy, which no other command needs.
    from backend.command_line.console import check_folder, train_in_console
    from backend.training.worker import DataRequest

    project = _load(options)
    try:
        plan = _plan_of(project)
    except NotReady as error:
        for fault in error.faults:
            print(one_line(_fault_line(fault)), file=sys.stderr)
        raise
    settings = {**project.training, **given_settings(options)}
    data = str(options.data or project.data.get(SOURCE) or DEFAULT)
    check_data(data)
    if options.freeze:
        plan = freeze(plan, [name.strip() for name in options.freeze.split(",")])
    start = _start(options)
    if options.out is not None:
        check_folder(options.out)
    training = TrainingSettings.make(settings)
    threshold = options.mask_threshold or (None if options.data else _threshold(project))
    request = DataRequest(data, threshold=threshold)
    return train_in_console(plan, training, request, options.out, start)


def _threshold(project: Project) -> int | None:
    """The threshold that goes with the project's data."""
    found = project.data.get(THRESHOLD)
    return found if is_threshold(found) else None


def _start(options: argparse.Namespace) -> Start | None:
    if options.weights is not None:
        return read_start(options.weights, options.match)
    if options.match is not None:
        raise UserError(say("--match {value}: needs --weights FILE", value=show(options.match)))
    return None


def _load(options: argparse.Namespace) -> Project:
    """The project or template that the user named. Raises UserError."""
    text = options.network
    template = find_template(text)
    if template is not None:
        _hint_order(options.input)
        return template.build(_sizes(options.input), options.classes, options.small)
    path = Path(text)
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        raise UserError(_nothing_called(text)) from None
    except OSError as error:
        raise UserError(
            say("{path} cannot be read: {reason}", path=show(text), reason=reason_of(error))
        ) from error
    if options.input is not None or options.classes is not None or options.small:
        raise UserError(say("{name} is no template: only templates can be fitted", name=show(text)))
    return read_project(path)


def _nothing_called(text: str) -> Message:
    """That no project and no template has this name, and which template may be meant."""
    names = [template.name for template in TEMPLATES]
    near = get_close_matches(text.lower().replace("_", "-"), names, n=1)
    if near:
        return say(
            "there is no project file or template called {name}; did you mean {near}?",
            name=show(text),
            near=near[0],
        )
    return say(
        "there is no project file or template called {name}; the templates are {names}",
        name=show(text),
        names=", ".join(names),
    )


def _sizes(text: str | None) -> tuple[int, ...] | None:
    """Channels, height and width, as in ``3x224x224``. Raises UserError."""
    if text is None:
        return None
    parts = text.lower().replace("×", "x").split("x")
    if not all(part.isascii() and part.isdigit() and len(part) <= 6 for part in parts):
        raise UserError(
            say("--input {text}: write channels, height and width, as in 1x28x28", text=show(text))
        )
    return tuple(int(part) for part in parts)


def _hint_order(text: str | None) -> None:
    """Say how ``224x224x3`` is read, which most people write for three channels."""
    sizes = _sizes(text)
    if sizes is None or len(sizes) != 3 or sizes[2] not in (1, 3, 4) or min(sizes[:2]) <= 4:
        return
    height, width, channels = sizes
    hint = say(
        "hint: --input {text} is read as {read} of {width}×{channels}; {meant} of {height}×{width} "
        "are {channels}x{height}x{width}",
        text=text or "",
        read=say_count("{n} channel", "{n} channels", height),
        meant=say_count("{n} channel", "{n} channels", channels),
        channels=channels,
        height=height,
        width=width,
    )
    print(hint.text(), file=sys.stderr)


def _plan_of(project: Project) -> Plan:
    """The plan of a project. Raises NotReady with the first fault."""
    return make_plan(project.network, Analysis(project.network), project.name)
