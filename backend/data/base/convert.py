"""Changing channels and size of uint8 images, as a Conversion says."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from backend.data.base.shapes import Conversion, padded_box
from backend.data.base.source import Watch

_LUMA = (0.299, 0.587, 0.114)  # ITU-R BT.601; torchvision's grey cuts off instead of rounding
_CHUNK_VALUES = 2**24


def convert(images: Tensor, conversion: Conversion) -> Tensor:
    """uint8 N×C×H×W of the source's shape to the target's; grey becomes colour by a view.

    Colour becomes grey by the weights of ITU-R BT.601, rounded to the nearest level.
    """
    images = convert_stored(images, conversion)
    return images.expand(-1, conversion.target[0], -1, -1)


def convert_stored(images: Tensor, conversion: Conversion) -> Tensor:
    """As ``convert``, but grey stays N×1×H×W: the form worth keeping in memory."""
    if conversion.source[0] > conversion.target[0]:
        images = _to_grey(images)
    height, width = conversion.target[1:]
    if conversion.how == "resize":
        return _resized(images, height, width)
    if conversion.how == "pad":
        return _padded(images, height, width)
    return images


def convert_masks(masks: Tensor, conversion: Conversion) -> Tensor:
    """uint8 N×H×W to the target's height and width, N×H'×W', without new values: each pixel is
    of the nearest one's class, and what is padded of class 0."""
    if conversion.how == "keep":
        return masks
    height, width = conversion.target[1:]
    top = left = 0
    box_height, box_width = height, width
    if conversion.how == "pad":
        box = padded_box((masks.shape[1], masks.shape[2]), (height, width))
        top, left, box_height, box_width = box.top, box.left, box.height, box.width
    if (box_height, box_width) != tuple(masks.shape[1:]):
        size = (box_height, box_width)
        masks = F.interpolate(masks.unsqueeze(1), size, mode="nearest-exact").squeeze(1)
    return F.pad(masks, (left, width - left - box_width, top, height - top - box_height))


def convert_in_chunks(images: Tensor, conversion: Conversion, watch: Watch) -> Tensor:
    """``convert_stored`` of a whole set, uint8 N×C×H×W on the CPU, in pieces of bounded size, with
    progress in images. Raises LoadCancelled on request."""
    if conversion.how == "keep" and conversion.source[0] <= conversion.target[0]:
        return images
    n_images = len(images)
    _, height, width = conversion.target
    result = torch.empty(
        (n_images, min(conversion.source[0], conversion.target[0]), height, width),
        dtype=torch.uint8,
    )
    for start, stop in chunks(n_images, conversion):
        watch.step(start, n_images)
        result[start:stop] = convert_stored(images[start:stop], conversion)
    watch.step(n_images, n_images)
    return result


def chunks(n_images: int, conversion: Conversion) -> list[tuple[int, int]]:
    """Ranges (start, end beyond the last) of 0..n_images whose values in float take at most some
    64 MB before the conversion and after it; at least one image each."""
    values = max(
        channels * height * width
        for channels, height, width in (conversion.source, conversion.target)
    )
    length = max(1, _CHUNK_VALUES // values)
    return [(start, min(start + length, n_images)) for start in range(0, n_images, length)]


def _to_grey(images: Tensor) -> Tensor:
    weights = torch.tensor(_LUMA, device=images.device).view(1, 3, 1, 1)
    grey = (images.float() * weights).sum(dim=1, keepdim=True)
    return grey.round_().clamp_(0, 255).to(torch.uint8)


def _resized(images: Tensor, height: int, width: int) -> Tensor:
    # Imported here because it costs over a second, and most sets keep their size.
    from torchvision.transforms.v2.functional import resize

    resized: Tensor = resize(images, [height, width], antialias=True)
    return resized


def _padded(images: Tensor, height: int, width: int) -> Tensor:
    box = padded_box((images.shape[2], images.shape[3]), (height, width))
    if (box.height, box.width) != tuple(images.shape[2:]):
        images = _resized(images, box.height, box.width)
    right, bottom = width - box.left - box.width, height - box.top - box.height
    return F.pad(images, (box.left, right, box.top, bottom))
