"""A small U-Net: a mask for every pixel. After Ronneberger, Fischer, Brox, MICCAI 2015."""

from __future__ import annotations

from graph.blocks.sketch import Sketch
from graph.layers.convolution.plain import Conv2d
from graph.network.network import Network
from graph.ready.registry import READY
from graph.templates.fitting import cut_to, pad_to
from graph.templates.notes.registry import NOTES
from graph.templates.template import Template, TemplateSize
from graph.values.message import say

CHANNELS = (16, 32, 64, 128, 256)
"""Of the levels, from the whole image to a sixteenth of its side."""
MULTIPLE = 16


def unet(fit: TemplateSize) -> Network:
    """Four levels down and four up again. The image is padded to multiples of 16, and the mask cut
    to its size."""
    draw = Sketch(ready=READY)
    draw.input("input", fit.shape)
    pad_to(draw, fit.shape, MULTIPLE)
    draw.use("Double convolution", name="level1", channels=CHANNELS[0])
    levels = [draw.last]
    for number, channels in enumerate(CHANNELS[1:], 1):
        levels.append(draw.use("U-Net down", name=f"down{number}", channels=channels))
    levels.pop()
    for number, channels in enumerate(reversed(CHANNELS[:-1]), 1):
        draw.use("U-Net up", draw.last, levels.pop(), name=f"up{number}", channels=channels)
    mask = Conv2d(out_channels=fit.classes, kernel_size=(1, 1))
    draw.put(mask, draw.last, name="mask")
    cut_to(draw, fit.shape, MULTIPLE)
    draw.output(target="mask")
    return draw.network


UNET = Template(
    "unet",
    "U-Net (small)",
    2015,
    say("Image in, mask out: shrinks the image to see what, grows it again to know where"),
    "segmentation",
    unet,
    (3, 256, 256),
    2,
    literature=NOTES["unet"],
)
