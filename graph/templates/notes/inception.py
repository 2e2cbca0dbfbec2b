"""Notes on the Inception family and on Xception, its extreme."""

from __future__ import annotations

from graph.templates.notes.lines import (
    counted,
    layers,
    macs,
    output,
    parameters,
    top1,
    top5,
)
from graph.templates.notes.literature import Literature, Published
from graph.values.message import say

GOOGLENET = Literature(
    "Going deeper with convolutions",
    "Christian Szegedy, Wei Liu, Yangqing Jia, Pierre Sermanet, Scott Reed, Dragomir Anguelov, "
    "Dumitru Erhan, Vincent Vanhoucke, Andrew Rabinovich",
    "CVPR 2015",
    2014,
    say(
        "Windows of several sizes side by side, their channels joined, and 1×1 convolutions in "
        "front of the costly ones. Two auxiliary heads feed gradients into the middle."
    ),
    "https://arxiv.org/abs/1409.4842",
    (
        Published(
            say("Parameters, sum of the table, without auxiliary heads"),
            "6.8 M",
            "parameters",
            say(
                "this is torchvision's variant: batch norm instead of biases, 3×3 windows where "
                "the paper has 5×5, and the two auxiliary heads (6.4 M) are counted"
            ),
        ),
        macs("1.5 G"),
        layers("22"),
        output("conv1", "64×112×112"),
        output("maxpool1", "64×56×56"),
        output("conv3", "192×56×56"),
        output("maxpool2", "192×28×28"),
        output("inception3a", "256×28×28"),
        output("inception3b", "480×28×28"),
        output("maxpool3", "480×14×14"),
        output("inception4a", "512×14×14"),
        output("inception4b", "512×14×14"),
        output("inception4c", "512×14×14"),
        output("inception4d", "528×14×14"),
        output("inception4e", "832×14×14"),
        output("maxpool4", "832×7×7"),
        output("inception5a", "832×7×7"),
        output("inception5b", "1024×7×7"),
        top5("10.07 %"),
        top5("6.67 %", say("seven networks, 144 crops")),
    ),
)

INCEPTION_V3 = Literature(
    "Rethinking the Inception architecture for computer vision",
    "Christian Szegedy, Vincent Vanhoucke, Sergey Ioffe, Jonathon Shlens, Zbigniew Wojna",
    "CVPR 2016",
    2015,
    say(
        "Large windows are factorised: 5×5 into two of 3×3, n×n into 1×n and n×1. Images shrink "
        "by convolution and pooling side by side; the labels are smoothed."
    ),
    "https://arxiv.org/abs/1512.00567",
    (
        Published(
            say("Parameters, fewer than"),
            "25 M",
            "parameters",
            say(
                "torchvision's variant has 23.8 M, which is within the paper's bound, and "
                "3.3 M in its auxiliary head"
            ),
        ),
        macs(
            "5 G",
            say(
                "the released network, which torchvision follows, differs from the paper's table "
                "in its stem, and the paper does not print the channels inside of its modules"
            ),
        ),
        output("mixed5d", "288×35×35"),
        output("mixed6e", "768×17×17"),
        output("mixed7c", "2048×8×8"),
        top1("21.2 %"),
        top5("5.6 %"),
    ),
)

SZEGEDY_2016 = (
    "Inception-v4, Inception-ResNet and the impact of residual connections on learning",
    "Christian Szegedy, Sergey Ioffe, Vincent Vanhoucke, Alexander Alemi",
    "AAAI 2017",
    2016,
)

INCEPTION_V4 = Literature(
    *SZEGEDY_2016,
    say(
        "Inception without the compromises of its history: one stem and three uniform kinds of "
        "modules, with two kinds of reductions between them."
    ),
    "https://arxiv.org/abs/1602.07261",
    (
        counted("42.7 M", "timm"),
        output("stem", "384×35×35"),
        output("inception_a", "384×35×35"),
        output("reduction_a", "1024×17×17"),
        output("inception_b", "1024×17×17"),
        output("reduction_b", "1536×8×8"),
        output("inception_c", "1536×8×8"),
        top1("20.0 %"),
        top5("5.0 %"),
    ),
)

INCEPTION_RESNET_V2 = Literature(
    *SZEGEDY_2016,
    say(
        "Inception modules that learn what to add to their input. What they add is scaled down, in "
        "the paper to between 0.1 and 0.3 of itself, because very wide networks die early in "
        "training without that."
    ),
    "https://arxiv.org/abs/1602.07261",
    (
        counted("55.8 M", "timm"),
        output(
            "inception_a",
            "384×35×35",
            say("the code that its authors released has 320 channels there"),
        ),
        output(
            "inception_b",
            "1154×17×17",
            say("the code that its authors released has 1088 channels there"),
        ),
        output(
            "inception_c",
            "2048×8×8",
            say("the code that its authors released has 2080 channels there"),
        ),
        top1("19.9 %"),
        top5("4.9 %"),
    ),
)

XCEPTION = Literature(
    "Xception: deep learning with depthwise separable convolutions",
    "François Chollet",
    "CVPR 2017",
    2016,
    say(
        "Inception taken to its end: space and channels are looked at apart, every channel by a "
        "window of its own, then all channels by 1×1, with shortcuts around all modules but the "
        "first and the last."
    ),
    "https://arxiv.org/abs/1610.02357",
    (
        parameters("22,855,952"),
        Published(
            say("Convolutional layers"),
            "36",
            "layers",
            say(
                "the paper counts a depthwise and a 1×1 convolution as one layer, and leaves out "
                "the linear layer"
            ),
        ),
        output("middle", "728×19×19"),
        top1("21.0 %"),
        top5("5.5 %"),
    ),
)

NOTES = {
    "googlenet": GOOGLENET,
    "inception-v3": INCEPTION_V3,
    "inception-v4": INCEPTION_V4,
    "inception-resnet-v2": INCEPTION_RESNET_V2,
    "xception": XCEPTION,
}
