"""Which weights of a file go where: by name, by order, from both ends, or by a table.

Nothing here reads a value or imports torch: names, shapes and kinds of number decide.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from backend.weights.pairing import TensorShape, by_ends, by_order, is_counter
from backend.weights.reading import WeightsError, WeightsFile
from graph.values.declaration import show
from graph.values.message import Message, say, say_count

Way = Literal["name", "order", "ends", "table"]
WAYS: tuple[Way, ...] = get_args(Way)

WRAPPERS = ("module", "_orig_mod")
"""Under these names nn.DataParallel, torch.compile and their kin hold the network."""

_SHOWN = 3  # names in a message


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
    wrapper: str = ""
    """The beginning that the file's names have and those of the network have not."""

    @property
    def complete(self) -> bool:
        """Whether network and file fit without a rest."""
        return not (self.missing or self.left_over or self.wrong)

    def sentence(self) -> Message:
        """How many tensors fit, and what is not taken over."""
        sentence = self._fit()
        if not self.wrapper:
            return sentence
        return say(
            '{sentence} The beginning "{wrapper}" of its names is left out.',
            sentence=sentence,
            wrapper=show(self.wrapper),
        )

    def _fit(self) -> Message:
        total = len(self.taken) + len(self.missing) + len(self.wrong)
        if self.complete:
            return say_count(
                "The {n} tensor of {file} fits.",
                "All {n} tensors of {file} fit.",
                total,
                file=self.path.name,
            )
        parts = [
            say_count(
                "{taken} of {n} tensor is taken from {file}",
                "{taken} of {n} tensors are taken from {file}",
                total,
                taken=len(self.taken),
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


def match(
    wanted: Mapping[str, TensorShape],
    file: WeightsFile,
    by: Way = "name",
    table: Mapping[str, str] | None = None,
) -> Matching:
    """Find the partner of each tensor in ``wanted``, which is in the order of state_dict.

    ``order`` pairs modules with the same tensors, names aside, first with first (backend.weights.
    pairing). ``ends`` starts a deeper network from a shallower one:
    layers of equal shapes are paired from the end as long as they are equal, then from the start,
    each with the next that suits; what is between stays as it was. ``table`` maps names or their
    beginnings (up to a dot, or "") in the network to those in the file; what it does not name
    keeps its name. Counters of batches are paired only where both sides have them.
    Raises WeightsError for a table that names what the network has not.
    """
    names, wrapper = ({n: n for n in file.shapes}, "") if by == "table" else _bare(wanted, file)
    shapes = {name: file.shapes[stored] for name, stored in names.items()}
    if by == "order":
        pairs = by_order(wanted, shapes)
    elif by == "ends":
        pairs = by_ends(wanted, shapes)
    else:
        renamed = _renamed(wanted, table or {}) if by == "table" else {n: n for n in wanted}
        pairs = {name: old for name, old in renamed.items() if old in shapes}
    taken = {name: names[old] for name, old in pairs.items() if wanted[name] == shapes[old]}
    wrong = tuple(
        Misfit(name, names[old], wanted[name], shapes[old])
        for name, old in pairs.items()
        if name not in taken
    )
    used = set(pairs.values())
    return Matching(
        file.path,
        taken,
        tuple(n for n in wanted if n not in pairs and not is_counter(n)),
        tuple(names[n] for n in shapes if n not in used and not is_counter(n)),
        wrong,
        wrapper,
    )


def _bare(wanted: Iterable[str], file: WeightsFile) -> tuple[dict[str, str], str]:
    """The file's own names by those that suit the network better, and what was left out of them.

    A network that ran on several devices or was compiled is saved inside a wrapper, whose name
    then stands in all of its names; others save it as a part of something larger.
    """
    known = set(wanted)
    plain = {name: name for name in file.shapes}
    best = plain, ""
    inside = [word for word in WRAPPERS if any(word in name.split(".") for name in plain)]
    bare = {_without(name, inside): name for name in plain}
    for names, left_out in ((plain, ""), (bare, ", ".join(f"{word}." for word in inside))):
        while len(names) == len(plain):
            if _hits(names, known) > _hits(best[0], known):
                best = names, left_out
            beginnings = {_first(name) for name in _counted(names)}
            if len(beginnings) != 1 or not (word := beginnings.pop()):
                break
            names = {name.removeprefix(f"{word}."): stored for name, stored in names.items()}
            left_out = f"{left_out}{word}."
    return best


def _counted(names: Iterable[str]) -> list[str]:
    return [name for name in names if not is_counter(name)]


def _hits(names: Mapping[str, str], known: set[str]) -> int:
    return len(known & names.keys())


def _first(name: str) -> str:
    return name.partition(".")[0] if "." in name else ""


def _without(name: str, words: Collection[str]) -> str:
    return ".".join(part for part in name.split(".") if part not in words)


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


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) != len(pairs):
        raise ValueError
    return dict(pairs)


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
