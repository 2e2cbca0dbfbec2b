"""Starting from weights: a safetensors file is read, matched with a network, and copied into it.

Only names, shapes and numbers are read; no file runs code. Values are copied and never used where
they were read: a matrix product's last bit may depend on where its factors lie, and only torch's
own memory always begins at the same boundary.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import safetensors
import torch
from torch import Tensor, nn

from backend.model.build import build
from backend.weights.matching import (
    Matching,
    TensorShape,
    WeightsError,
    match,
    read_table,
    read_weights,
    some,
    unreadable,
)
from backend.weights.start import Start
from graph.calls.plan import Plan
from graph.values.message import Message, say


def shapes_of(plan: Plan) -> dict[str, TensorShape]:
    """Names and shapes of a plan's weights, in the order of state_dict. Raises BuildError."""
    with torch.device("meta"):
        module = build(plan, initialise=False)
    return _shapes(module)


def match_start(shapes: Mapping[str, TensorShape], start: Start) -> Matching:
    """What of a file goes where. Raises WeightsError, also where nothing at all fits."""
    file = read_weights(start.path)
    table = read_table(start.table) if start.table is not None else None
    matching = match(shapes, file, start.way, table)
    if start.strict:
        _refuse_rest(matching)
    elif not matching.taken:
        raise WeightsError(
            say(
                "None of the {n} tensors in {file} fits this network; choose another way to match "
                "or another file.",
                n=len(file.shapes),
                file=start.path.name,
            )
        )
    return matching


def apply(module: nn.Module, matching: Matching, partial: bool = False) -> None:
    """Copy what was matched into the module's own tensors. Raises WeightsError and then changes
    nothing: for values that cannot be read or are of another kind of number, and, unless
    ``partial``, for anything left."""
    if not partial:
        _refuse_rest(matching)
    wanted = module.state_dict()
    values: dict[str, Tensor] = {}
    try:
        with safetensors.safe_open(matching.path, framework="pt") as file:
            for name, source in matching.taken.items():
                values[name] = file.get_tensor(source)
    except (OSError, safetensors.SafetensorError) as error:
        raise WeightsError(unreadable(matching.path, error)) from error
    for name, value in values.items():
        target = wanted[name]
        if value.shape != target.shape or value.is_floating_point() != target.is_floating_point():
            raise _misfit(matching.path, say("{name} has another type", name=name))
    with torch.no_grad():
        for name, value in values.items():
            wanted[name].copy_(value)


def load_weights(module: nn.Module, path: Path) -> None:
    """Copy a safetensors file that fits a module exactly, name by name. Raises WeightsError and
    then changes nothing."""
    apply(module, match(_shapes(module), read_weights(path)))


def start_from(module: nn.Module, start: Start) -> Matching:
    """Copy the weights of a start into a module. Raises WeightsError and then changes nothing."""
    matching = match_start(_shapes(module), start)
    apply(module, matching, partial=not start.strict)
    return matching


def _shapes(module: nn.Module) -> dict[str, TensorShape]:
    return {name: tuple(value.shape) for name, value in module.state_dict().items()}


def _refuse_rest(matching: Matching) -> None:
    path = matching.path
    if matching.missing:
        raise _misfit(path, say("{names} missing", names=some(matching.missing)))
    if matching.left_over:
        raise _misfit(path, say("the network has no {names}", names=some(matching.left_over)))
    if matching.wrong:
        first = matching.wrong[0]
        raise _misfit(
            path,
            say(
                "{name} is {found}, the network needs {wanted}",
                name=first.target,
                found=_size(first.found),
                wanted=_size(first.wanted),
            ),
        )


def _misfit(path: Path, detail: Message) -> WeightsError:
    return WeightsError(
        say(
            "The weights in {path} do not fit this network: {detail}. Open the network they were "
            "trained with, or choose a match that takes what fits.",
            path=path.name,
            detail=detail,
        )
    )


def _size(shape: TensorShape) -> str:
    return "×".join(map(str, shape)) or "a single number"
