"""Exported files run alone and equal the built module, bit for bit; no text of the user is code."""

from __future__ import annotations

import ast
import json
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from torch import fx, nn

from backend.model.build import build
from graph.analysis.analysis import Analysis
from graph.calls.own_modules import OWN_NAMES, own_module
from graph.calls.plan import Plan
from graph.document.project import Project, dumps, loads
from graph.export.export import source
from graph.layers.activation.piecewise import ReLU
from graph.layers.base.layer import FaultKind
from graph.layers.convolution.plain import Conv2d
from graph.layers.io import Input, Output
from graph.layers.linear import Linear
from graph.layers.merge import Add
from graph.layers.regularisation import Dropout
from graph.layers.reshaping.flatten import Flatten
from graph.network.edits import Rename, SetLayer
from graph.network.network import EditRefused, Network
from graph.planning.planner import NotReady, make_plan
from graph.templates.registry import TEMPLATES
from graph.values.declaration import fields_of
from graph.values.names import MODULE_NAMES, class_name, is_plain
from tests.equal_bits import BOUNDARY, one_thread, save_askew
from tests.fitted import fitted
from tests.generators import chain, place, random_network

HERE = Path(__file__).parents[1]
RANDOM = 150


def plan_of(network: Network, name: str = "network") -> Plan:
    return make_plan(network, Analysis(network), name)


def several_outputs(random_source: random.Random, network: Network) -> Network:
    """Sometimes a second output, at any node that has one."""
    if random_source.random() < 0.2:
        ends = [n for n, node in network.nodes.items() if node.layer.output_ports()]
        place(network, Output(), random_source.choice(ends))
    return network


def random_case(seed: int) -> Network:
    random_source = random.Random(seed)
    inputs = random_source.choice((1, 1, 1, 2))
    network = random_network(random_source, random_source.randint(4, 24), inputs)
    return several_outputs(random_source, network)


def stirred(plan: Plan, seed: int) -> nn.Module:
    """The built module with weights and statistics unlike those of a fresh one."""
    module = build(plan, seed=seed)
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for value in (*module.parameters(), *module.buffers()):
            if value.is_floating_point():
                value.copy_(torch.rand(value.shape, generator=generator) + 0.1)
    return module.eval()


def images_for(plan: Plan, seed: int) -> list[torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    return [torch.randn(2, *shape, generator=generator) for _, shape in plan.inputs]


def outputs(module: nn.Module, images: list[torch.Tensor]) -> list[torch.Tensor]:
    with torch.no_grad(), one_thread():
        result = module(*[image.clone() for image in images])
    return list(result) if isinstance(result, tuple) else [result]


class Folder:
    """Exported files with weights and images, run together by one fresh interpreter.

    Weights and images lie askew in their files, so that values used where they were read would
    show in the addresses on every processor, and in the last bit on some.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.wanted: dict[str, tuple[list[torch.Tensor], list[str]]] = {}

    def add(self, name: str, plan: Plan, seed: int = 0) -> None:
        exported = source(plan)
        module = stirred(plan, seed)
        images = images_for(plan, seed)
        file = self.path / f"{name}.py"
        file.write_text(exported.text, encoding="utf-8")
        file.with_suffix(".json").write_text(json.dumps({"class_name": exported.class_name}))
        save_askew(module.state_dict(), file.with_suffix(".safetensors"))
        save_askew({f"{n:03}": image for n, image in enumerate(images)}, file.with_suffix(".in"))
        self.wanted[name] = outputs(module, images), list(module.state_dict())

    def run(self) -> dict[str, dict[str, Any]]:
        environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
        run = subprocess.run(
            [sys.executable, "-P", str(HERE / "alone.py"), str(self.path)],
            cwd=self.path,
            env=environment | {"OMP_NUM_THREADS": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert run.returncode == 0, run.stderr
        found = [json.loads(line) for line in run.stdout.splitlines()]
        return {entry["name"]: entry for entry in found}

    def check(self) -> None:
        reports = self.run()
        assert reports.keys() == self.wanted.keys()
        for name, (results, keys) in self.wanted.items():
            report = reports[name]
            assert "error" not in report, f"{name}: {report['error']}"
            assert report["keys"] == keys, name
            assert not any(place % BOUNDARY for place in report["places"]), name
            found = load_file(self.path / f"{name}.out")
            assert len(found) == len(results)
            for number, result in enumerate(results):
                assert torch.equal(bits(found[f"{number:03}"]), bits(result)), f"{name}: {number}"


def bits(value: torch.Tensor) -> torch.Tensor:
    """The tensor's bits, in which not-a-number equals itself and 0 does not equal −0."""
    assert value.dtype == torch.float32
    return value.contiguous().view(torch.int32)


_SYNTAX = (
    "Module Expr Constant ImportFrom Import alias ClassDef FunctionDef arguments arg Assign Name "
    "Attribute Load Store Call keyword Return Tuple List BinOp Add Mult Div FloorDiv "
    "Sub BitOr Subscript Slice UnaryOp USub Starred ListComp comprehension If For"
)
ALLOWED = frozenset(_SYNTAX.split())
IMPORTED = {"torch": {"nn", "Tensor"}, "torch.nn": {"functional"}, "torchvision": {"ops"}}


def assert_harmless(text: str) -> None:
    """Only the few kinds of syntax that the exporter needs, and imports of torch alone."""
    tree = ast.parse(text)
    classes = {node.name for node in tree.body if isinstance(node, ast.ClassDef | ast.FunctionDef)}
    for name in classes & OWN_NAMES:  # copied as they stand in the program
        assert "\n".join(own_module(name).lines) in text
    tree.body = [node for node in tree.body if getattr(node, "name", "") not in OWN_NAMES]
    nodes = list(ast.walk(tree))
    for node in nodes:
        assert type(node).__name__ in ALLOWED, ast.dump(node)
    for node in (node for node in nodes if isinstance(node, ast.Import)):
        assert [name.name for name in node.names] in (["torch"], ["math"])
    for node in (node for node in nodes if isinstance(node, ast.ImportFrom)):
        names = {name.name for name in node.names}
        assert names <= IMPORTED.get(node.module or "", set()), node.module
    for node in (node for node in nodes if isinstance(node, ast.Call)):
        called = ast.unparse(node.func)
        known = ("self.", "nn.", "torch.", "F.", "ops.", "super")
        frozen = called.endswith(").requires_grad_")  # of a part just made
        plain = classes | {"range", "isinstance"}
        assert called.startswith(known) or frozen or called in plain, called
        assert not isinstance(node.func, ast.Attribute) or "__" not in called[:-8], called
    text.encode("ascii")


def assert_tidy(files: dict[str, str], folder: Path) -> None:
    """ruff has nothing to format and nothing to say."""
    for name, text in files.items():
        (folder / f"{name}.py").write_text(text)
    for command in (
        ["format", "--isolated", "--check", "--diff"],
        [
            *("check", "--isolated", "--quiet"),
            *("--select", "E,F,W,I,UP,B,SIM,C4,PIE,RET,N"),
            *("--ignore", "N812"),  # everybody calls torch.nn.functional F
        ],
    ):
        run = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "--no-cache", str(folder)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert run.returncode == 0, (run.stdout + run.stderr)[:3000]


def test_random_networks_run_alone_bit_equal(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    for seed in range(RANDOM):
        plan = plan_of(random_case(seed))
        assert_harmless(source(plan).text)
        folder.add(f"network{seed:03}", plan, seed)
    folder.check()


@pytest.mark.campaign
@pytest.mark.timeout(3600)
def test_random_networks_run_alone_in_a_campaign(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    for seed in range(10_000, 14_000):
        folder.add(f"network{seed}", plan_of(random_case(seed)), seed)
    folder.check()


def templates_run_alone(tmp_path: Path, most: float) -> None:
    """Export and run the templates with at most so many parameters when fitted small."""
    folder = Folder(tmp_path)
    for template in TEMPLATES:
        project = fitted(template)
        plan = plan_of(project.network, project.name)
        assert_harmless(source(plan).text)
        if Analysis(project.network).totals().parameters <= most:
            folder.add(template.name.replace("-", "_"), plan)
    folder.check()


def test_templates_run_alone_bit_equal(tmp_path: Path) -> None:
    templates_run_alone(tmp_path, 3e6)


@pytest.mark.campaign
def test_large_templates_run_alone_bit_equal(tmp_path: Path) -> None:
    templates_run_alone(tmp_path, float("inf"))


def test_exported_source_is_formatted_and_clean(tmp_path: Path) -> None:
    files = {f"network{seed}": source(plan_of(random_case(seed))).text for seed in range(RANDOM)}
    for template in TEMPLATES:
        project = template.build()
        plan = plan_of(project.network, project.name)
        files[template.name.replace("-", "_")] = source(plan).text
        files[template.name.replace("-", "_") + "_main"] = source(plan, "weights.safetensors").text
    assert_tidy(files, tmp_path)


def test_lines_point_at_the_nodes() -> None:
    for seed in range(20):
        network = random_case(seed)
        plan = plan_of(network)
        found = source(plan)
        lines = found.text.splitlines()
        for step in plan.steps:
            numbers = found.lines[step.node]
            assert all(1 <= number <= len(lines) for number in numbers)
            named = any(step.name in lines[n - 1] or "x" in lines[n - 1] for n in numbers)
            assert named or step.name not in found.text


def test_the_plan_depends_on_the_document_alone() -> None:
    for seed in range(30):
        network = random_case(seed)
        again = loads(dumps(Project(network=network))).network
        assert source(plan_of(again)).text == source(plan_of(network)).text


def test_a_network_with_errors_is_not_ready() -> None:
    network, _ = chain(Input(), Conv2d(groups=5), Linear(), Output())
    with pytest.raises(
        NotReady, match=r"conv1 · groups 5: .* \(2 problems in all\)|conv1"
    ) as caught:
        plan_of(network)
    assert {fault.kind for fault in caught.value.faults} >= {FaultKind.GROUPS}
    with pytest.raises(NotReady, match="no input"):
        plan_of(Network())


# Names

HOSTILE = (
    "it's",
    'say "hi"',
    '"""',
    "'''",
    "\\",
    "\\'",
    "line\nbreak",
    "carriage\rreturn",
    "form\x0cfeed",
    "null\x00",
    "tab\t",
    "# comment",
    "):\n        import os",
    "{0}",
    "%s",
    "{self.__class__}",
    "f'{1+1}'",
    "${x}",
    "class",
    "None",
    "True",
    "lambda",
    "match",
    "type",
    "_",
    "__init__",
    "__class__",
    "__dict__",
    "__getattr__",
    "_modules",
    "_parameters",
    "_buffers",
    "forward",
    "self",
    "training",
    "x",
    "nn",
    "torch",
    "Tensor",
    "super",
    "print",
    "to",
    "cuda",
    "eval",
    "train",
    "parameters",
    "state_dict",
    "add_module",
    "register_buffer",
    "T_destination",
    "graph",
    "code",
    "conv 1",
    "conv.1",
    "conv-1",
    "1conv",
    "🦊",
    "\uff43onv",
    "ﬁlter",
    "ªx",
    "conν",
    "Größe",
    "\u017felf",
    "ﬁ",
    "\u202eevil\u202c",
    "\u2066x\u2069",
    "\u200f",
    "\ufeff",
    "zero\u200bwidth",
    "\u2028",
    "\x85",
    "\U000e0041",
    "a" * 200,
    "🦊" * 100,
    " ",
)


def base_network() -> tuple[Network, list[str]]:
    return chain(
        Input(shape=(1, 8, 8)), Conv2d(out_channels=3), ReLU(), Flatten(), Linear(), Output()
    )


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_node_names_change_nothing(name: str) -> None:
    network, ids = base_network()
    plain = source(plan_of(network)).text
    keys = list(build(plan_of(network)).state_dict())
    for node in ids:
        network.do(Rename(node, name))
    plan = plan_of(network)
    assert source(plan).text == plain
    assert list(build(plan).state_dict()) == keys
    assert source(plan_of(loads(dumps(Project(network=network))).network)).text == plain


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_project_names_and_weights_give_a_harmless_file(name: str) -> None:
    network, _ = base_network()
    text = source(plan_of(network, name), weights=name).text
    text.encode("ascii")
    tree = ast.parse(text)
    (made,) = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    assert made.name.isidentifier()
    assert made.name == class_name(name)
    literals = [n.value for n in ast.walk(tree) if isinstance(n, ast.Constant)]
    assert name in literals  # the name of the weights, whole and only as a string
    (head, main) = text.split("\n\n\nif __name__")
    assert_harmless(head + "\n")
    assert main


def test_lone_surrogates_never_enter_a_network() -> None:
    network, ids = base_network()
    with pytest.raises(EditRefused):
        network.do(Rename(ids[1], "\ud800"))


def test_plain_names_are_kept_and_twins_stay_apart() -> None:
    network = Network()
    image = place(network, Input(shape=(1, 8, 8)), name="stem")
    names = ["stem", "stem", "STEM", "\uff53tem", "conv2", "conv1", "Conv2d", "nn", "stem_1", "x1"]
    last = image
    for name in names:
        last = place(network, Conv2d(out_channels=2, padding="same"), last, name=name)
    place(network, Output(), place(network, Flatten(), last))
    plan = plan_of(network)
    taken = [step.name for step in plan.steps]
    assert len(set(taken)) == len(taken)
    assert {"STEM", "conv2", "conv1", "stem_1", "x1"} <= set(taken)
    module = build(plan)
    assert {key.split(".")[0] for key in module.state_dict()} == set(taken) - {taken[-1]}


def test_random_hostile_names_in_random_networks(tmp_path: Path) -> None:
    random_source = random.Random(4)
    identifiers = ("stem", "head", "a", "conv1", "conv1_1", "maxpool1_1", "relu", "out", "y", "fc1")
    folder = Folder(tmp_path)
    for seed in range(60):
        network = random_case(500 + seed)
        for node in list(network.nodes):
            network.do(Rename(node, random_source.choice(HOSTILE + identifiers * 4)))
        plan = plan_of(network, random_source.choice(HOSTILE))
        assert_harmless(source(plan).text)
        folder.add(f"network{seed:03}", plan, seed)
    folder.check()


def test_every_attribute_of_a_module_is_reserved() -> None:
    bare = fx.GraphModule(nn.Module(), fx.Graph())
    attributes = {*dir(nn.Module()), *dir(bare), *vars(bare), *nn.Module.__annotations__}
    public = {name for name in attributes if not name.startswith("_")}
    assert public <= MODULE_NAMES, f"not reserved: {sorted(public - MODULE_NAMES)}"
    assert not any(is_plain(name) for name in attributes)


def test_every_setting_of_torch_survives_the_export() -> None:
    """A call written and read again has the arguments of the call."""
    for seed in range(40):
        plan = plan_of(random_case(seed))
        tree = ast.parse(source(plan).text)
        made = {
            ast.unparse(node.targets[0]): node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]).startswith("self.")
        }
        for step in plan.steps:
            if isinstance(step.operation, Plan) or f"self.{step.name}" not in made:
                continue
            call = made[f"self.{step.name}"]
            assert isinstance(call, ast.Call)
            assert ast.unparse(call.func) == step.operation.target


# In place


def with_in_place(network: Network) -> int:
    """Switch inplace on wherever that is no fault; returns at how many nodes."""
    switched = 0
    analysis = Analysis(network)
    analysis.follow()
    for node in list(network.nodes.values()):
        if "inplace" not in fields_of(type(node.layer)):
            continue
        undo = network.do(SetLayer(node.id, node.layer.changed(inplace=True)))
        if analysis.errors():
            network.do(undo)
        else:
            switched += 1
    return switched


def test_in_place_layers_without_a_fault_change_no_result_and_train() -> None:
    switched = 0
    for seed in range(150):
        network = random_case(1000 + seed)
        plain = stirred(plan_of(network), seed)
        images = images_for(plan_of(network), seed)
        wanted = outputs(plain, images)
        switched += with_in_place(network)
        module = stirred(plan_of(network), seed)
        for ours, theirs in zip(outputs(module, images), wanted, strict=True):
            assert torch.equal(bits(ours), bits(theirs)), dumps(Project(network=network))
        if any(p.requires_grad for p in module.parameters()):
            result = module.train()(*images)
            results = result if isinstance(result, tuple) else (result,)
            total = sum(value.sum() for value in results)
            if total.requires_grad:
                total.backward()
    assert switched > 50


def test_an_in_place_layer_behind_a_node_that_passes_its_input_is_a_fault() -> None:
    for between in (Flatten(), Dropout(), Add()):
        network = Network()
        image = place(network, Input(shape=(1, 4, 4)))
        first = place(network, Conv2d(out_channels=2), image)
        middle = place(network, between, first)
        relu = place(network, ReLU(inplace=True), middle)
        merged = place(
            network, Add(), place(network, Flatten(), relu), place(network, Flatten(), first)
        )
        place(network, Output(), merged)
        (fault,) = Analysis(network).errors()
        assert (fault.kind, fault.node) == (FaultKind.IN_PLACE, relu)
