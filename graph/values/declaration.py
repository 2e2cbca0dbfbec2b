"""One declaration feeds the form, the checks, the help, the file format and the tests.

A declaration is a frozen, strict pydantic model. Each field says its kind, default, range, unit
and help through one of the functions of graph.values.fields (``integer``, ``pair``, ``flag`` …);
everything else reads it back with ``fields_of``. An illegal value cannot be stored:
``True`` is not 1, ``"3"`` is not 3, and 2**62 is refused by range before torch ever sees it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, ValidationError, ValidationInfo, field_validator

from graph.values.message import Message, UserError, say

_SHOWN = 60
"""Characters of a value that a sentence shows."""

Value = int | float | bool | str | None | tuple[int, ...] | tuple[float, ...]


class FieldKind(Enum):
    """How a field is edited and checked."""

    INTEGER = "integer"
    PAIR = "pair"  # two integers, height and width
    TRIPLE = "triple"  # three integers: depth, height, width
    EXTENT = "extent"  # one to four integers: C×H×W
    INTEGERS = "integers"  # a list of integers
    REAL = "real"
    REALS = "reals"  # a list of numbers, such as the cells of a kernel row by row
    FLAG = "flag"
    CHOICE = "choice"


LENGTHS = {FieldKind.PAIR: (2, 2), FieldKind.TRIPLE: (3, 3), FieldKind.EXTENT: (1, 4)}
"""How many numbers the kinds of fixed length take."""


class FieldError(UserError):
    """A value that a field refuses. ``field`` and ``value`` say which and what."""

    def __init__(self, message: Message, field: str, value: object) -> None:
        super().__init__(message)
        self.field = field
        self.value = value


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """What a field declares. ``words`` are strings allowed instead of numbers (``"same"``)."""

    name: str
    kind: FieldKind
    default: Value
    minimum: float = -math.inf
    maximum: float = math.inf
    words: tuple[str, ...] = ()
    optional: bool = False
    none_means: str = ""
    unit: str = ""
    help: str = ""
    open_minimum: bool = False
    open_maximum: bool = False
    lengths: tuple[int, int] = (1, 1)

    def check(self, value: object) -> None:
        """Raise FieldError unless ``value`` is exactly what this field may hold."""
        if (value is None and self.optional) or (type(value) is str and value in self.words):
            return
        if self.kind is FieldKind.FLAG:
            fine = type(value) is bool
        elif self.kind is FieldKind.CHOICE:
            fine = False
        elif self.many:
            fine = (
                isinstance(value, tuple)
                and self.lengths[0] <= len(value) <= self.lengths[1]
                and all(self._number(v) for v in value)
            )
        else:
            fine = self._number(value)
        if not fine:
            found = show(value if self.kind is FieldKind.CHOICE or self.words else _quoted(value))
            raise FieldError(
                say("{field} {value}: {rule}", field=self.name, value=found, rule=self.rule()),
                self.name,
                value,
            )

    @property
    def title(self) -> str:
        """The name as words: ``Learning rate``. Layers show their names as torch has them."""
        return self.name.replace("_", " ").capitalize()

    @property
    def many(self) -> bool:
        """Whether the value is a tuple of numbers."""
        return self.kind in LENGTHS or self.kind in (FieldKind.INTEGERS, FieldKind.REALS)

    def _number(self, value: object) -> bool:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return False
        if self.kind in (FieldKind.REAL, FieldKind.REALS):
            try:
                if not math.isfinite(value):
                    return False
            except OverflowError:  # an integer beyond the largest float
                return False
        elif not isinstance(value, int):
            return False
        above = value > self.minimum if self.open_minimum else value >= self.minimum
        below = value < self.maximum if self.open_maximum else value <= self.maximum
        return above and below

    def rule(self) -> Message:
        """What the field accepts, as a sentence without a subject."""
        if self.kind is FieldKind.FLAG:
            return say("must be true or false")
        if self.kind is FieldKind.CHOICE:
            return say("must be one of {words}", words=", ".join(self.words))
        if self.kind is FieldKind.REAL:
            return self._rule_of_a_real()
        numbers = self._rule_of_several()
        if self.words:
            return say("{numbers}, or {words}", numbers=numbers, words=", ".join(self.words))
        return numbers

    def _rule_of_a_real(self) -> Message:
        low, high = show(self.minimum), show(self.maximum)
        if self.maximum == math.inf:
            if self.open_minimum:
                return say("must be a number above {low}", low=low)
            return say("must be a number of at least {low}", low=low)
        if self.open_minimum or self.open_maximum:
            return say("must be a number between {low} and {high}", low=low, high=high)
        return say("must be a number from {low} to {high}", low=low, high=high)

    def _rule_of_several(self) -> Message:
        """For one or more whole numbers, or a list of numbers."""
        low, high = show(self.minimum), show(self.maximum)
        least, most = self.lengths
        return {
            FieldKind.INTEGER: say(
                "must be a whole number from {low} to {high}", low=low, high=high
            ),
            FieldKind.PAIR: say(
                "must be two whole numbers from {low} to {high}", low=low, high=high
            ),
            FieldKind.TRIPLE: say(
                "must be three whole numbers from {low} to {high}", low=low, high=high
            ),
            FieldKind.EXTENT: say(
                "must be one to four whole numbers from {low} to {high}", low=low, high=high
            ),
            FieldKind.INTEGERS: say(
                "must be {least} to {most} whole numbers from {low} to {high}",
                least=least,
                most=most,
                low=low,
                high=high,
            ),
            FieldKind.REALS: say(
                "must be {least} to {most} numbers from {low} to {high}",
                least=least,
                most=most,
                low=low,
                high=high,
            ),
        }[self.kind]


def _quoted(value: object) -> object:
    return f'"{value}"' if isinstance(value, str) else value


def show(value: object) -> str:
    """A field value as a person writes it: ``3×3``, ``off``, ``0.5``; long text is cut."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, tuple):
        text = "×".join(show(v) for v in value[:_SHOWN])
        return text if len(text) <= _SHOWN else text[: _SHOWN - 3] + "…"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, str):
        text = value
    else:
        try:
            text = repr(value)
        except ValueError:  # Python refuses to write integers of thousands of digits
            text = "a number of thousands of digits"
    text = "".join(c if c.isprintable() else "�" for c in text[: _SHOWN + 1])
    return text if len(text) <= _SHOWN else text[: _SHOWN - 3] + "…"


class Declaration(BaseModel):
    """Base of layers and settings: frozen, strict, no extra fields, every value in range."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    @field_validator("*", mode="wrap")
    @classmethod
    def _check(cls, value: Any, handler: Any, info: ValidationInfo) -> Any:
        assert info.field_name is not None
        try:
            spec = fields_of(cls)[info.field_name]
            spec.check(value)
        except FieldError as error:
            raise _Refused(error) from None
        if spec.kind is FieldKind.REAL and value is not None:
            return float(value)
        if spec.kind is FieldKind.REALS:
            return tuple(float(number) for number in value)
        handler(value)
        return value  # not the handler's copy: traced integers stay traced

    @classmethod
    def make(cls, values: Mapping[str, Any]) -> Self:
        """Build from named values. Raises FieldError: one sentence about the first bad field."""
        try:
            return cls(**values)
        except ValidationError as problem:
            detail = problem.errors()[0]
            cause = detail.get("ctx", {}).get("error")
            if isinstance(cause, _Refused):
                raise cause.error from None
            name = str(detail["loc"][0]) if detail["loc"] else cls.__name__
            if detail["type"] == "extra_forbidden":
                raise FieldError(
                    say(
                        "{type} has no setting called {field}; it has {fields}",
                        type=cls.__name__,
                        field=show(name),
                        fields=", ".join(cls.model_fields) or say("none"),
                    ),
                    name,
                    detail["input"],
                ) from None
            spec = fields_of(cls).get(name)
            rule = spec.rule() if spec else say("is not legal")
            raise FieldError(
                say("{field} {value}: {rule}", field=name, value=show(detail["input"]), rule=rule),
                name,
                detail["input"],
            ) from None

    def values(self) -> dict[str, Any]:
        """All fields by name."""
        return {name: getattr(self, name) for name in type(self).model_fields}

    def changed(self, **values: Any) -> Self:
        """A copy with some fields changed. Raises FieldError."""
        return self.make({**self.values(), **values})

    def differing(self) -> dict[str, Any]:
        """The fields that differ from their defaults."""
        specs = fields_of(type(self))
        return {n: v for n, v in self.values().items() if v != specs[n].default}


class _Refused(ValueError):
    def __init__(self, error: FieldError) -> None:
        super().__init__(str(error))
        self.error = error


def fields_of(declaration: type[Declaration]) -> dict[str, FieldSpec]:
    """The fields of a declaration in their order, as the form shows them."""
    # Kept at the type itself, since those of blocks go with their project.
    kept: dict[str, FieldSpec] | None = declaration.__dict__.get(_SPECS)
    if kept is None:
        kept = _specs(declaration)
        setattr(declaration, _SPECS, kept)
    return kept


_SPECS = "__field_specs__"


def _specs(declaration: type[Declaration]) -> dict[str, FieldSpec]:
    specs = {}
    for name, info in declaration.model_fields.items():
        extra: dict[str, Any] = {}
        if isinstance(info.json_schema_extra, dict):
            extra.update(info.json_schema_extra)
        extra["words"] = tuple(extra.get("words", ()))
        kind = FieldKind(extra.pop("kind"))
        extra["lengths"] = tuple(extra.get("lengths", LENGTHS.get(kind, (1, 1))))
        specs[name] = FieldSpec(name=name, kind=kind, default=info.default, **extra)
    return specs
