"""ConvLoom: draw a convolutional network, train it, look inside, take it away as Python.

Without a command the window opens. The commands do the same work without a screen.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graph.analysis import Analysis
from graph.declaration import FieldSpec, Kind, fields_of, show
from graph.export import source
from graph.files import write_text
from graph.freezing import freeze
from graph.layer import dims
from graph.message import UserError, say
from graph.plan_builder import NotReady, make_plan
from graph.project import SUFFIX, Project, read_project
from graph.templates import TEMPLATES, find_template

if TYPE_CHECKING:
    from backend.start import Start
    from graph.plan import Plan

COMMANDS = ("train", "export", "check", "templates")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program. Returns the exit code: 0 done, 1 faults found, 2 could not be done."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if not given or given[0] not in (*COMMANDS, "-h", "--help", "--version"):
        return open_window(given)
    options = make_parser().parse_args(given)
    try:
        return int(options.run(options))
    except UserError as error:
        print(f"convloom: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("convloom: interrupted", file=sys.stderr)
        return 2
    except BrokenPipeError:
        # Whoever read the output has closed it; what is left has no reader.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 2


def open_window(arguments: Sequence[str]) -> int:
    """Open the window, with a project file if one is given."""
    unknown = [a for a in arguments if not a.endswith(SUFFIX)]
    if unknown or len(arguments) > 1:
        print(
            f"convloom: {show((unknown or list(arguments)[1:])[0])} is not a command "
            f"({', '.join(COMMANDS)}) or a single {SUFFIX} file; see --help",
            file=sys.stderr,
        )
        return 2
    if not has_display():
        print(
            "convloom: there is no display to open a window on. Without one, use the command "
            "line: python main.py train lenet5 --epochs 5 (more with --help)",
            file=sys.stderr,
        )
        return 2
    os.environ.setdefault("QT_NO_GUI_THREADPOOL", "1")
    from gui.app import run

    return run(["convloom", *arguments])


def has_display() -> bool:
    """Whether a window can be shown."""
    if not sys.platform.startswith("linux") or os.environ.get("QT_QPA_PLATFORM"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


# The command line


def make_parser() -> argparse.ArgumentParser:
    """All commands and options."""
    parser = argparse.ArgumentParser(
        prog="convloom",
        description="Without a command, opens the window (optionally with a .cloom file).",
    )
    parser.add_argument("--version", action="version", version=f"convloom {version()}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    train = commands.add_parser("train", help="train a network, with a progress bar and a table")
    _add_network(train)
    train.add_argument(
        "--data",
        help="fashion-sample (10,000 images that come with the program; the default), "
        "digits, fashion-mnist, silhouettes (of the sample: masks), a folder of IDX files, a "
        "folder of class folders with images, or a folder with images/ and masks/ (PNG files of "
        "the same names with class numbers, or black and white; names of classes in classes.txt)",
    )
    train.add_argument(
        "--out", type=Path, metavar="DIR", help="folder for the weights (safetensors) and figures"
    )
    train.add_argument(
        "--weights", type=Path, metavar="FILE", help="start from these weights (safetensors)"
    )
    train.add_argument(
        "--match",
        metavar="name|order|ends|TABLE.json",
        help="take from the weights what fits: by name, tensor by tensor, from both ends (a deeper "
        "network starts from a shallower one), or by a JSON table of names here to names there; "
        "without it everything must fit",
    )
    train.add_argument(
        "--freeze", metavar="NODES", help="do not train these nodes, such as conv1,conv2"
    )
    _add_settings(train)
    train.set_defaults(run=run_train)

    export = commands.add_parser("export", help="write a network as a Python file")
    _add_network(export)
    export.add_argument("--out", type=Path, metavar="FILE.py", required=True, help="file to write")
    export.add_argument(
        "--weights",
        type=Path,
        metavar="FILE",
        help="weights (safetensors) to put beside the file; running the file then loads them",
    )
    export.set_defaults(run=run_export)

    check = commands.add_parser(
        "check", help="table of shapes, cost and receptive field, and all faults"
    )
    _add_network(check)
    check.add_argument("--json", action="store_true", help="print one JSON object instead")
    check.description = "Exit code 1 when there are faults; warnings alone give 0."
    check.set_defaults(run=run_check)

    templates = commands.add_parser("templates", help="list the networks to start from")
    templates.set_defaults(run=run_templates)
    return parser


def _add_network(parser: argparse.ArgumentParser) -> None:
    """What network a command is about, and for a template how it is to fit."""
    parser.add_argument(
        "network",
        metavar="PROJECT_OR_TEMPLATE",
        help="a .cloom file, or a template's name (see the command templates)",
    )
    group = parser.add_argument_group("fit of a template")
    group.add_argument(
        "--input", metavar="CxHxW", help="channels, height and width of the images: 1x28x28"
    )
    group.add_argument("--classes", type=int, metavar="N", help="number of classes")
    group.add_argument(
        "--small", action="store_true", help="its variant for small images, if it has one"
    )


def version() -> str:
    """The installed version, or that of the source tree."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("convloom")
    except PackageNotFoundError:
        return "0.1.0"


def _add_settings(parser: argparse.ArgumentParser) -> None:
    """One option per training setting, straight from its declaration."""
    from backend.settings import TrainingSettings

    group = parser.add_argument_group(
        "training settings", "What is not given here comes from the project, else its default."
    )
    for name, spec in fields_of(TrainingSettings).items():
        text = spec.help.replace("%", "%%")
        default = spec.none_means if spec.default is None else show(spec.default)
        group.add_argument(
            f"--{name.replace('_', '-')}",
            dest=f"setting_{name}",
            metavar=_metavar(spec),
            help=f"{text} Default: {default}.",
        )


def _metavar(spec: FieldSpec) -> str:
    if spec.kind is Kind.CHOICE:
        return "|".join(spec.words)
    kinds = {
        Kind.FLAG: "on|off",
        Kind.REAL: "X",
        Kind.PAIR: "NxN",
        Kind.TRIPLE: "NxNxN",
        Kind.EXTENT: "NxN…",
        Kind.INTEGERS: "N,N…",
        Kind.REALS: "X,X…",
    }
    return "|".join((kinds.get(spec.kind, "N"), *spec.words))


def parse_value(spec: FieldSpec, text: str) -> Any:
    """A setting from the command line. Raises UserError."""
    if spec.kind is Kind.CHOICE or text in spec.words:
        return text
    found: Any
    if spec.kind is Kind.FLAG:
        found = {"on": True, "true": True, "off": False, "false": False}.get(text.lower())
    elif spec.optional and text.lower() == "none":
        return None
    else:
        number = float if spec.kind in (Kind.REAL, Kind.REALS) else int
        try:
            found = _numbers(spec, text, number) if spec.many else number(text)
        except ValueError:
            found = None
    if found is None:
        raise UserError(
            say(
                "--{name} {value}: {rule}",
                name=spec.name.replace("_", "-"),
                value=show(text),
                rule=spec.rule(),
            )
        )
    return found


def _numbers(spec: FieldSpec, text: str, number: Callable[[str], float]) -> tuple[float, ...]:
    """``3x3``, ``3`` for equal sizes, or ``1,2,3``. Raises ValueError."""
    found = tuple(number(part) for part in re.split("[x×,]", text))
    equal = spec.kind in (Kind.PAIR, Kind.TRIPLE) and len(found) == 1
    return found * spec.lengths[0] if equal else found


def load(options: argparse.Namespace) -> Project:
    """The project or template that the user named. Raises UserError."""
    text = options.network
    template = find_template(text)
    if template is not None:
        return template.build(_sizes(options.input), options.classes, options.small)
    if options.input is not None or options.classes is not None or options.small:
        raise UserError(say("{name} is no template: only templates can be fitted", name=show(text)))
    path = Path(text)
    if not path.exists():
        raise UserError(
            say(
                "there is no project file or template called {name}; the templates are {names}",
                name=show(text),
                names=", ".join(t.name for t in TEMPLATES),
            )
        )
    return read_project(path)


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


def plan_of(project: Project) -> Plan:
    """The plan of a project. Raises NotReady with the first fault."""
    return make_plan(project.network, Analysis(project.network), project.name)


# Commands


def run_templates(_: argparse.Namespace) -> int:
    rows = [("name", "title", "year", "input", "parameters", "MACs")]
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
    return 0


def run_check(options: argparse.Namespace) -> int:
    project = load(options)
    analysis = Analysis(project.network)
    report = check_report(project, analysis)
    if options.json:
        print(json.dumps(report, ensure_ascii=False, allow_nan=False, indent=1))
    else:
        rows = [("node", "type", "shape", "parameters", "MACs", "receptive field")]
        for node in report["nodes"]:
            field = node["receptive_field"]
            rows.append(
                (
                    one_line(node["name"]),
                    node["type"],
                    dims(node["shape"]) if node["shape"] else "?",
                    f"{node['parameters']:,}",
                    f"{node['macs']:,}",
                    "×".join(f"{size:g}" for size in field["size"]) if field else "",
                )
            )
        rows.append(("total", "", "", f"{report['parameters']:,}", f"{report['macs']:,}", ""))
        print_table(rows, right=(2, 3, 4, 5))
        print()
        for fault in analysis.faults():
            kind = "warning" if fault.warning else "fault"
            print(f"{kind}: {one_line(str(fault.sentence()))}")
        if not analysis.faults():
            print(f"No problems. {len(project.network.nodes)} layers checked.")
    return 1 if analysis.errors() else 0


def check_report(project: Project, analysis: Analysis) -> dict[str, Any]:
    """All figures and faults as plain values."""
    totals = analysis.totals()
    nodes = []
    for identity in project.network.canonical_order():
        node, facts = project.network.nodes[identity], analysis.facts(identity)
        field = facts.receptive_field()
        nodes.append(
            {
                "name": node.name,
                "type": node.layer.type_name(),
                "shape": list(facts.output) if facts.output else None,
                "parameters": facts.parameters,
                "macs": facts.macs,
                "receptive_field": {
                    "size": [axis.size for axis in field],
                    "jump": [axis.jump for axis in field],
                    "offset": [axis.offset for axis in field],
                }
                if field
                else None,
            }
        )
    return {
        "name": project.name,
        "parameters": totals.parameters,
        "macs": totals.macs,
        "nodes": nodes,
        "faults": [
            {
                "kind": fault.kind.value,
                "severity": "warning" if fault.warning else "error",
                "node": fault.name,
                "field": fault.field,
                "value": fault.value,
                "why": str(fault.why),
                "mend": str(fault.mend),
                "sentence": str(fault.sentence()),
            }
            for fault in analysis.faults()
        ],
    }


def run_export(options: argparse.Namespace) -> int:
    from backend.settings import started

    project = load(options)
    plan = started(plan_of(project), project.training)
    out: Path = options.out
    if out.suffix != ".py":
        raise UserError(say("--out {path}: the name of a Python file ends in .py", path=str(out)))
    weights = None
    if options.weights is not None:
        from backend.build import build
        from backend.weights import load_weights

        load_weights(build(plan, initialise=False), options.weights)
        weights = out.with_suffix(".safetensors")
        copy_file(options.weights, weights)
    text = source(plan, weights.name if weights else None).text
    try:
        write_text(out, text)
    except OSError as error:
        raise UserError(
            say("{path} could not be written: {reason}", path=str(out), reason=_reason(error))
        ) from error
    print(f"{out}: {text.count(chr(10))} lines" + (f", weights in {weights}" if weights else ""))
    return 0


def copy_file(start: Path, end: Path) -> None:
    """Copy so that ``end`` is whole or untouched. Raises UserError."""
    from graph.files import write_bytes

    if start.resolve() == end.resolve():
        return
    try:
        write_bytes(end, start.read_bytes())
    except OSError as error:
        raise UserError(
            say("{path} could not be written: {reason}", path=str(end), reason=_reason(error))
        ) from error


def run_train(options: argparse.Namespace) -> int:
    from backend.console import train_in_console
    from backend.data.catalogue import DEFAULT, describe
    from backend.settings import TrainingSettings

    project = load(options)
    try:
        plan = plan_of(project)
    except NotReady as error:
        for fault in error.faults:
            print(f"fault: {one_line(str(fault.sentence()))}", file=sys.stderr)
        raise
    specs = fields_of(TrainingSettings)
    values = dict(project.training)
    for name, spec in specs.items():
        text = getattr(options, f"setting_{name}")
        if text is not None:
            values[name] = parse_value(spec, text)
    data = str(options.data or project.data.get("source") or DEFAULT)
    missing = describe(data).missing
    if missing is not None:
        raise UserError(missing)
    if options.freeze:
        plan = freeze(plan, [name.strip() for name in options.freeze.split(",")])
    start = _start(options)
    return train_in_console(plan, TrainingSettings.make(values), data, options.out, start)


def _start(options: argparse.Namespace) -> Start | None:
    from backend.start import read_start

    if options.weights is not None:
        return read_start(options.weights, options.match)
    if options.match is not None:
        raise UserError(say("--match {value}: needs --weights FILE", value=show(options.match)))
    return None


# Text


def print_table(rows: Sequence[Sequence[str]], right: Sequence[int] = ()) -> None:
    """Columns two spaces apart; the first row is the head."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for number, row in enumerate(rows):
        cells = [
            cell.rjust(width) if column in right else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        print("  ".join(cells).rstrip())
        if number == 0:
            print("  ".join("-" * width for width in widths))


def one_line(text: str) -> str:
    """Text for a terminal: nothing that moves the cursor or turns the direction."""
    return "".join(c if c.isprintable() else "�" for c in text)


def _reason(error: OSError) -> str:
    return error.strerror or str(error)


if __name__ == "__main__":
    sys.exit(main())
