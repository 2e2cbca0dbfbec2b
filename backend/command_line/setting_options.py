"""Training settings as options of the command line, one per declared setting."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from typing import Any

from backend.training.settings import TrainingSettings
from graph.values.declaration import FieldKind, FieldSpec, fields_of, show
from graph.values.language import declared
from graph.values.message import UserError, say


def add_settings(parser: argparse.ArgumentParser) -> None:
    """One option per training setting, straight from its declaration."""
    group = parser.add_argument_group(
        say("training settings").text(),
        say("What is not given here comes from the project, else its default.").text(),
    )
    for name, spec in fields_of(TrainingSettings).items():
        default = declared(spec.none_means) if spec.default is None else show(spec.default)
        text = say("{help} Default: {value}.", help=declared(spec.help), value=default).text()
        group.add_argument(
            f"--{name.replace('_', '-')}",
            dest=f"setting_{name}",
            metavar=_metavar(spec),
            help=text.replace("%", "%%"),
        )


def given_settings(options: argparse.Namespace) -> dict[str, Any]:
    """The settings that the user named, by name. Raises UserError."""
    texts = {name: getattr(options, f"setting_{name}") for name in fields_of(TrainingSettings)}
    specs = fields_of(TrainingSettings)
    return {n: _parsed(specs[n], text) for n, text in texts.items() if text is not None}


def _metavar(spec: FieldSpec) -> str:
    if spec.kind is FieldKind.CHOICE:
        return "|".join(spec.words)
    kinds = {
        FieldKind.FLAG: "on|off",
        FieldKind.REAL: "X",
        FieldKind.PAIR: "NxN",
        FieldKind.TRIPLE: "NxNxN",
        FieldKind.EXTENT: "NxN…",
        FieldKind.INTEGERS: "N,N…",
        FieldKind.REALS: "X,X…",
    }
    return "|".join((kinds.get(spec.kind, "N"), *spec.words))


def _parsed(spec: FieldSpec, text: str) -> Any:
    """A setting from the command line. Raises UserError."""
    if spec.kind is FieldKind.CHOICE or text in spec.words:
        return text
    found: Any
    if spec.kind is FieldKind.FLAG:
        found = {"on": True, "true": True, "off": False, "false": False}.get(text.lower())
    elif spec.optional and text.lower() == "none":
        return None
    else:
        number = float if spec.kind in (FieldKind.REAL, FieldKind.REALS) else int
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
    equal = spec.kind in (FieldKind.PAIR, FieldKind.TRIPLE) and len(found) == 1
    return found * spec.lengths[0] if equal else found
