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
from backend.weights.matching import Matching, match, read_table, some
from backend.weights.pairing import TensorShape
from backend.weights.reading import WeightsError, read_weights, unreadable
from backend.weights.start import Start
from graph.calls.plan import Plan
from graph.values.message import Message, say, say_count


def shapes_of(plan: Plan) -> dict[str, TensorShape]:
    """Names and shapes of a plan's weights, in the order of state_dict. Raises BuildError."""
    with torch.device("meta"):
        module = build(plan, initialise=False)
    return _shapes(module)


def match_start(shapes: Mapping[str, TensorShape], start: Start) -> Matching:
    """What of a file goes where, for a network with tensors of these names and ``shapes``, in the
    order of state_dict. Raises WeightsError, also where nothing at all fits."""
    file = read_weights(start.path)
    table = read_table(start.table) if start.table is not None else None
    matching = match(shapes, file, start.way, table)
    if start.strict:
        _refuse_rest(matching)
    elif not matching.taken:
        raise WeightsError(
            say_count(
                "The {n} tensor in {file} does not fit this network; choose another way to match "
                "or another file.",
                "None of the {n} tensors in {file} fits this network; choose another way to match "
                "or another file.",
                len(file.shapes),
                file=start.path.name,
            )
        )
    return matching


class NotFiniteWeights(WeightsError):
    """Weights that would make every output infinite or not a number."""


def apply(
    module: nn.Module, matching: Matching, partial: bool = False, *, any_number: bool = False
) -> None:
    """Copy what was matched into the module's own tensors. Raises WeightsError and then changes
    nothing: for values that cannot be read or are of another kind of number, unless ``partial``
    for anything left, and unless ``any_number`` (NotFiniteWeights) for values that cannot be
    computed with."""
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
    unfit = [name for name, value in values.items() if _is_unfit(name, value.to(wanted[name]))]
    if unfit and not any_number:
        raise NotFiniteWeights(
            say(
                "{path} holds values that are infinite, not a number, or a variance below 0, in "
                "{names}; every output would be lost. Take weights from an earlier moment.",
                path=matching.path.name,
                names=some(unfit),
            )
        )
    with torch.no_grad():
        for name, value in values.items():
            wanted[name].copy_(value)


def _is_unfit(name: str, value: Tensor) -> bool:
    """Whether a tensor, in the network's own type of number, spoils all that is made of it."""
    if not value.is_floating_point():
        return False
    negative = name.endswith("running_var") and bool((value < 0).any())
    return negative or not bool(value.isfinite().all())


def load_weights(module: nn.Module, path: Path) -> None:
    """Copy a safetensors file that fits a module exactly, name by name. Raises WeightsError and
    then changes nothing."""
    apply(module, match(_shapes(module), read_weights(path)))


def start_from(module: nn.Module, start: Start) -> Matching:
    """Copy the weights of a start into a module. Raises WeightsError and then changes nothing."""
    matching = match_start(_shapes(module), start)
    apply(module, matching, partial=not start.strict, any_number=start.any_number)
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
