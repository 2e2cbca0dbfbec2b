"""Notes on plain and residual networks, with attention and with groups."""

from __future__ import annotations

from graph.templates.notes.lines import (
    TEN_CROPS,
    counted,
    layers,
    macs,
    output,
    parameters,
    top1,
    top5,
)
from graph.templates.notes.literature import Literature, Published
from graph.templates.notes.recipes import RESNET_RECIPE
from graph.values.message import Message, say

STAGES = tuple(
    output(node, size)
    for node, size in (
        ("conv1", "112×112"),
        ("layer1", "56×56"),
        ("layer2", "28×28"),
        ("layer3", "14×14"),
        ("layer4", "7×7"),
    )
)


def _he(novelty: Message, *rows: Published) -> Literature:
    return Literature(
        "Deep residual learning for image recognition",
        "Kaiming He, Xiangyu Zhang, Shaoqing Ren, Jian Sun",
        "CVPR 2016",
        2015,
        novelty,
        "https://arxiv.org/abs/1512.03385",
        (*rows, *STAGES),
        RESNET_RECIPE,
    )


DEGRADATION = say(
    "The counterexample of the paper: deeper plain networks have a larger training error, so the "
    "trouble is not overfitting but that they are hard to optimise."
)
SHORTCUTS = say(
    "Each pair of convolutions learns what to add to its input, which a shortcut carries past "
    "them: deeper networks now get better instead of worse."
)
BOTTLENECK = say(
    "Shortcuts carry the input past three convolutions: 1×1 narrows, 3×3 works, 1×1 widens. So "
    "a network of 50 layers and more stays cheap enough to train."
)
STRIDE = say(
    "where a stage halves the image, the step lies in the 3×3 convolution here and in the 1×1 "
    "before it in the paper, which is cheaper"
)
STRIDE_50 = say(
    "where a stage halves the image, the step lies in the 3×3 convolution here and in the 1×1 "
    "before it in the paper; that gives 3.86 G, which the paper cuts to 3.8"
)
OPTION_A = say("ten crops, shortcuts padded with zeros (option A)")
"""Of the 18-layer network the paper tells only this; the deeper ones have projections."""

PLAIN18 = _he(DEGRADATION, layers("18"), macs("1.8 G"), top1("27.94 %", TEN_CROPS))
PLAIN34 = _he(
    DEGRADATION,
    layers("34"),
    macs("3.6 G"),
    top1("28.54 %", TEN_CROPS),
    top5("10.02 %", TEN_CROPS),
)
RESNET18 = _he(
    SHORTCUTS,
    counted("11,689,512", "torchvision"),
    layers("18"),
    macs("1.8 G"),
    top1("27.88 %", OPTION_A),
)
RESNET34 = _he(
    SHORTCUTS,
    counted("21,797,672", "torchvision"),
    layers("34"),
    macs(
        "3.6 G",
        say(
            "the shortcuts between stages are projections here (option B), which cost "
            "0.02 G more than padding with zeros (option A)"
        ),
    ),
    top1("24.52 %", TEN_CROPS),
    top5("7.46 %", TEN_CROPS),
)
RESNET50 = _he(
    BOTTLENECK,
    counted("25,557,032", "torchvision"),
    layers("50"),
    macs("3.8 G", STRIDE_50),
    top1("22.85 %", TEN_CROPS),
    top5("6.71 %", TEN_CROPS),
)
RESNET101 = _he(
    BOTTLENECK,
    counted("44,549,160", "torchvision"),
    layers("101"),
    macs("7.6 G", STRIDE),
    top1("21.75 %", TEN_CROPS),
    top5("6.05 %", TEN_CROPS),
)
RESNET152 = _he(
    BOTTLENECK,
    counted("60,192,808", "torchvision"),
    layers("152"),
    macs("11.3 G", STRIDE),
    top1("21.43 %", TEN_CROPS),
    top5("5.71 %", TEN_CROPS),
)

ATTENTION = say(
    "A block weighs its channels by what the whole image shows: squeeze to one number a channel, "
    "two small layers, and a factor from 0 to 1 for each channel."
)
ONLY_PRODUCTS = say(
    "only convolutions and linear layers count here, not pooling, sums and the weighing itself"
)


def _hu(*rows: Published) -> Literature:
    return Literature(
        "Squeeze-and-excitation networks",
        "Jie Hu, Li Shen, Gang Sun",
        "CVPR 2018",
        2017,
        ATTENTION,
        "https://arxiv.org/abs/1709.01507",
        rows,
    )


SE_RESNET18 = _hu(counted("11.8 M", "timm"), *STAGES[1:])
SE_RESNET50 = _hu(
    parameters("28.1 M"),
    macs("3.87 G", ONLY_PRODUCTS),
    *STAGES[1:],
    top1("23.29 %"),
    top5("6.62 %"),
)
SE_RESNET101 = _hu(macs("7.60 G", ONLY_PRODUCTS), *STAGES[1:], top1("22.38 %"), top5("6.07 %"))
SENET154 = _hu(
    counted("115.1 M", "timm"),
    *STAGES[1:],
    top1("18.68 %"),
    top5("4.47 %"),
    Published(say("Top-5 error, ImageNet 2017 test, several networks"), "2.251 %", "top5"),
)

RESNEXT50 = Literature(
    "Aggregated residual transformations for deep neural networks",
    "Saining Xie, Ross Girshick, Piotr Dollár, Zhuowen Tu, Kaiming He",
    "CVPR 2017",
    2016,
    say(
        "Many narrow paths of one shape instead of one wide path, written as a grouped "
        "convolution. At equal cost, more paths help more than more depth or width."
    ),
    "https://arxiv.org/abs/1611.05431",
    (parameters("25.0 M"), macs("4.2 G"), layers("50"), *STAGES, top1("22.2 %")),
)

NOTES = {
    "plain18": PLAIN18,
    "plain34": PLAIN34,
    "resnet18": RESNET18,
    "resnet34": RESNET34,
    "resnet50": RESNET50,
    "resnet101": RESNET101,
    "resnet152": RESNET152,
    "se-resnet18": SE_RESNET18,
    "se-resnet50": SE_RESNET50,
    "se-resnet101": SE_RESNET101,
    "senet154": SENET154,
    "resnext50-32x4d": RESNEXT50,
}
