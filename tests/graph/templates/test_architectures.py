"""Every architecture has the parameters and multiply-accumulates of its published figures."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from graph.analysis.analysis import Analysis
from graph.calls.call import Shape
from graph.templates.registry import TEMPLATES, find_template

IMAGENET = (3, 224, 224)
LARGE = (3, 299, 299)


@dataclass(frozen=True, slots=True)
class Figures:
    """One row: input, classes, trainable parameters, and 10⁹ multiply-accumulates as printed
    (empty where the row gives none)."""

    shape: Shape
    classes: int
    parameters: int | None
    gmacs: str = ""


FIGURES = {
    "linear": Figures((1, 28, 28), 10, 7_850, "0.000008"),
    "lenet5-1998": Figures((1, 32, 32), 10, 60_000),
    "lenet5": Figures((1, 32, 32), 10, 61_706, "0.000417"),
    "alexnet-2012": Figures((3, 227, 227), 1000, 60_965_224, "0.7244"),
    "alexnet": Figures(IMAGENET, 1000, 61_100_840, "0.7142"),
    "vgg11": Figures(IMAGENET, 1000, 132_863_336, "7.6091"),
    "vgg13": Figures(IMAGENET, 1000, 133_047_848, "11.3085"),
    "vgg16": Figures(IMAGENET, 1000, 138_357_544, "15.4703"),
    "vgg19": Figures(IMAGENET, 1000, 143_667_240, "19.6321"),
    "vgg16-bn": Figures(IMAGENET, 1000, 138_365_992, "15.4703"),
    "googlenet": Figures(IMAGENET, 1000, 13_004_888, "1.4984"),
    "inception-v3": Figures(LARGE, 1000, 27_161_264, "5.7132"),
    "inception-v4": Figures(LARGE, 1000, 42_679_816, "12.2540"),
    "inception-resnet-v2": Figures(LARGE, 1000, 55_843_464, "13.1558"),
    "plain18": Figures(IMAGENET, 1000, 11_515_688),
    "plain34": Figures(IMAGENET, 1000, 21_623_848),
    "resnet18": Figures(IMAGENET, 1000, 11_689_512, "1.8141"),
    "resnet34": Figures(IMAGENET, 1000, 21_797_672, "3.6638"),
    "resnet50": Figures(IMAGENET, 1000, 25_557_032, "4.0892"),
    "resnet101": Figures(IMAGENET, 1000, 44_549_160, "7.8014"),
    "resnet152": Figures(IMAGENET, 1000, 60_192_808, "11.5136"),
    "se-resnet18": Figures(IMAGENET, 1000, 11_778_592, "1.8142"),
    "se-resnet50": Figures(IMAGENET, 1000, 28_088_024, "3.8605"),
    "se-resnet101": Figures(IMAGENET, 1000, 49_326_872, "7.5749"),
    "senet154": Figures(IMAGENET, 1000, 115_088_984, "20.6884"),
    "densenet121": Figures(IMAGENET, 1000, 7_978_856, "2.8342"),
    "mobilenet-v2": Figures(IMAGENET, 1000, 3_504_872, "0.3008"),
    "xception": Figures(LARGE, 1000, 22_855_952, "8.3574"),
    "squeezenet1-0": Figures(IMAGENET, 1000, 1_248_424, "0.8189"),
    "resnext50-32x4d": Figures(IMAGENET, 1000, 25_028_904, "4.2305"),
    "unet": Figures((3, 256, 256), 2, None),
    "yolo11n": Figures((3, 640, 640), 5, 2_590_815),
}
"""All names, in the order of the start page and the command line."""

SMALL = ("vgg-small", "resnet-small", "se-resnet-small")

UNTRAINED = ("yolo11n",)
"""Architectures that warn that they cannot be trained here."""


def test_every_architecture_is_there_in_order() -> None:
    assert [template.name for template in TEMPLATES] == [*FIGURES, *SMALL]


@pytest.mark.parametrize("name", FIGURES)
def test_an_architecture_has_its_published_figures(name: str) -> None:
    template, figures = find_template(name), FIGURES[name]
    assert template is not None
    assert (template.shape, template.classes) == (figures.shape, figures.classes)
    assert template.literature
    analysis = Analysis(template.build().network)
    assert [fault for fault in analysis.faults() if name not in UNTRAINED] == []
    assert analysis.errors() == []
    totals = analysis.totals()
    assert figures.parameters in (None, totals.parameters)
    digits = len(figures.gmacs.partition(".")[2])
    assert figures.gmacs in ("", f"{totals.macs / 1e9:.{digits}f}")


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda t: t.name)
def test_every_merge_joins_several_inputs_in_blocks_too(template) -> None:
    alone = [
        node.name
        for network in template.build().library.networks()
        for node in network.nodes.values()
        if any(port.many for port in node.layer.input_ports()) and len(network.inputs(node.id)) < 2
    ]
    assert alone == []


@pytest.mark.parametrize("template", [t for t in TEMPLATES if t.has_small], ids=lambda t: t.name)
def test_the_variant_for_small_images_keeps_them_larger(template) -> None:
    shape = (template.shape[0], 32, 32)
    network = template.build(shape, 10, small=True).network
    analysis = Analysis(network)
    assert analysis.errors() == []
    assert analysis.facts(network.order()[-1]).output == (10,)
    first = next(n for n in network.order() if analysis.facts(n).parameters)
    assert (analysis.facts(first).output or ())[1:] == (32, 32)
