"""LeNet-5 of 1998: every row as published, the table of C3, and that it learns."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from backend.model.build import build
from graph.analysis.analysis import Analysis
from graph.calls.call import Shape
from graph.calls.plan import Plan
from graph.layers.convolution.table import LECUN, TableConv2d
from graph.layers.io import Input, Output
from graph.network.network import Network
from graph.planning.planner import make_plan
from graph.templates.notes.literature import node_named
from graph.templates.registry import find_template
from resources.modules.table_conv2d import TableConv2d as Module
from tests.generators import chain
from tests.graph.export.test_export import Folder

ROWS = {
    "c1": (156, (6, 28, 28)),
    "s2": (12, (6, 14, 14)),
    "c3": (1_516, (16, 10, 10)),
    "s4": (32, (16, 5, 5)),
    "c5": (48_120, (120, 1, 1)),
    "f6": (10_164, (84,)),
    "digits": (0, (10,)),
}


def network_of(classes: int = 10) -> Network:
    template = find_template("lenet5-1998")
    assert template is not None
    return template.build(classes=classes).network


def plan_of(network: Network) -> Plan:
    return make_plan(network, Analysis(network), "LeNet5")


def test_every_row_has_its_published_parameters() -> None:
    network = network_of()
    analysis = Analysis(network)
    found: dict[str, tuple[int, Shape | None]] = {}
    for name in ROWS:
        node = node_named(network, name)
        assert node is not None
        facts = analysis.facts(node.id)
        found[name] = facts.parameters, facts.output
    assert found == ROWS
    assert analysis.totals().parameters == 60_000


def test_torch_counts_the_same_trained_numbers_and_840_fixed_ones() -> None:
    module = build(plan_of(network_of()))
    assert sum(p.numel() for p in module.parameters() if p.requires_grad) == 60_000
    assert module.state_dict()["digits.weight"].numel() == 840


def test_the_table_is_the_one_of_the_paper() -> None:
    rows = [str(row) for row in LECUN]
    assert [len(row) for row in rows] == [3] * 6 + [4] * 9 + [6]
    assert len(set(rows)) == 16
    for seen in "123456":
        assert sum(seen in row for row in rows) == 10


def test_a_map_sees_only_the_maps_of_its_row() -> None:
    layer = TableConv2d(kernel_size=(3, 3))
    call = layer.call([(6, 5, 5)])
    module = Module(**call.arguments)
    x = torch.randn(1, 6, 5, 5, requires_grad=True)
    for number, row in enumerate(LECUN):
        (gradient,) = torch.autograd.grad(module(x)[0, number].sum(), x)
        seen = gradient.abs().sum(dim=(0, 2, 3)) > 0
        assert "".join(str(n + 1) for n in range(6) if seen[n]) == str(row)


def test_the_layer_equals_a_convolution_with_the_other_weights_zero() -> None:
    module = Module(((0, 2), (1,), (0, 1, 2)), 3, stride=2, padding=1)
    full = torch.nn.Conv2d(3, 3, 3, stride=2, padding=1)
    with torch.no_grad():
        full.weight.zero_()
        full.bias.copy_(module.bias)
        for place, (output, source) in enumerate(((0, 0), (0, 2), (1, 1), (2, 0), (2, 1), (2, 2))):
            full.weight[output, source] = module.weight[place, 0]
        x = torch.randn(2, 3, 9, 8)
        assert torch.allclose(module(x), full(x), atol=1e-6)


@pytest.mark.parametrize(
    ("table", "words"),
    [((123, 11), "11 must name each input map once"), ((12, 4), "4 names a map that 3×5×5")],
)
def test_a_table_that_names_no_maps_is_refused_in_one_sentence(table, words: str) -> None:
    (problem,) = TableConv2d(table=table, kernel_size=(3, 3)).problems([(3, 5, 5)])
    assert problem.field == "table"
    assert words in str(problem.why)


def test_a_table_of_single_maps_is_exported_as_rows(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    for name, table in (("several", (1, 2, 31)), ("one", (2,)), ("lone", (132,))):
        layer = TableConv2d(table=table, kernel_size=(3, 3))
        network, _ = chain(Input(shape=(3, 5, 5)), layer, Output())
        folder.add(name, plan_of(network))
    folder.add("lenet", plan_of(network_of()))
    folder.check()


def test_one_step_changes_all_that_is_trained_and_no_digit() -> None:
    module = build(plan_of(network_of()), seed=1)
    before = {name: value.clone() for name, value in module.state_dict().items()}
    optimiser = torch.optim.SGD(module.parameters(), lr=1e-3)
    loss = torch.nn.functional.cross_entropy(module(torch.randn(8, 1, 32, 32)), torch.arange(8))
    loss.backward()
    optimiser.step()
    same = {name for name, value in module.state_dict().items() if torch.equal(value, before[name])}
    assert same == {"digits.weight"}


def test_more_classes_than_digits_are_trained() -> None:
    network = network_of(classes=12)
    assert Analysis(network).totals().parameters == 60_000 + 12 * 84
