"""Names and shapes of a weights file; no value is read, and torch is not imported."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import safetensors

from backend.weights.pairing import TensorShape, forward_order
from graph.document.files import reason_of
from graph.values.declaration import show
from graph.values.message import Message, UserError, say, say_count

ORDER = "order"
"""The file's metadata under this key is the names as a JSON list, in the order of state_dict."""

MOST_TENSORS = 100_000
TYPES = frozenset({"F64", "F32", "F16", "BF16", "I64", "I32", "I16", "I8", "U8", "BOOL"})

_PICKLES = (b"PK\x03\x04", b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05")

CONVERT = (
    "import torch, safetensors.torch; d = torch.load({old!r}, weights_only=True, "
    "map_location='cpu'); d = d.get('state_dict', d); safetensors.torch.save_file("
    "{{k: v.clone() for k, v in d.items() if torch.is_tensor(v)}}, {new!r})"
)
"""A line of Python that turns a pickled state_dict into a safetensors file."""


class WeightsError(UserError):
    """Weights that cannot be read, or do not fit."""


@dataclass(frozen=True, slots=True)
class WeightsFile:
    """What a safetensors file holds: shapes by name, in the order of the module it came from as
    far as the file tells."""

    path: Path
    shapes: Mapping[str, TensorShape]


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
            say_count(
                "{path} holds {n} tensor, more than any network here.",
                "{path} holds {n} tensors, more than any network here.",
                len(shapes),
                path=str(path),
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


def _refuse_pickle(path: Path) -> None:
    """A pickle may run any program. torch's weights-only reader is no way round: it fell twice
    (CVE-2025-32434, CVE-2026-24747), so whoever trusts a file converts it on their own."""
    with path.open("rb") as file:
        start = file.read(8)
    if start.startswith(_PICKLES):
        new = str(path.with_suffix(".safetensors"))
        raise WeightsError(
            say(
                "{path} is a pickled file, which could run any program when it is opened; if you "
                "trust it, save it as .safetensors with this line of Python: {line}",
                path=str(path),
                line=CONVERT.format(old=str(path), new=new),
            )
        )


def unreadable(path: Path, error: Exception) -> Message:
    """Why a file is not weights."""
    return say(
        "{path} cannot be read as weights: {reason}. Choose a complete .safetensors file.",
        path=str(path),
        reason=show(reason_of(error).rstrip(".")),
    )


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
    return forward_order(known)
