"""Weights on disk: safetensors, with a strict JSON record beside them.

A file is written to a temporary one in the same folder and then renamed, so that there is always
the old one or the new one. Reading runs no code.
"""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import safetensors
import safetensors.torch
import torch
from torch import Tensor, nn

from graph.message import Message, UserError, say
from graph.project import write_bytes

SUFFIX = ".safetensors"
LAST, BEST = "model", "best"

_SHOWN = 3  # names in a message


class WeightsError(UserError):
    """Weights that cannot be read, or do not fit."""


def save_weights(module: nn.Module, path: Path, record: Mapping[str, Any] | None = None) -> None:
    """Write ``state_dict`` to ``path``, and ``record`` as JSON beside it. Raises OSError."""
    tensors = {
        name: tensor.detach().cpu().contiguous() for name, tensor in module.state_dict().items()
    }
    write_bytes(path, safetensors.torch.save(tensors))
    if record is not None:
        text = json.dumps(record, allow_nan=False, ensure_ascii=False, indent=2)
        write_bytes(path.with_suffix(".json"), f"{text}\n".encode())


def load_weights(module: nn.Module, path: Path) -> None:
    """Copy a safetensors file into a module. Raises WeightsError and then changes nothing.

    Names, shapes and kinds of number must all fit; they are checked before any value is read.
    """
    wanted = module.state_dict()
    try:
        with safetensors.safe_open(path, framework="pt") as file:
            _check(path, wanted, {name: file.get_slice(name) for name in file.keys()})  # noqa: SIM118
            found = {name: file.get_tensor(name) for name in wanted}
    except (OSError, safetensors.SafetensorError) as error:
        raise WeightsError(_unreadable(path, error)) from error
    for name, value in found.items():
        if value.is_floating_point() != wanted[name].is_floating_point():
            raise WeightsError(_misfit(path, say("{name} has another type", name=name)))
    with torch.no_grad():
        for name, value in found.items():
            wanted[name].copy_(value)


def _unreadable(path: Path, error: Exception) -> Message:
    if isinstance(error, FileNotFoundError):
        return say("There is no file {path}; choose another one.", path=str(path))
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return say(
        "{path} cannot be read as weights: {reason}. Choose a complete .safetensors file.",
        path=str(path),
        reason=reason.rstrip("."),
    )


def _check(path: Path, wanted: Mapping[str, Tensor], found: Mapping[str, Any]) -> None:
    missing = [name for name in wanted if name not in found]
    if missing:
        raise WeightsError(_misfit(path, say("{names} missing", names=_some(missing))))
    extra = [name for name in found if name not in wanted]
    if extra:
        raise WeightsError(
            _misfit(path, say("the network has no {names}", names=_some(sorted(extra))))
        )
    for name, tensor in wanted.items():
        shape = tuple(found[name].get_shape())
        if shape != tuple(tensor.shape):
            detail = say(
                "{name} is {found}, the network needs {wanted}",
                name=name,
                found=_shape(shape),
                wanted=_shape(tuple(tensor.shape)),
            )
            raise WeightsError(_misfit(path, detail))


def _misfit(path: Path, detail: Message) -> Message:
    return say(
        "The weights in {path} do not fit this network: {detail}. Open the network they were "
        "trained with.",
        path=path.name,
        detail=detail,
    )


def _some(names: list[str]) -> str:
    more = f" … ({len(names)})" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more


def _shape(shape: tuple[int, ...]) -> str:
    return "×".join(map(str, shape)) or "a single number"


class Saver:
    """Writes the weights of one training into a folder, and remembers what went wrong."""

    def __init__(self, folder: Path | None, record: Mapping[str, Any]) -> None:
        self._folder = folder
        self._record = {**record, "versions": _versions()}
        self._problems: dict[str, Message] = {}
        self._written: dict[str, Path] = {}

    def open(self) -> Message | None:
        """Make the folder. Returns why it cannot be written to, if so."""
        return self._try(self._make)

    def save(self, name: str, module: nn.Module, facts: Mapping[str, Any]) -> Message | None:
        """Write ``name`` and its record. Returns why it could not be written, if so; what was
        there under the name before is then still there."""
        folder = self._folder
        if folder is None:
            return None
        path = folder / f"{name}{SUFFIX}"
        record = {**self._record, **facts}

        def write() -> None:
            self._make()
            save_weights(module, path, record)
            self._written[name] = path

        problem = self._try(write)
        if problem is None:
            self._problems.pop(name, None)
        else:
            self._problems[name] = problem
        return problem

    def path(self, name: str) -> str | None:
        """Where ``name`` was last written, if it was."""
        found = self._written.get(name)
        return None if found is None else str(found)

    @property
    def problem(self) -> Message | None:
        """Why the latest weights of some name are not in the folder."""
        return next(iter(self._problems.values()), None)

    def _make(self) -> None:
        if self._folder is not None:
            self._folder.mkdir(parents=True, exist_ok=True)

    def _try(self, write: Any) -> Message | None:
        try:
            write()
        except OSError as error:
            return say(
                "The weights cannot be written to {folder}: {reason}. Make room or choose another "
                "folder; the training goes on without.",
                folder=str(self._folder),
                reason=error.strerror or str(error),
            )
        return None


def _versions() -> dict[str, str]:
    return {"python": platform.python_version(), "torch": str(torch.__version__)}
