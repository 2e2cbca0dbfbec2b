"""Weights on disk: safetensors, with a strict JSON record beside them.

A file is written to a temporary one in the same folder and then renamed, so that there is always
the old one or the new one.
"""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import safetensors.torch
import torch
from torch import nn

from backend.weights.names import SUFFIX
from backend.weights.reading import ORDER
from graph.document.files import reason_of, write_bytes
from graph.values.message import Message, say


def save_weights(module: nn.Module, path: Path, record: Mapping[str, Any] | None = None) -> None:
    """Write ``state_dict`` to ``path``, names, types and shapes as they are, and ``record`` as JSON
    beside it. Raises OSError, and ValueError for a number in the record that is not finite."""
    tensors = {
        name: tensor.detach().cpu().contiguous() for name, tensor in module.state_dict().items()
    }
    # The file sorts its tensors; the order of the module is kept for matching by order.
    order = {ORDER: json.dumps(list(tensors), ensure_ascii=False)}
    write_bytes(path, safetensors.torch.save(tensors, order))
    if record is not None:
        text = json.dumps(record, allow_nan=False, ensure_ascii=False, indent=2)
        write_bytes(path.with_suffix(".json"), f"{text}\n".encode())


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
                reason=reason_of(error),
            )
        return None


def _versions() -> dict[str, str]:
    return {"python": platform.python_version(), "torch": str(torch.__version__)}
