"""The parameters of a block: settings with a kind, a default and a range, as layers have them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from graph.network.network import EditRefused
from graph.network.scope import CHAIN_WORDS, NODE_WORDS
from graph.values.declaration import FieldKind, FieldSpec, Value, show
from graph.values.fields import choice, flag, integer, real
from graph.values.message import UserError, say
from graph.values.names import is_plain

PARAMETER_KINDS = (FieldKind.INTEGER, FieldKind.REAL, FieldKind.FLAG, FieldKind.CHOICE)
MAX_PARAMETERS = 32


@dataclass(frozen=True, slots=True)
class Parameter:
    """A setting of a block. ``first_only``: in a chain only the first one has the value, the others
    have the default (a stride). ``required``: written at every use in the exported file."""

    name: str
    kind: FieldKind
    default: Value
    minimum: float = 1
    maximum: float = 65536
    words: tuple[str, ...] = ()
    help: str = ""
    first_only: bool = False
    required: bool = False

    def field(self) -> Any:
        """The field of the layer type that uses the block."""
        if self.kind is FieldKind.FLAG:
            return flag(bool(self.default), self.help)
        if self.kind is FieldKind.CHOICE:
            return choice(str(self.default), self.words, self.help)
        low, high = self.minimum, self.maximum
        if self.kind is FieldKind.REAL:
            assert isinstance(self.default, (int, float))
            return real(float(self.default), low, high, self.help)
        assert isinstance(self.default, int)
        return integer(self.default, int(low), int(high), self.help)

    def check(self, taken: Collection[str]) -> None:
        """Raise UserError: one sentence about what is wrong with it. ``taken`` are names that it
        may not have, because they mean something of every use."""
        if not is_plain(self.name) or self.name in (*NODE_WORDS, *CHAIN_WORDS, "repeat"):
            raise UserError(
                say(
                    "{name} cannot be the name of a parameter: use a word of letters, digits and _ "
                    "that means nothing yet",
                    name=show(self.name or '""'),
                )
            )
        if self.name in taken:
            raise UserError(
                say("{name} cannot be the name of a parameter: it is taken", name=self.name)
            )
        if self.kind not in PARAMETER_KINDS:
            raise UserError(say("{name} is of a kind that no parameter has", name=self.name))
        if self.kind is FieldKind.CHOICE and not self.words:
            raise UserError(say("{name} has no words to choose from", name=self.name))
        if self.kind in (FieldKind.INTEGER, FieldKind.REAL) and self.minimum > self.maximum:
            raise UserError(say("{name} has a range that holds no number", name=self.name))
        if not all(word.isprintable() for word in self.words):
            raise UserError(say("{name} has a word that is not on one line", name=self.name))
        words = self.words if self.kind is FieldKind.CHOICE else ()
        FieldSpec(self.name, self.kind, self.default, self.minimum, self.maximum, words).check(
            self.default
        )


def check_parameters(parameters: tuple[Parameter, ...], taken: Collection[str]) -> None:
    """Raise EditRefused unless every parameter is in order, no name stands twice and none is
    ``taken``."""
    if len(parameters) > MAX_PARAMETERS:
        raise EditRefused(say("A block has at most {most} parameters", most=MAX_PARAMETERS))
    names = [parameter.name for parameter in parameters]
    for name in names:
        if names.count(name) > 1:
            raise EditRefused(say("There are two parameters called {name}", name=name))
    for parameter in parameters:
        try:
            parameter.check(taken)
        except UserError as error:
            raise EditRefused(error.message) from error
