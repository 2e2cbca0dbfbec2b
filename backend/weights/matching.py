"""Which weights of a file go where: by name, by order, from both ends, or by a table.

Nothing here reads a value or imports torch: names, shapes and kinds of number decide.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

import safetensors

from graph.document.files import reason_of
from graph.values.declaration import show
from graph.values.message import Message, UserError, say

TensorShape = tuple[int, ...]
Way = Literal["name", "order", "ends", "table"]
WAYS: tuple[Way, ...] = get_args(Way)

ORDER = "order"
"""The file's metadata under this key is the names as a JSON list, in the order of state_dict."""

MOST_TENSORS = 100_000
TYPES = frozenset({"F64", "F32", "F16", "BF16", "I64", "I32", "I16", "I8", "U8", "BOOL"})
COUNTER = "num_batches_tracked"

_PICKLES = (b"PK\x03\x04", b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05")
_LEAVES = ("weight", "bias", "running_mean", "running_var")
_SHOWN = 3  # names in a message


class WeightsError(UserError):
    """Weights that cannot be read, or do not fit."""


@dataclass(frozen=True, slots=True)
class WeightsFile:
    """What a safetensors file holds: shapes by name, in the order of the module it came from as
    far as the file tells."""

    path: Path
    shapes: Mapping[str, TensorShape]


@dataclass(frozen=True, slots=True)
class Misfit:
    """A tensor of the network and the one of the file that would go there."""

    target: str
    source: str
    wanted: TensorShape
    found: TensorShape


@dataclass(frozen=True, slots=True)
class Matching:
    """What goes where: ``taken`` maps names of the network to names of the file, ``missing`` are
    names of the network without a partner, ``left_over`` those of the file."""

    path: Path
    taken: Mapping[str, str]
    missing: tuple[str, ...] = ()
    left_over: tuple[str, ...] = ()
    wrong: tuple[Misfit, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether network and file fit without a rest."""
        return not (self.missing or self.left_over or self.wrong)

    def sentence(self) -> Message:
        """How many tensors fit, and what is not taken over."""
        total = len(self.taken) + len(self.missing) + len(self.wrong)
        if self.complete:
            return say("All {n} tensors of {file} fit.", n=total, file=self.path.name)
        parts = [
            say(
                "{n} of {total} tensors are taken from {file}",
                n=len(self.taken),
                total=total,
                file=self.path.name,
            )
        ]
        if self.missing:
            parts.append(say("new: {names}", names=some(self.missing)))
        if self.wrong:
            parts.append(say("other shape: {names}", names=some(m.target for m in self.wrong)))
        if self.left_over:
            parts.append(say("not used: {names}", names=some(self.left_over)))
        sentence = parts[0]
        for part in parts[1:]:
            sentence = say("{first}; {then}", first=sentence, then=part)
        return say("{text}.", text=sentence)


def read_weights(path: Path) -> WeightsFile:
    """Names and shapes of a safetensors file; no value is read. Raises WeightsError."""
    if not path.exists():
        raise WeightsError(say("There is no file {path}; choose another one.", path=str(path)))
    if not path.is_file():
        raise WeightsError(say("{path} is not a file; choose a .safetensors file.", path=str(path)))
    try:
        _refuse_pickle(path)
        with safetensors.safe_open(path, framework="np") as file:
            slices = {name: file.get_slice(name) for name in file.keys()}  # noqa: SIM118
            kinds = {name: str(part.get_dtype()) for name, part in slices.items()}
            shapes = {name: tuple(part.get_shape()) for name, part in slices.items()}
            order = (file.metadata() or {}).get(ORDER)
    except (OSError, safetensors.SafetensorError) as error:
        raise WeightsError(unreadable(path, error)) from error
    if len(shapes) > MOST_TENSORS:
        raise WeightsError(
            say(
                "{path} holds {n} tensors, more than any network here.",
                path=str(path),
                n=len(shapes),
            )
        )
    for name, kind in kinds.items():
        if kind not in TYPES:
            raise WeightsError(
                say(
                    "{path}: {name} holds numbers of type {kind}; save it as float32.",
                    path=str(path),
                    name=show(name),
                    kind=kind,
                )
            )
    return WeightsFile(path, {name: shapes[name] for name in _ordered(shapes, order)})


def match(
    wanted: Mapping[str, TensorShape],
    file: WeightsFile,
    by: Way = "name",
    table: Mapping[str, str] | None = None,
) -> Matching:
    """Find the partner of each tensor in ``wanted``, which is in the order of state_dict.

    ``order`` pairs the tensors one by one. ``ends`` starts a deeper network from a shallower one:
    layers of equal shapes are paired from the end as long as they are equal, then from the start,
    each with the next that suits; what is between stays as it was. ``table`` maps names or their
    beginnings (up to a dot, or "") in the network to those in the file; what it does not name
    keeps its name. Counters of batches are paired only where both sides have them.
    Raises WeightsError for a table that names what the network has not.
    """
    if by == "order":
        pairs = _by_order(wanted, file.shapes)
    elif by == "ends":
        pairs = _by_ends(wanted, file.shapes)
    else:
        renamed = _renamed(wanted, table or {}) if by == "table" else {n: n for n in wanted}
        pairs = {name: old for name, old in renamed.items() if old in file.shapes}
    taken = {name: old for name, old in pairs.items() if wanted[name] == file.shapes[old]}
    wrong = tuple(
        Misfit(name, old, wanted[name], file.shapes[old])
        for name, old in pairs.items()
        if name not in taken
    )
    used = set(pairs.values())
    return Matching(
        file.path,
        taken,
        tuple(n for n in wanted if n not in pairs and not _is_counter(n)),
        tuple(n for n in file.shapes if n not in used and not _is_counter(n)),
        wrong,
    )


def read_table(path: Path) -> dict[str, str]:
    """A JSON object of names. Raises WeightsError."""
    try:
        if not path.is_file() or path.stat().st_size > 1 << 20:
            raise ValueError
        table = json.loads(path.read_bytes(), object_pairs_hook=_once)
        if not isinstance(table, dict) or not all(isinstance(v, str) for v in table.values()):
            raise ValueError
    except (OSError, ValueError, RecursionError) as error:
        raise WeightsError(
            say(
                "{path} is not a table of names; write a JSON object of names in the network "
                "and names in the file.",
                path=str(path),
            )
        ) from error
    return table


def some(names: Iterable[str]) -> str:
    """The first names, and how many there are in all."""
    known = [show(name) for name in names]
    more = f" … ({len(known)})" if len(known) > _SHOWN else ""
    return ", ".join(known[:_SHOWN]) + more


def unreadable(path: Path, error: Exception) -> Message:
    """Why a file is not weights."""
    return say(
        "{path} cannot be read as weights: {reason}. Choose a complete .safetensors file.",
        path=str(path),
        reason=show(reason_of(error).rstrip(".")),
    )


def _refuse_pickle(path: Path) -> None:
    with path.open("rb") as file:
        start = file.read(8)
    if start.startswith(_PICKLES):
        raise WeightsError(
            say(
                "{path} is a pickled file, which could run any program when it is opened; save "
                "the weights as .safetensors.",
                path=str(path),
            )
        )


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) != len(pairs):
        raise ValueError
    return dict(pairs)


# Order


def _ordered(names: Iterable[str], order: str | None) -> Sequence[str]:
    """The names in the order that the file records, else as a person would list them."""
    known = set(names)
    try:
        recorded = json.loads(order or "null")
    except (ValueError, RecursionError):
        recorded = None
    if isinstance(recorded, list) and all(isinstance(name, str) for name in recorded):
        told: list[str] = recorded
        if len(told) == len(known) and set(told) == known:
            return told
    return sorted(known, key=_place)


def _place(name: str) -> tuple[Any, ...]:
    layer, _, leaf = name.rpartition(".")
    rank = _LEAVES.index(leaf) if leaf in _LEAVES else len(_LEAVES)
    # Text and numbers take turns, so that 2 comes before 10.
    parts = [int(p[:18]) if p.isdecimal() and p.isascii() else p for p in re.split(r"(\d+)", layer)]
    return [(isinstance(p, str), p) for p in parts], rank, leaf


def _is_counter(name: str) -> bool:
    return name.rpartition(".")[2] == COUNTER


def _compared(wanted: Iterable[str], found: Iterable[str]) -> tuple[list[str], list[str]]:
    """The names of both sides; without counters where only one side has them."""
    ours, theirs = list(wanted), list(found)
    if any(map(_is_counter, ours)) != any(map(_is_counter, theirs)):
        ours = [name for name in ours if not _is_counter(name)]
        theirs = [name for name in theirs if not _is_counter(name)]
    return ours, theirs


def _by_order(
    wanted: Mapping[str, TensorShape], found: Mapping[str, TensorShape]
) -> dict[str, str]:
    ours, theirs = _compared(wanted, found)
    return dict(zip(ours, theirs, strict=False))


# From both ends


@dataclass(frozen=True, slots=True)
class _Layer:
    names: tuple[str, ...]
    shapes: tuple[TensorShape, ...]


def _by_ends(wanted: Mapping[str, TensorShape], found: Mapping[str, TensorShape]) -> dict[str, str]:
    our_names, their_names = _compared(wanted, found)
    ours, theirs = _layers(our_names, wanted), _layers(their_names, found)
    pairs: list[tuple[_Layer, _Layer]] = []
    while ours and theirs and ours[-1].shapes == theirs[-1].shapes:
        pairs.append((ours.pop(), theirs.pop()))
    start = 0
    for layer in theirs:
        place = next((i for i in range(start, len(ours)) if ours[i].shapes == layer.shapes), None)
        if place is None:
            break
        pairs.append((ours[place], layer))
        start = place + 1
    return {
        name: old for one, other in pairs for name, old in zip(one.names, other.names, strict=True)
    }


def _layers(names: Iterable[str], shapes: Mapping[str, TensorShape]) -> list[_Layer]:
    """Tensors of one module together, in order."""
    groups: dict[str, list[str]] = {}
    for name in names:
        groups.setdefault(name.rpartition(".")[0], []).append(name)
    return [_Layer(tuple(g), tuple(shapes[name] for name in g)) for g in groups.values()]


# By a table


def _renamed(wanted: Mapping[str, TensorShape], table: Mapping[str, str]) -> dict[str, str]:
    used: set[str] = set()
    renamed = {}
    for name in wanted:
        key = _longest(name, table)
        used |= set() if key is None else {key}
        renamed[name] = name if key is None else _replaced(name, key, table[key])
    unknown = [key for key in table if key not in used]
    if unknown:
        raise WeightsError(
            say("The table names {names}, which the network does not have.", names=some(unknown))
        )
    return renamed


def _longest(name: str, table: Mapping[str, str]) -> str | None:
    part = name
    while part:
        if part in table:
            return part
        part = part.rpartition(".")[0]
    return "" if "" in table else None


def _replaced(name: str, key: str, value: str) -> str:
    rest = name[len(key) :].removeprefix(".")
    return ".".join(part for part in (value, rest) if part)
