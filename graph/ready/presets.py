"""Presets: well-known uses of a layer type, ready to place, each with a help text of its own.

A preset is a layer with settings and, where a setting depends on what arrives, a formula over
``in_channels``: a depthwise convolution has as many groups and output channels as its input.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from graph.layers.base.layer import Layer
from graph.layers.convolution.fixed_kernel import FixedKernel
from graph.layers.convolution.plain import Conv2d
from graph.values.message import Message, say

_NONE: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Preset:
    """An entry of the palette. ``name`` stays the same for ever; ``title`` and ``summary`` are
    read by people; ``formulas`` gives expressions for fields of the layer that ``make`` returns;
    ``search`` holds other words a person may search for."""

    name: str
    title: Message
    summary: Message
    make: Callable[[], Layer]
    formulas: Mapping[str, str] = field(default_factory=lambda: _NONE)
    search: tuple[str, ...] = ()


PRESETS: tuple[Preset, ...] = (
    Preset(
        "grouped",
        say("Grouped convolution"),
        say(
            "Splits the channels into groups that do not see each other: g times fewer weights, "
            "and AlexNet's way of using two GPUs."
        ),
        lambda: Conv2d(padding="same", groups=2),
        search=("group convolution", "alexnet", "resnext", "cardinality"),
    ),
    Preset(
        "depthwise",
        say("Depthwise convolution"),
        say(
            "One filter for each channel, which sees that channel only. Followed by a pointwise "
            "convolution it is a depthwise separable one."
        ),
        lambda: Conv2d(out_channels=32, groups=32, padding="same"),
        MappingProxyType({"groups": "in_channels", "out_channels": "in_channels"}),
        search=("separable", "mobilenet", "channelwise", "spatial"),
    ),
    Preset(
        "pointwise",
        say("Pointwise convolution"),
        say("A 1×1 window: mixes the channels of each pixel and does not look at its neighbours."),
        lambda: Conv2d(kernel_size=(1, 1)),
        search=("1x1", "1×1", "network in network", "bottleneck", "separable", "projection"),
    ),
    Preset(
        "dilated",
        say("Dilated convolution"),
        say(
            "Spreads the taps of the window (à trous, with holes): sees further with as many "
            "weights and at full resolution."
        ),
        lambda: Conv2d(padding="same", dilation=(2, 2)),
        search=("atrous", "à trous", "dilation", "holes", "receptive field", "deeplab"),
    ),
    Preset(
        "strided",
        say("Strided convolution"),
        say("Moves the window by 2: halves height and width with learned weights, unlike pooling."),
        lambda: Conv2d(stride=(2, 2), padding=(1, 1)),
        search=("downsampling", "stride", "shrink"),
    ),
    Preset(
        "row",
        say("1×k convolution"),
        say(
            "A row of taps: together with a column it is a spatially separable convolution, with "
            "2k weights in place of k²."
        ),
        lambda: Conv2d(kernel_size=(1, 3), padding="same"),
        search=(
            "1x3",
            "1×3",
            "1x7",
            "asymmetric",
            "spatially separable",
            "inception",
            "factorised",
        ),
    ),
    Preset(
        "column",
        say("k×1 convolution"),
        say(
            "A column of taps: together with a row it is a spatially separable convolution, with "
            "2k weights in place of k²."
        ),
        lambda: Conv2d(kernel_size=(3, 1), padding="same"),
        search=(
            "3x1",
            "3×1",
            "7x1",
            "asymmetric",
            "spatially separable",
            "inception",
            "factorised",
        ),
    ),
    Preset(
        "sobel",
        say("Sobel edges"),
        say("A first layer that is known beforehand: answers where brightness changes sideways."),
        lambda: FixedKernel(kernel="sobel left"),
        search=("edge", "gradient", "first layer", "classic"),
    ),
    Preset(
        "gabor",
        say("Gabor filter"),
        say(
            "A first layer that starts as a wave under a bell, as cells of the visual cortex "
            "answer, and is trained from there."
        ),
        lambda: FixedKernel(kernel="gabor", size=7, sigma=2.0, trainable=True),
        search=("wave", "texture", "orientation", "first layer", "classic"),
    ),
)
"""All presets in palette order."""
