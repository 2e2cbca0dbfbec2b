"""The command line: the commands with their options, and what each of them runs."""

from __future__ import annotations

import argparse
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed
from pathlib import Path
from typing import TYPE_CHECKING

from backend.command_line.commands import run_check, run_export, run_templates, run_train
from backend.command_line.setting_options import add_settings
from backend.data.catalogue import help_text as data_help
from graph.values.message import Message, say, verbatim

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

COMMANDS = ("train", "export", "check", "templates")


def make_parser() -> argparse.ArgumentParser:
    """All commands and options."""
    parser = argparse.ArgumentParser(
        prog="convloom",
        description=say(
            "Without a command, opens the window (optionally with a .cloom file)."
        ).text(),
    )
    parser.add_argument("--version", action="version", version=f"convloom {version()}")
    commands = parser.add_subparsers(title=say("commands").text(), metavar="COMMAND", required=True)
    _add_train(commands)
    _add_export(commands)
    _add_check(commands)
    templates = commands.add_parser("templates", help=_help(say("list the networks to start from")))
    templates.set_defaults(run=run_templates)
    return parser


def _add_train(commands: Commands) -> None:
    train = commands.add_parser(
        "train", help=_help(say("train a network, with a progress bar and a table"))
    )
    _add_network(train)
    train.add_argument("--data", help=_help(verbatim(data_help())))
    train.add_argument(
        "--mask-threshold",
        type=int,
        choices=range(1, 256),
        metavar="1…255",
        help=_help(say("the grey from which on a pixel of a mask in shades of grey is object")),
    )
    train.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        help=_help(say("folder for the weights (safetensors) and figures")),
    )
    train.add_argument(
        "--weights",
        type=Path,
        metavar="FILE",
        help=_help(say("start from these weights (safetensors)")),
    )
    train.add_argument(
        "--match",
        metavar="name|order|ends|TABLE.json",
        help=_help(
            say(
                "take from the weights what fits: by name, tensor by tensor, from both ends (a "
                "deeper network starts from a shallower one), or by a JSON table of names here to "
                "names there; without it everything must fit"
            )
        ),
    )
    train.add_argument(
        "--freeze",
        metavar="NODES",
        help=_help(say("do not train these nodes, such as conv1,conv2")),
    )
    add_settings(train)
    train.set_defaults(run=run_train)


def _add_export(commands: Commands) -> None:
    export = commands.add_parser("export", help=_help(say("write a network as a Python file")))
    _add_network(export)
    export.add_argument(
        "--out", type=Path, metavar="FILE.py", required=True, help=_help(say("file to write"))
    )
    export.add_argument(
        "--weights",
        type=Path,
        metavar="FILE",
        help=_help(
            say("weights (safetensors) to put beside the file; running the file then loads them")
        ),
    )
    export.set_defaults(run=run_export)


def _add_check(commands: Commands) -> None:
    check = commands.add_parser(
        "check", help=_help(say("table of shapes, cost and receptive field, and all faults"))
    )
    _add_network(check)
    check.add_argument(
        "--json", action="store_true", help=_help(say("print one JSON object instead"))
    )
    check.description = say("Exit code 1 when there are faults; warnings alone give 0.").text()
    check.set_defaults(run=run_check)


def _add_network(parser: argparse.ArgumentParser) -> None:
    """What network a command is about, and for a template how it is to fit."""
    parser.add_argument(
        "network",
        metavar="PROJECT_OR_TEMPLATE",
        help=_help(say("a .cloom file, or a template's name (see the command templates)")),
    )
    group = parser.add_argument_group(say("fit of a template").text())
    group.add_argument(
        "--input",
        metavar="CxHxW",
        help=_help(say("channels, height and width of the images: 1x28x28")),
    )
    group.add_argument("--classes", type=int, metavar="N", help=_help(say("number of classes")))
    group.add_argument(
        "--small",
        action="store_true",
        help=_help(say("its variant for small images, if it has one")),
    )


def _help(message: Message) -> str:
    """The help of an option, in which argparse fills in what a per cent sign begins."""
    return message.text().replace("%", "%%")


def version() -> str:
    """The installed version, or that of the source tree."""
    try:
        return installed("convloom")
    except PackageNotFoundError:
        return "0.1.0"
