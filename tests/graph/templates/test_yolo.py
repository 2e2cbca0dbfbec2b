"""YOLO11n: every row as published, one forward pass, and what the program says of it."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from backend.model.build import build
from graph.analysis.analysis import Analysis
from graph.blocks.block_use import BlockUse
from graph.export.export import source
from graph.layers.base.layer import FaultKind
from graph.network.edits import SetLayer
from graph.planning.planner import make_plan
from graph.templates.notes.literature import node_named
from graph.templates.registry import find_template
from tests.graph.export.test_export import Folder

ROWS = (
    ("conv_0", 464, (16, 320, 320)),
    ("conv_1", 4_672, (32, 160, 160)),
    ("c3k2_2", 6_640, (64, 160, 160)),
    ("conv_3", 36_992, (64, 80, 80)),
    ("c3k2_4", 26_080, (128, 80, 80)),
    ("conv_5", 147_712, (128, 40, 40)),
    ("c3k2_6", 87_040, (128, 40, 40)),
    ("conv_7", 295_424, (256, 20, 20)),
    ("c3k2_8", 346_112, (256, 20, 20)),
    ("sppf_9", 164_608, (256, 20, 20)),
    ("c2psa_10", 249_728, (256, 20, 20)),
    ("upsample_11", 0, (256, 40, 40)),
    ("concat_12", 0, (384, 40, 40)),
    ("c3k2_13", 111_296, (128, 40, 40)),
    ("upsample_14", 0, (128, 80, 80)),
    ("concat_15", 0, (256, 80, 80)),
    ("c3k2_16", 32_096, (64, 80, 80)),
    ("conv_17", 36_992, (64, 40, 40)),
    ("concat_18", 0, (192, 40, 40)),
    ("c3k2_19", 86_720, (128, 40, 40)),
    ("conv_20", 147_712, (128, 20, 20)),
    ("concat_21", 0, (384, 20, 20)),
    ("c3k2_22", 378_880, (256, 20, 20)),
    ("detect_23", 431_647, (9, 8400)),
)


def template():
    found = find_template("yolo11n")
    assert found is not None
    return found


def test_the_canvas_has_one_node_for_each_published_row() -> None:
    network = template().build().network
    analysis = Analysis(network)
    nodes = [network.nodes[node] for node in network.order()]
    assert [node.name for node in nodes] == ["input", *(row[0] for row in ROWS), "output"]
    found = [
        (node.name, analysis.facts(node.id).parameters, analysis.facts(node.id).output)
        for node in nodes[1:-1]
    ]
    assert found == list(ROWS)
    assert analysis.totals().parameters == 2_590_815


def test_it_says_that_boxes_cannot_be_trained_and_goes_on() -> None:
    (fault,) = Analysis(template().build().network).faults()
    assert fault.warning
    assert fault.kind is FaultKind.LOSS
    assert "Boxes cannot be trained here" in str(fault.why)


def test_one_forward_pass_on_the_meta_device() -> None:
    network = template().build().network
    module = build(make_plan(network, Analysis(network), "YOLO11n"), initialise=False)
    module.to("meta").eval()
    assert sum(p.numel() for p in module.parameters()) == 2_590_815
    frozen = [p.numel() for p in module.parameters() if not p.requires_grad]
    assert frozen == [16]
    assert module(torch.empty(1, 3, 640, 640, device="meta")).shape == (1, 9, 8400)


def test_the_distances_are_means_of_bins() -> None:
    network = template().build(shape=(3, 64, 64)).network
    module = build(make_plan(network, Analysis(network), "YOLO11n")).eval()
    with torch.no_grad():
        found = module(torch.rand(1, 3, 64, 64))
    assert found.shape == (1, 9, 64 + 16 + 4)
    assert 0 <= float(found[:, :4].min()) <= float(found[:, :4].max()) <= 15


@pytest.mark.parametrize(("name", "names"), [("c3k2_2", "C3k2"), ("c3k2_6", "C3k2 with C3k")])
def test_more_steps_keep_every_result(name: str, names: str) -> None:
    network = template().build(shape=(3, 64, 64)).network
    node = node_named(network, name)
    assert node is not None
    assert isinstance(node.layer, BlockUse)
    assert node.layer.block.name == names
    before = Analysis(network).facts(node.id)
    network.do(SetLayer(node.id, node.layer.changed(n=3)))
    analysis = Analysis(network)
    assert analysis.errors() == []
    after = analysis.facts(node.id)
    assert after.output == before.output
    assert after.parameters > before.parameters
    text = source(make_plan(network, analysis, "Deeper")).text
    assert text.count("(2 + n) * inner") == 2
    module = build(make_plan(network, analysis, "Deeper"))
    assert sum(p.numel() for p in module.parameters()) == analysis.totals().parameters


def test_the_exported_file_runs_alone_bit_equal(tmp_path: Path) -> None:
    network = template().build(shape=(3, 64, 96)).network
    folder = Folder(tmp_path)
    folder.add("yolo", make_plan(network, Analysis(network), "YOLO11n"))
    folder.check()


def test_the_exported_file_is_short_and_has_one_class_for_each_block() -> None:
    network = template().build().network
    text = source(make_plan(network, Analysis(network), "YOLO11n")).text
    assert len(text.splitlines()) <= 300
    classes = [line.split("(")[0] for line in text.splitlines() if line.startswith("class ")]
    assert classes == [
        "class Expectation",
        "class ConvUnit",
        "class YOLOBottleneck",
        "class C3k2Step",
        "class C3k2",
        "class C3k",
        "class C3k2StepWithC3k",
        "class C3k2WithC3k",
        "class SPPF",
        "class PSA",
        "class C2PSA",
        "class DetectLevel",
        "class Detect",
        "class YOLO11n",
    ]
