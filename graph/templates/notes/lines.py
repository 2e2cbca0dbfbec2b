"""The lines that most published tables share."""

from __future__ import annotations

from graph.templates.notes.literature import Published
from graph.values.message import Message, say

ONE_CROP = say("one crop")
TEN_CROPS = say("ten crops")


def parameters(published: str, because: Message | None = None) -> Published:
    """Trainable numbers, as the paper counts them."""
    return Published(say("Parameters"), published, "parameters", because)


def counted(published: str, library: str, because: Message | None = None) -> Published:
    """Trainable numbers, where a library prints them and the paper does not."""
    quantity = say("Parameters, as {library} counts", library=library)
    return Published(quantity, published, "parameters", because)


def macs(published: str, because: Message | None = None) -> Published:
    """Multiply-accumulates for one image."""
    return Published(say("Multiply-accumulates"), published, "gmacs", because)


def layers(published: str, because: Message | None = None) -> Published:
    """Layers with weights on the longest way through."""
    return Published(say("Layers with weights"), published, "layers", because)


def output(node: str, published: str, because: Message | None = None) -> Published:
    """The output size of one node: ``64×56×56``, or ``56×56`` where no channels are printed."""
    return Published(say("Output of {node}", node=node), published, f"shape:{node}", because)


def weights(node: str, published: str, because: Message | None = None) -> Published:
    """The parameters of one node."""
    quantity = say("Parameters of {node}", node=node)
    return Published(quantity, published, f"parameters:{node}", because)


def top1(published: str, how: Message = ONE_CROP) -> Published:
    """Share of ImageNet's validation images whose first guess is wrong."""
    return Published(say("Top-1 error, ImageNet, {how}", how=how), published, "top1")


def top5(published: str, how: Message = ONE_CROP) -> Published:
    """Share of ImageNet's validation images with five wrong guesses."""
    return Published(say("Top-5 error, ImageNet, {how}", how=how), published, "top5")
