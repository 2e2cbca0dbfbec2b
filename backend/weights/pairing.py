"""Which tensors of two networks belong together, where their names say nothing.

A tensor's role is the last part of its name, a module is what comes before, and two modules are
alike if they have the same roles with the same shapes. A module that is alike several others is
told from them by what stands around it, from its own parent outward, and only then by its order.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

TensorShape = tuple[int, ...]

COUNTER = "num_batches_tracked"
_COUNTERS = frozenset({COUNTER, "n_averaged"})

_ROLES = ("weight", "bias", "running_mean", "running_var")
_NORMS = ("bn", "norm", "batchnorm")
_LATE = ("aux", "fc", "linear", "classifier", "head", "out", "last")
"""How parts are called that stand at the end, whatever their number."""


def is_counter(name: str) -> bool:
    """Whether a tensor counts the batches of a normalisation, or the networks of an average."""
    return name.rpartition(".")[2] in _COUNTERS


@dataclass(frozen=True, slots=True)
class _Module:
    """The tensors of one module: their names by role, and shapes by role, counters aside."""

    path: tuple[str, ...]
    names: Mapping[str, str]
    kind: frozenset[tuple[str, TensorShape]]


def by_order(wanted: Mapping[str, TensorShape], found: Mapping[str, TensorShape]) -> dict[str, str]:
    """Pair all modules that are alike, first with first: for names in ``wanted`` those in
    ``found``, both tensor shapes by name. Where one side has more of a kind, none of them is
    certain, and none is paired."""
    ours, theirs = _modules(wanted), _modules(found)
    our_places, their_places = _surroundings(ours), _surroundings(theirs)
    pairs: list[tuple[_Module, _Module]] = []
    for kind in dict.fromkeys(module.kind for module in ours):
        pairs += _told_apart(
            [(m, our_places[m.path]) for m in ours if m.kind == kind],
            [(m, their_places[m.path]) for m in theirs if m.kind == kind],
            0,
        )
    return _joined(pairs)


def by_ends(wanted: Mapping[str, TensorShape], found: Mapping[str, TensorShape]) -> dict[str, str]:
    """Pair equal modules from the end as long as they are alike, then from the start, each with the
    next that is; what is between stays alone. Takes and gives what ``by_order`` does: shapes by
    name, and names for names."""
    ours, theirs = _modules(wanted), _modules(found)
    pairs: list[tuple[_Module, _Module]] = []
    while ours and theirs and ours[-1].kind == theirs[-1].kind:
        pairs.append((ours.pop(), theirs.pop()))
    start = 0
    for module in theirs:
        place = next((i for i in range(start, len(ours)) if ours[i].kind == module.kind), None)
        if place is None:
            break
        pairs.append((ours[place], module))
        start = place + 1
    return _joined(pairs)


def forward_order(names: Iterable[str]) -> Sequence[str]:
    """The names as most networks run: conv1, bn1, conv2 …, with what has no number at the end."""
    return sorted(names, key=_place)


def _modules(shapes: Mapping[str, TensorShape]) -> list[_Module]:
    """The modules in the order of their first tensors."""
    groups: dict[str, dict[str, str]] = {}
    for name in shapes:
        module, _, role = name.rpartition(".")
        groups.setdefault(module, {})[role] = name
    return [
        _Module(
            tuple(module.split(".")),
            names,
            frozenset((role, shapes[n]) for role, n in names.items() if role not in _COUNTERS),
        )
        for module, names in groups.items()
        if names.keys() - _COUNTERS
    ]


def _joined(pairs: Iterable[tuple[_Module, _Module]]) -> dict[str, str]:
    return {
        name: other.names[role]
        for module, other in pairs
        for role, name in module.names.items()
        if role in other.names
    }


# What stands around a module

_Place = tuple[Hashable, ...]
_Placed = tuple[_Module, _Place]


def _surroundings(modules: Sequence[_Module]) -> dict[tuple[str, ...], _Place]:
    """For each module the kinds that its parents hold, from its own outward; parents that hold
    the same as their child say nothing and are left out."""
    held: dict[tuple[str, ...], Counter[object]] = defaultdict(Counter)
    for module in modules:
        for length in range(len(module.path)):
            held[module.path[:length]][module.kind] += 1
    frozen = {path: frozenset(kinds.items()) for path, kinds in held.items()}
    return {
        module.path: tuple(
            dict.fromkeys(frozen[module.path[:n]] for n in reversed(range(len(module.path))))
        )
        for module in modules
    }


def _told_apart(
    ours: list[_Placed], theirs: list[_Placed], depth: int
) -> list[tuple[_Module, _Module]]:
    """Pairs of modules of one kind: those with equal surroundings first, then in order."""
    if len(ours) == len(theirs) == 1:
        return [(ours[0][0], theirs[0][0])]
    our_groups, their_groups = _grouped(ours, depth), _grouped(theirs, depth)
    pairs: list[tuple[_Module, _Module]] = []
    rest_of_ours, rest_of_theirs = list(ours), list(theirs)
    for around, group in our_groups.items():
        others = their_groups.get(around, [])
        if around is None or len(group) != len(others):
            continue
        pairs += _told_apart(group, others, depth + 1)
        rest_of_ours = [entry for entry in rest_of_ours if entry not in group]
        rest_of_theirs = [entry for entry in rest_of_theirs if entry not in others]
    if len(rest_of_ours) == len(rest_of_theirs):
        pairs += [(a[0], b[0]) for a, b in zip(rest_of_ours, rest_of_theirs, strict=True)]
    return pairs


def _grouped(modules: Iterable[_Placed], depth: int) -> dict[Hashable, list[_Placed]]:
    groups: dict[Hashable, list[_Placed]] = {}
    for module, place in modules:
        groups.setdefault(place[depth] if depth < len(place) else None, []).append((module, place))
    return groups


# Order


def _place(name: str) -> tuple[object, ...]:
    module, _, role = name.rpartition(".")
    rank = _ROLES.index(role) if role in _ROLES else len(_ROLES)
    return tuple(_part(part) for part in module.split(".")), rank, role


def _part(part: str) -> tuple[object, ...]:
    """One part of a module's name: numbers decide, of equal ones a convolution comes before its
    normalisation, and before what is named for a stage."""
    word = re.match(r"[^\d]*", part)
    stem = word.group() if word else ""
    # Text and numbers take turns, so that 2 comes before 10.
    pieces = [
        (0, int(piece[:18]), "") if piece.isdecimal() and piece.isascii() else (1, 0, piece)
        for piece in re.split(r"(\d+)", part)
        if piece
    ]
    numbers = [piece[1] for piece in pieces if piece[0] == 0]
    late = not numbers or stem.lower().rstrip("_").startswith(_LATE)
    kind = 0 if stem.startswith("conv") else 1 if stem in _NORMS else 2
    return late, numbers[:1] or [0], kind, pieces
