"""From a data set to what a network eats: batches of its input shape, normalised, on its device.

The images stay uint8 in one tensor, on the device when they fit there; a batch is one gather and
one multiplication and addition per value. The order of the training images comes from
(seed, epoch) alone, so that any epoch can be repeated.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from backend.data.base.convert import chunks, convert, convert_in_chunks, convert_masks
from backend.data.base.dataset import DataSet, DataSplit
from backend.data.base.shapes import Conversion, FitMode, plan_conversion
from backend.data.base.source import ImageShape, Watch
from backend.data.base.void import IGNORED, VOID

STORE_CEILING = 2 * 2**30
"""Converted images beyond this many bytes are not stored but converted batch by batch."""

_DEVICE_SHARE = 0.4  # of the free device memory; the rest is for the network

Minibatch = tuple[Tensor, Tensor]


@dataclass(frozen=True, slots=True, eq=False)
class SampleImage:
    """One image three ways: ``x`` is what the network sees, float32 1×C×H×W, normalised, on the
    device; ``pixels`` the same before normalisation, uint8 H×W×C; ``label`` its class, or that of
    most of its pixels; ``mask`` the classes of all, uint8 H×W, or VOID."""

    x: Tensor
    pixels: NDArray[np.uint8]
    label: int
    mask: NDArray[np.uint8] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """A data set ready for one network on one device.

    ``mean`` and ``std`` have one value per channel on the scale 0..1 and come from the training
    part; a channel without any variation has ``std`` 1.
    """

    name: str
    classes: tuple[str, ...]
    shape: ImageShape
    device: torch.device
    conversion: Conversion
    mean: tuple[float, ...]
    std: tuple[float, ...]
    void: bool
    """Whether some pixels are of no class."""
    _images: Tensor
    _labels: Tensor
    _split: DataSplit
    _stored_converted: bool
    _scale: Tensor
    _shift: Tensor

    @property
    def n_train(self) -> int:
        return len(self._split.train)

    @property
    def n_validation(self) -> int:
        return len(self._split.validation)

    @property
    def masks(self) -> bool:
        """Whether every pixel has a class, so that y is N×H×W."""
        return self._labels.dim() > 1

    @property
    def on_device(self) -> bool:
        """Whether the whole set lies on the device, so that batches need no transfer."""
        return self._images.device.type == self.device.type

    def n_train_batches(self, batch_size: int, *, drop_single: bool = False) -> int:
        """How many batches ``train_batches`` yields in one epoch; at least 1. Raises ValueError
        for a ``batch_size`` below 1."""
        return _n_batches(self.n_train, batch_size, drop_single)

    def train_batches(
        self,
        seed: int,
        epoch: int,
        batch_size: int,
        *,
        drop_single: bool = False,
        first: int = 0,
    ) -> Iterator[Minibatch]:
        """One epoch of (x float32 N×C×H×W normalised, y int64 N or N×H×W) on the device, copied
        into torch's own memory wherever the data set lies.

        The last batch may be smaller. ``drop_single`` leaves it out when it is one image, which
        batch normalisation cannot train on. ``first`` starts at that batch of the same epoch.
        Raises ValueError for a ``batch_size`` below 1.
        """
        generator = torch.Generator().manual_seed(order_seed(seed, epoch))
        order = self._split.train[torch.randperm(self.n_train, generator=generator)]
        n_batches = _n_batches(self.n_train, batch_size, drop_single)
        return self._batches(order, batch_size, first, n_batches)

    def validation_batches(self, batch_size: int) -> Iterator[Minibatch]:
        """The validation part in its own order: (x N×C×H×W, y N or N×H×W), as ``train_batches``
        yields it. Raises ValueError for a ``batch_size`` below 1."""
        n_batches = _n_batches(self.n_validation, batch_size, False)
        return self._batches(self._split.validation, batch_size, 0, n_batches)

    def image(self, index: int) -> SampleImage:
        """Validation image ``index`` of 0..n_validation-1, as x 1×C×H×W and in the other ways of a
        SampleImage. Raises IndexError beyond."""
        if not 0 <= index < self.n_validation:
            raise IndexError(f"validation image {index} of {self.n_validation}")
        position = self._split.validation[index : index + 1].to(self._images.device)
        stored, y = self._gather(position)
        return SampleImage(
            x=self._normalised(stored),
            pixels=np.ascontiguousarray(stored[0].permute(1, 2, 0).cpu().numpy()),
            label=_commonest(y),
            mask=_stored_mask(y[0]) if self.masks else None,
        )

    def _batches(
        self, order: Tensor, batch_size: int, first: int, n_batches: int
    ) -> Iterator[Minibatch]:
        order = order.to(self._images.device)
        for batch in range(first, n_batches):
            stored, y = self._gather(order[batch * batch_size : (batch + 1) * batch_size])
            yield self._normalised(stored), y

    def _gather(self, indices: Tensor) -> Minibatch:
        """uint8 images of the network's shape and their labels, on the device."""
        images = self._images.index_select(0, indices).to(self.device, non_blocking=True)
        labels = self._labels.index_select(0, indices).to(self.device, non_blocking=True)
        if self.masks:
            labels = convert_masks(labels, self.conversion).long()
        if self.void:
            labels.masked_fill_(labels == VOID, IGNORED)
        if not self._stored_converted:
            return convert(images, self.conversion), labels
        return images.expand(-1, self.shape[0], -1, -1), labels

    def _normalised(self, images: Tensor) -> Tensor:
        # Contiguous first: in place on an expanded grey image would write through all channels.
        values = images.to(torch.float32, memory_format=torch.contiguous_format)
        return values.mul_(self._scale).add_(self._shift)


def prepare(
    dataset: DataSet,
    shape: ImageShape,
    device: torch.device | str = "cpu",
    *,
    seed: int = 0,
    validation_fraction: float = 0.1,
    fit: FitMode = "auto",
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Prepared:
    """Fit ``dataset`` to a network's input ``shape`` (C, H, W) on ``device``.

    ``seed`` and ``validation_fraction`` split a set that has no split of its own. Raises UserError
    when the shape cannot be reached or the set cannot be split, LoadCancelled on request.
    """
    watch = Watch(progress, cancelled)
    conversion = plan_conversion(dataset.shape, shape, fit)
    split = dataset.split(seed, validation_fraction)
    stored_channels = min(dataset.shape[0], shape[0])
    store = len(dataset) * stored_channels * shape[1] * shape[2] <= STORE_CEILING
    images = convert_in_chunks(dataset.images, conversion, watch) if store else dataset.images
    mean, std = _statistics(images, split.train, conversion, store, watch)
    device = torch.device(device)
    home = _home(device, images.numel())
    parameters = torch.tensor([mean, std], dtype=torch.float64)
    scale, shift = 1 / (255 * parameters[1]), -parameters[0] / parameters[1]
    return Prepared(
        name=dataset.name,
        classes=dataset.classes,
        shape=shape,
        device=device,
        conversion=conversion,
        mean=mean,
        std=std,
        void=dataset.void,
        _images=images.to(home),
        _labels=dataset.labels.to(home),
        _split=split,
        _stored_converted=store,
        _scale=scale.float().view(1, -1, 1, 1).to(device),
        _shift=shift.float().view(1, -1, 1, 1).to(device),
    )


def _commonest(labels: Tensor) -> int:
    """The most common label; 0 where all is void."""
    known = labels[labels != IGNORED]
    return int(known.mode().values) if len(known) else 0


def _stored_mask(labels: Tensor) -> NDArray[np.uint8]:
    """Labels H×W as a mask is stored: uint8, with VOID."""
    return labels.masked_fill(labels == IGNORED, VOID).to("cpu", torch.uint8).numpy()


def order_seed(seed: int, epoch: int) -> int:
    """A 63-bit seed for one epoch; neighbouring seeds and epochs share nothing."""
    digest = hashlib.blake2b(f"{seed}:{epoch}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1


def _n_batches(n_images: int, batch_size: int, drop_single: bool) -> int:
    """Never none at all: a lone image stays even with ``drop_single``."""
    if batch_size < 1:
        raise ValueError(f"batch_size must be at least 1, not {batch_size}")
    whole, rest = divmod(n_images, batch_size)
    dropped = rest == 0 or (rest == 1 and drop_single and whole > 0)
    return whole if dropped else whole + 1


def _statistics(
    images: Tensor, train: Tensor, conversion: Conversion, converted: bool, watch: Watch
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Exact mean and standard deviation per channel of the network's input, from histograms."""
    channels = min(conversion.source[0], conversion.target[0])
    counts = torch.zeros((channels, 256), dtype=torch.int64)
    for start, stop in chunks(len(train), conversion):
        watch.step(start, len(train))
        piece = images.index_select(0, train[start:stop])
        piece = piece if converted else convert(piece, conversion)[:, :channels]
        for channel in range(channels):
            counts[channel] += torch.bincount(piece[:, channel].flatten(), minlength=256)
    watch.step(len(train), len(train))
    levels = torch.arange(256, dtype=torch.float64) / 255
    shares = counts.double() / counts.sum(dim=1, keepdim=True)
    mean = (shares * levels).sum(dim=1)
    std = (shares * (levels - mean[:, None]).square()).sum(dim=1).sqrt()
    std[std == 0] = 1.0
    repeat = conversion.target[0] // channels
    return tuple(mean.tolist() * repeat), tuple(std.tolist() * repeat)


def _home(device: torch.device, n_bytes: int) -> torch.device:
    """Where the whole set is kept: on the device when it leaves room there, else on the CPU."""
    if device.type == "cuda":
        free = torch.cuda.mem_get_info(device)[0]
    elif device.type == "mps":
        free = torch.mps.recommended_max_memory() - torch.mps.driver_allocated_memory()
    else:
        return torch.device("cpu")
    return device if n_bytes <= free * _DEVICE_SHARE else torch.device("cpu")
