"""Looking inside a network: the filters of its convolutions, and what each node makes of an image.

A look leaves no trace: modes, statistics of normalisation and random state stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, fx, nn

from backend.channel.events import Probed
from backend.channel.looking import View
from backend.data.base.prepare import Prepared, SampleImage
from backend.model.losses import main_output, make_probabilities
from backend.model.walk import Walk, path_of
from graph.calls.plan import Plan

MAX_CHANNELS = 64
"""Maps, filters and inputs of a filter that one look carries of a node."""

MAX_SIDE = 256
"""Rows and columns of a map; larger ones are thinned."""

Array = NDArray[np.float32]


class Probe:
    """Looks inside one module made by ``build(plan)``, trained or not. Not for two threads."""

    def __init__(self, module: fx.GraphModule, plan: Plan) -> None:
        self._module = module
        self._plan = plan
        self._probabilities = make_probabilities(plan)

    def filters(self, key: str) -> Array | None:
        """All filters of a convolution, float32 out×in×kh×kw; None for any other node.

        ``key`` is a node's id or a dotted path of step names.
        """
        weight = self._weight(key)
        return None if weight is None else _array(weight)

    def maps(self, x: Tensor, keys: Iterable[str]) -> dict[str, Array]:
        """What nodes give for one image, x float32 1×C×H×W normalised: float32 N×H×W each, a
        vector as 1×1×F. Unknown keys are left out; see MAX_CHANNELS and MAX_SIDE."""
        return self._forward(x, tuple(keys))[0]

    def probabilities(self, x: Tensor) -> Array:
        """One probability 0..1 per class for one image, x float32 1×C×H×W normalised; of masks the
        mean over the pixels."""
        return _array(self._probabilities(self._forward(x, ())[2])[0])

    def look(self, data: Prepared, view: View, step: int = 0) -> Probed:
        """Everything a view asks for, in the shapes that Probed tells. The image's number is
        brought into range; unknown keys are left out."""
        image = min(max(view.image, 0), data.n_validation - 1)
        picture = data.image(image)
        maps, cut, values = self._forward(picture.x, view.maps)
        filters = {}
        for key in view.filters:
            weight = self._weight(key)
            if weight is not None:
                filters[key] = _array(weight[:MAX_CHANNELS, :MAX_CHANNELS])
                if max(weight.shape[:2]) > MAX_CHANNELS:
                    cut[key] = int(weight.shape[0])
        return self._probed(data, picture, view.image, image, step, filters, maps, cut, values)

    def _probed(
        self,
        data: Prepared,
        picture: SampleImage,
        asked: int,
        image: int,
        step: int,
        filters: dict[str, Array],
        maps: dict[str, Array],
        cut: dict[str, int],
        values: Tensor,
    ) -> Probed:
        likeliest = values[0].argmax(0).to("cpu", torch.uint8).numpy() if data.masks else None
        return Probed(
            step=step,
            asked=asked,
            image=image,
            filters=filters,
            maps=maps,
            probabilities=_array(self._probabilities(values)[0])[: len(data.classes)],
            label=picture.label,
            classes=data.classes,
            pixels=picture.pixels,
            cut=cut,
            mask=picture.mask,
            predicted=likeliest,
        )

    def _weight(self, key: str) -> Tensor | None:
        path = path_of(self._plan, key)
        if path is None:
            return None
        try:
            module = self._module.get_submodule(path)
        except AttributeError:
            return None  # a function
        return module.weight.detach() if isinstance(module, nn.Conv2d) else None

    def _forward(
        self, x: Tensor, keys: tuple[str, ...]
    ) -> tuple[dict[str, Array], dict[str, int], Tensor]:
        """Maps by key, true channel counts of those cut, and the output that predicts."""
        wanted: dict[str, list[str]] = {}
        for key in keys:
            path = path_of(self._plan, key)
            if path is not None:
                wanted.setdefault(path, []).append(key)
        maps: dict[str, Array] = {}
        cut: dict[str, int] = {}

        def visit(path: str, value: Tensor) -> None:
            for key in wanted.get(path, ()):
                maps[key] = _as_maps(value)
                if value.dim() == 4 and value.shape[1] > MAX_CHANNELS:
                    cut[key] = int(value.shape[1])

        with evaluating(self._module):
            outputs = Walk(self._module, visit).run(x) if wanted else self._module(x)
        return maps, cut, main_output(outputs)


@contextmanager
def evaluating(module: nn.Module) -> Iterator[None]:
    """Evaluation mode without gradients; afterwards every part is in the mode it was in."""
    modes = [(part, part.training) for part in module.modules()]
    module.eval()
    try:
        with torch.no_grad():
            yield
    finally:
        for part, mode in modes:
            part.training = mode


def _as_maps(value: Tensor) -> Array:
    """The first image of a batch as N×H×W."""
    first = value[0]
    if first.dim() != 3:
        return _array(first.reshape(1, 1, -1))
    height, width = first.shape[1:]
    rows, columns = -(-height // MAX_SIDE), -(-width // MAX_SIDE)
    return _array(first[:MAX_CHANNELS, ::rows, ::columns])


def _array(tensor: Tensor) -> Array:
    """A copy of its own on the CPU, float32."""
    array: Array = tensor.detach().to("cpu", torch.float32, copy=True).contiguous().numpy()
    return array
