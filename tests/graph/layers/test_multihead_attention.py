"""Multi-head attention: the module of torch with the batch in front, on one input or on three."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import nn

from backend.model.build import build
from graph.analysis.analysis import Analysis
from graph.blocks.sketch import Sketch, switch, whole
from graph.export.export import source
from graph.layers.activation.piecewise import ReLU
from graph.layers.attention.dot_product import MultiheadAttention
from graph.layers.base.layer import FaultKind
from graph.layers.io import Input
from graph.layers.reshaping.axes import Transpose
from graph.layers.reshaping.flatten import Flatten
from graph.network.edits import SetLayer
from graph.network.network import EditRefused, Network
from tests.generators import chain, place
from tests.graph.export.test_export import Folder, assert_tidy, plan_of
from tests.single import single, wire, with_outputs


def test_one_input_gives_queries_keys_and_values() -> None:
    module = build(plan_of(with_outputs(*single(MultiheadAttention(num_heads=4), [(6, 16)]))))
    by_hand = nn.MultiheadAttention(16, 4, batch_first=True)
    by_hand.load_state_dict(module.mha1.attention.state_dict())
    tokens = torch.randn(3, 6, 16, generator=torch.Generator().manual_seed(0))
    for found, wanted in zip(module(tokens), by_hand(tokens, tokens, tokens), strict=True):
        assert torch.equal(found, wanted)


def test_three_inputs_are_queries_keys_and_values_in_this_order() -> None:
    layer = MultiheadAttention(num_heads=2, self_attention=False, add_bias_kv=True)
    module = build(plan_of(with_outputs(*single(layer, [(5, 8), (7, 6), (7, 4)]))))
    by_hand = nn.MultiheadAttention(8, 2, add_bias_kv=True, kdim=6, vdim=4, batch_first=True)
    by_hand.load_state_dict(module.mha1.state_dict())
    generator = torch.Generator().manual_seed(0)
    inputs = [torch.randn(3, *shape, generator=generator) for shape in ((5, 8), (7, 6), (7, 4))]
    values, weights = module(*inputs)
    assert torch.equal(values, by_hand(*inputs)[0])
    assert weights.shape == (3, 5, 8)
    assert torch.allclose(weights.sum(dim=-1), torch.ones(3, 5))


def test_images_of_a_batch_do_not_see_each_other() -> None:
    module = build(plan_of(with_outputs(*single(MultiheadAttention(num_heads=2), [(4, 6)]))))
    images = torch.randn(3, 4, 6, generator=torch.Generator().manual_seed(1))
    together = module(images)
    for number in range(3):
        alone = module(images[number : number + 1])
        for one, several in zip(alone, together, strict=True):
            assert torch.allclose(one[0], several[number], atol=1e-6)


def test_an_image_becomes_tokens_as_the_fault_says() -> None:
    network, ids = chain(Input(shape=(8, 5, 5)), MultiheadAttention())
    (fault,) = [f for f in Analysis(network).errors() if f.kind is FaultKind.WRONG_RANK]
    assert "Flatten from dimension 2 on, then Transpose" in fault.sentence().text()
    layers = (Flatten(start_dim=2), Transpose(), MultiheadAttention(num_heads=2))
    network, ids = chain(Input(shape=(8, 5, 5)), *layers)
    assert Analysis(network).facts(ids[-1]).outputs == ((25, 8), (25, 25))


def test_heads_that_do_not_divide_the_features_are_mended() -> None:
    layer = MultiheadAttention(num_heads=5)
    (problem,) = layer.problems([(3, 12)])
    assert problem.kind is FaultKind.GROUPS
    assert not any(layer.changed(**problem.changes).problems([(3, 12)]))
    assert "4 / 6" in problem.mend.text()


def test_every_key_needs_a_value() -> None:
    layer = MultiheadAttention(self_attention=False)
    (problem,) = layer.problems([(3, 4), (5, 4), (6, 4)])
    assert (problem.kind, problem.port) == (FaultKind.MERGE_MISMATCH, "value")


def test_the_wire_of_the_queries_stays_when_the_others_get_inputs() -> None:
    network, (_, node) = chain(Input(shape=(4, 6)), MultiheadAttention())
    network.do(SetLayer(node, MultiheadAttention(self_attention=False)))
    assert [port.name for port in network.empty_ports(node)] == ["key", "value"]
    other = place(network, Input(shape=(5, 6)))
    for port in ("key", "value"):
        wire(network, other, "output", node, port)
    assert not [f for f in Analysis(network).errors() if f.kind is not FaultKind.NO_OUTPUT]
    with pytest.raises(EditRefused, match="has a wire on key"):
        network.do(SetLayer(node, MultiheadAttention()))


def in_a_block(layer: MultiheadAttention) -> Network:
    """Attention whose heads and bias are parameters of a block, used twice with other values."""
    project = Sketch()
    block = Sketch.of_block(
        project.library, "Encoder", "Attention.", whole("heads", 2), switch("shift", True)
    )
    start = block.input("x", (6, 8))
    starts = [start] * len(layer.input_ports())
    node = block.put(layer, *starts, num_heads="heads", bias="shift")
    block.output(block.put(ReLU(), (node, 0)))
    block.define()
    project.input("x", (6, 8))
    project.use("Encoder")
    project.use("Encoder", heads=4, shift=False)
    project.output()
    return project.network


@pytest.mark.parametrize("alone", [True, False])
def test_in_a_block_it_follows_the_parameters_and_runs_alone(tmp_path: Path, alone: bool) -> None:
    plan = plan_of(in_a_block(MultiheadAttention(self_attention=alone)))
    text = source(plan).text
    assert text.count("class Encoder") == 1
    assert text.count("nn.MultiheadAttention(") == 1
    folder = Folder(tmp_path)
    folder.add("encoder", plan)
    folder.check()
    assert_tidy({"encoder": text}, tmp_path)
