"""Notes on the chains: the linear classifier, LeNet-5, AlexNet and VGG."""

from __future__ import annotations

from graph.templates.notes.lines import (
    counted,
    layers,
    output,
    parameters,
    top1,
    top5,
    weights,
)
from graph.templates.notes.literature import Literature, Published
from graph.templates.notes.recipes import ALEXNET_RECIPE, VGG_RECIPE
from graph.values.message import Message, say

LECUN = "Yann LeCun, Léon Bottou, Yoshua Bengio, Patrick Haffner"
DOCUMENTS = "Gradient-based learning applied to document recognition"
IEEE = "Proceedings of the IEEE 86 (11)"
DOCUMENTS_LINK = "https://doi.org/10.1109/5.726791"

LINEAR = Literature(
    DOCUMENTS,
    LECUN,
    IEEE,
    1998,
    say(
        "The yardstick of the paper's comparison: every class is one weighted sum of all pixels. "
        "As one convolution as large as the image, its filters can be looked at as pictures."
    ),
    DOCUMENTS_LINK,
    (
        parameters("7,850"),
        Published(say("Test error, MNIST"), "12.0 %", "error"),
    ),
)

LENET5_1998 = Literature(
    DOCUMENTS,
    LECUN,
    IEEE,
    1998,
    say(
        "Features are learned instead of designed: convolutions with shared weights and "
        "subsampling, trained as one system from pixels to digits. All maps of C3 but the last see "
        "only some of the maps of S2, so that they must come to differ."
    ),
    DOCUMENTS_LINK,
    (
        Published(say("Trainable parameters"), "60,000", "trainable"),
        Published(say("Connections"), "340,908", "connections"),
        output("c1", "6×28×28"),
        weights("c1", "156"),
        output("s2", "6×14×14"),
        weights("s2", "12"),
        output("c3", "16×10×10"),
        weights("c3", "1,516"),
        output("s4", "16×5×5"),
        weights("s4", "32"),
        output("c5", "120×1×1"),
        weights("c5", "48,120"),
        weights("f6", "10,164"),
        Published(say("Test error, MNIST"), "0.95 %", "error"),
        Published(say("Test error, MNIST, trained with distortions"), "0.8 %", "error"),
    ),
)

LENET5 = Literature(
    DOCUMENTS,
    LECUN,
    IEEE,
    1998,
    say(
        "The network of 1998 with today's parts: full convolutions, plain averages, and a linear "
        "layer in place of radial basis units. The softmax is part of the loss."
    ),
    DOCUMENTS_LINK,
    (
        parameters(
            "60,000",
            say(
                "the second convolution sees all six maps (900 more), the averages are not "
                "trained (44 fewer), and the last layer is (850 more)"
            ),
        ),
        output("conv1", "6×28×28"),
        output("avgpool1", "6×14×14"),
        output("conv2", "16×10×10"),
        output("avgpool2", "16×5×5"),
        output("conv3", "120×1×1"),
        layers("7", say("the paper counts the two subsampling layers, which have no weights here")),
        Published(say("Test error, MNIST"), "0.95 %", "error"),
    ),
)

ALEXNET_2012 = Literature(
    "ImageNet classification with deep convolutional neural networks",
    "Alex Krizhevsky, Ilya Sutskever, Geoffrey Hinton",
    "NIPS 2012",
    2012,
    say(
        "A large convolutional network trained on two GPUs wins ImageNet by far: ReLU instead of "
        "tanh, dropout, local response normalisation and pooling windows that overlap."
    ),
    "https://papers.nips.cc/paper/4824-imagenet-classification-with-deep-convolutional-neural-networks",
    (
        Published(
            say("Input"),
            "3×224×224",
            "shape:input",
            say(
                "windows of 11 in steps of 4 without padding give the 55×55 maps of the paper "
                "from 227 pixels, not from 224"
            ),
        ),
        parameters("60 M", say("the paper cuts the digits off: all its layers together have 61 M")),
        layers("8"),
        output("conv1", "96×55×55"),
        output("conv2", "256×27×27"),
        output("conv3", "384×13×13"),
        output("conv4", "384×13×13"),
        output("conv5", "256×13×13"),
        Published(say("Top-1 error, ImageNet 2012 validation"), "40.7 %", "top1"),
        Published(say("Top-5 error, ImageNet 2012 validation"), "18.2 %", "top5"),
        Published(say("Top-5 error, ImageNet 2012 test, seven networks"), "15.3 %", "top5"),
    ),
    recipe=ALEXNET_RECIPE,
)

ALEXNET = Literature(
    "One weird trick for parallelizing convolutional neural networks",
    "Alex Krizhevsky",
    "arXiv",
    2014,
    say(
        "AlexNet in one tower, without groups. The paper spreads the images of a batch over GPUs "
        "in the convolutions and the weights in the linear layers. This is torchvision's "
        "version, which also leaves out response normalisation."
    ),
    "https://arxiv.org/abs/1404.5997",
    (
        counted("61,100,840", "torchvision"),
        Published(
            say("Multiply-accumulates, {how}", how=say("as torchvision counts")),
            "0.71 G",
            "gmacs",
        ),
        layers("8"),
        output("conv1", "64×55×55"),
        top1("43.48 %", say("torchvision's weights")),
        top5("20.93 %", say("torchvision's weights")),
    ),
)


def _vgg(
    configuration: str,
    weight_layers: str,
    millions: str,
    errors: tuple[str, str],
    *more: Published,
    novelty: Message | None = None,
    how: Message | None = None,
) -> Literature:
    """One column of the VGG paper's tables. ``how`` is what the errors were measured with."""
    how = how or say("configuration {letter}, one scale", letter=configuration)
    return Literature(
        "Very deep convolutional networks for large-scale image recognition",
        "Karen Simonyan, Andrew Zisserman",
        "ICLR 2015",
        2014,
        novelty
        or say(
            "Depth by the smallest windows: two 3×3 convolutions see as far as one of 5×5 and "
            "three as far as one of 7×7, with fewer weights and more nonlinearities."
        ),
        "https://arxiv.org/abs/1409.1556",
        (
            parameters(f"{millions} M"),
            layers(weight_layers),
            *more,
            top1(f"{errors[0]} %", how),
            top5(f"{errors[1]} %", how),
        ),
        VGG_RECIPE,
    )


RESNET_COUNT = say("as the ResNet paper counts")
VGG11 = _vgg("A", "11", "133", ("29.6", "10.4"))
VGG13 = _vgg("B", "13", "133", ("28.7", "9.9"))
VGG16 = _vgg(
    "D",
    "16",
    "138",
    ("25.6", "8.1"),
    Published(
        say("Multiply-accumulates, {how}", how=RESNET_COUNT),
        "15.3 G",
        "gmacs",
        say("that figure holds the convolutions alone; the linear layers add 0.12 G"),
    ),
)
VGG19 = _vgg(
    "E",
    "19",
    "144",
    ("25.5", "8.0"),
    Published(say("Multiply-accumulates, {how}", how=RESNET_COUNT), "19.6 G", "gmacs"),
)
VGG16_BN = _vgg(
    "D",
    "16",
    "138",
    ("25.6", "8.1"),
    counted("138,365,992", "torchvision"),
    top1("26.64 %", say("torchvision's weights")),
    top5("8.48 %", say("torchvision's weights")),
    novelty=say(
        "VGG-16 with the batch normalisation of Ioffe and Szegedy (2015) behind every "
        "convolution, which the paper did not have: it trains from scratch, without starting "
        "from a shallower network."
    ),
    how=say("configuration D without batch norm, one scale"),
)

NOTES = {
    "linear": LINEAR,
    "lenet5-1998": LENET5_1998,
    "lenet5": LENET5,
    "alexnet-2012": ALEXNET_2012,
    "alexnet": ALEXNET,
    "vgg11": VGG11,
    "vgg13": VGG13,
    "vgg16": VGG16,
    "vgg19": VGG19,
    "vgg16-bn": VGG16_BN,
}
