"""Registration: the decorator that makes a class a layer type.

``@register`` stands above the class in its family's file, and nothing else need be told of it: the
families are gathered in graph.layers.registry. Names are checked here, where types are declared,
so that a clash ends the program at import, in a sentence that names both classes.
"""

from __future__ import annotations

from types import ModuleType
from typing import TypeVar

from graph.layers.base.layer import Layer

Kind = TypeVar("Kind", bound=type[Layer])

_TYPES: dict[str, type[Layer]] = {}
"""Every name that a file may have for a layer type, its own or an older one -> the type."""


def register(kind: Kind) -> Kind:
    """Make a class a layer type under its own name and those in ``renamed``.

    Raises ValueError where one of them is taken, and then nothing is registered.
    """
    names = (kind.type_name(), *kind.renamed)
    for number, name in enumerate(names):
        other = kind if name in names[:number] else _TYPES.get(name)
        if other is not None:
            raise ValueError(f"{_place(kind)} cannot be called {name}: that is {_place(other)}")
    _TYPES.update(dict.fromkeys(names, kind))
    return kind


def registered(family: ModuleType) -> tuple[type[Layer], ...]:
    """The layer types declared in one file, in the order in which they stand there."""
    return tuple(
        kind
        for name, kind in _TYPES.items()
        if name == kind.type_name() and kind.__module__ == family.__name__
    )


def _place(kind: type[Layer]) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"
