"""What an exported class keeps of its constructor's arguments, because ``forward`` needs it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from graph.calls.call import Apply
from graph.calls.plan import Plan
from graph.values.dims import Dim, Named, names_of

_WORD = re.compile(r"'[^']*'|\b[A-Za-z_]\w*", re.ASCII)
"""A name, or a text in quotes, which is none."""


def held(plan: Plan) -> dict[str, str]:
    """The arguments of the class that functions in ``forward`` speak of, with the attributes that
    hold them: ``scale`` -> ``self.scale``, or ``self.scale_`` beside a part called scale."""
    needed = {
        name
        for step in plan.steps
        if isinstance(step.operation, Apply)
        for value in step.operation.arguments.values()
        for name in names_of(value)
    }
    taken = {step.name for step in plan.steps}
    found: dict[str, str] = {}
    for name in plan.argument_types:
        if name in needed:
            attribute = name
            while attribute in taken:
                attribute += "_"
            taken.add(attribute)
            found[name] = f"self.{attribute}"
    return found


def through_self(operation: Apply, attributes: Mapping[str, str]) -> Apply:
    """The function with every argument of the class read from the attribute that holds it."""
    if not attributes:
        return operation
    values = {name: _read(value, attributes) for name, value in operation.arguments.items()}
    return replace(operation, arguments=values)


def _read(value: Any, attributes: Mapping[str, str]) -> Any:
    if isinstance(value, tuple):
        return tuple(_read(item, attributes) for item in value)
    if not isinstance(value, (Dim, Named)):
        return value
    text = _WORD.sub(lambda found: attributes.get(found[0], found[0]), value.expression)
    if isinstance(value, Dim):
        return Dim(int(value), text, value.level, value.names)
    return Named(value.value, text, value.level, value.names)
