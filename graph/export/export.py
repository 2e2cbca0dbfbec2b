"""A plan as Python source that a person would write and that runs alone.

One class per network and one per nested plan, whatever the number of its uses. Names come from
the plan and literals from ``repr``; no text of the user becomes code.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from dataclasses import field as default
from itertools import chain

from graph.calls.call import Call
from graph.calls.literals import literal, quote
from graph.calls.own_modules import NAMES, OWN_NAMES, own_module
from graph.calls.plan import Plan, Repeat, Step
from graph.export.arguments import call_arguments
from graph.export.forward import ClassBody, Forward
from graph.export.held import held
from graph.export.layout import WIDTH, Bracketed, docstring, statement
from graph.export.loops import in_loops
from graph.export.shared_start import loop_lines, shared_starts, start_lines, started_alone
from graph.values.dims import is_traced


@dataclass(frozen=True, slots=True)
class PythonFile:
    """Python source. ``lines`` gives the line numbers (from 1) of each node of the network, the
    constructor's first; a node inside a block is called ``block/node``."""

    text: str
    class_name: str
    lines: Mapping[str, list[int]] = default(default_factory=dict)


def source(plan: Plan, weights: str | None = None) -> PythonFile:
    """Write the file. With the name of a safetensors file beside it, running the file loads it."""
    calls = [step.operation for _, step in plan.walk() if isinstance(step.operation, Call)]
    targets = {name for call in calls for name in (call.target, *(i.function for i in call.init))}
    writer = _Writer(targets & OWN_NAMES)
    name = writer.write(plan)
    if weights is not None:
        writer.used.add("torch")
    head = [*docstring(plan.doc), "", *_imports(writer.used)]
    lines = list(head)
    marks: dict[str, list[int]] = {}
    for body in writer.classes:
        lines += ["", ""]
        for node, numbers in body.marks.items():
            place = f"{body.origin}/{node}" if body.origin else node
            marks.setdefault(place, []).extend(len(lines) + 1 + number for number in numbers)
        lines += body.lines
    if weights is not None:
        lines += ["", "", *_main(name, plan, weights)]
    return PythonFile("\n".join(lines) + "\n", name, marks)


def _imports(used: Set[str]) -> list[str]:
    """The import lines of what a file uses, in the order of isort."""
    lines = ["import math", ""] if "math" in used else []
    lines += ["import torch"] if "torch" in used else []
    lines.append("from torch import Tensor, nn")
    lines += ["from torch.nn import functional as F"] if "F" in used else []
    return lines + (["from torchvision import ops"] if "ops" in used else [])


def _main(name: str, plan: Plan, weights: str) -> list[str]:
    images = [
        str(Bracketed("torch.zeros", tuple(map(str, (1, *shape))))) for _, shape in plan.inputs
    ]
    return [
        'if __name__ == "__main__":',
        "    from pathlib import Path",
        "",
        "    from safetensors.torch import load_file",
        "",
        f"    model = {name}()",
        *statement("weights = ", Bracketed("Path(__file__).with_name", (quote(weights),)), 4),
        "    model.load_state_dict(load_file(weights))",
        "    model.eval()",
        "    with torch.no_grad():",
        *statement("print", Bracketed("", (f"model({', '.join(images)})",)), 8),
    ]


class _Writer:
    """Collects the classes of a file, inner ones first."""

    def __init__(self, own: Set[str] = frozenset()) -> None:
        self.classes = [ClassBody(list(own_module(name).lines)) for name in sorted(own)]
        self.names = {name: name for name in own}
        """What a class says, or the name of an own module -> its name in the file."""
        self.used = {used for name in own for used in own_module(name).names}
        """Which of the names that a file may import it uses."""

    def write(self, plan: Plan) -> str:
        """Write the class of a plan unless it stands already; return its name."""
        uses = {
            step.name: tuple(self.write(inner) for inner in _inner(step.operation))
            for step in plan.steps
        }
        body = self._class(plan, uses, plan.class_name)
        key = "\n".join(body.lines)
        if key in self.names:
            return self.names[key]
        name, number = plan.class_name, 2
        while name in self.names.values():
            name = f"{plan.class_name}{number}"
            number += 1
        if name != plan.class_name:
            body = self._class(plan, uses, name)
        self.names[key] = name
        self.classes.append(body)
        return name

    def _class(self, plan: Plan, uses: Mapping[str, tuple[str, ...]], name: str) -> ClassBody:
        body = ClassBody([f"class {name}(nn.Module):"], origin=plan.origin)
        body.put([*docstring(plan.doc, 4), ""])
        parameters = ["self"]
        for argument, kind in plan.argument_types.items():
            text = f"{argument}: {kind}"
            if argument in plan.argument_defaults:
                text += f" = {literal(plan.argument_defaults[argument])}"
            parameters.append(text)
        body.put(statement("def ", Bracketed("__init__", tuple(parameters)), 4, " -> None:"))
        body.put(["        super().__init__()"])
        for argument, attribute in held(plan).items():
            body.put([f"        {attribute} = {argument}"])
        shared = shared_starts(plan)
        for step in chain(*plan.parts()):
            value = self._constructor(step, uses)
            if value is not None:
                body.put(_made(started_alone(step, shared), value), step.node)
        for target, lines in loop_lines(shared):
            body.put(list(lines), *_nodes_of(plan, target))
        body.put([""])
        Forward(plan, body, self.use).write()
        return body

    def _constructor(self, step: Step, uses: Mapping[str, tuple[str, ...]]) -> Bracketed | None:
        operation = step.operation
        if isinstance(operation, Plan):
            return Bracketed(uses[step.name][0], tuple(_arguments(operation)))
        if isinstance(operation, Repeat):
            items = [
                (name, _arguments(inner))
                for name, inner in zip(uses[step.name], operation.plans, strict=True)
            ]
            return Bracketed("nn.Sequential", in_loops(items, operation.count))
        if isinstance(operation, Call):
            self.use(operation.target)
            return Bracketed(operation.target, tuple(call_arguments(operation)))
        return None

    def use(self, target: str) -> None:
        """Note what must be imported for a call of ``target``."""
        self.used |= NAMES & {target.partition(".")[0]}


def _nodes_of(plan: Plan, target: str) -> list[str]:
    return [
        s.node for s in plan.steps if isinstance(s.operation, Call) and s.operation.target == target
    ]


def _inner(operation: object) -> tuple[Plan, ...]:
    if isinstance(operation, Repeat):
        return operation.plans
    return (operation,) if isinstance(operation, Plan) else ()


def _arguments(plan: Plan) -> list[str]:
    """The arguments of a nested plan's class, without those that equal its defaults."""
    items = []
    for name, value in plan.arguments.items():
        if name not in plan.argument_defaults:
            items.append(literal(value))
        elif is_traced(value) or value != plan.argument_defaults[name]:
            items.append(f"{name}={literal(value)}")
    return items


def _made(step: Step, value: Bracketed) -> list[str]:
    """The lines that make a part, freeze it and write its first weights."""
    lines = statement(f"self.{step.name} = ", value, 8)
    if step.frozen:
        end = ".requires_grad_(False)"
        fits = len(lines) == 1 and len(lines[0] + end) <= WIDTH
        lines = [lines[0] + end] if fits else [*lines, f"        self.{step.name}{end}"]
    inits = step.operation.init if isinstance(step.operation, Call) else ()
    return [*lines, *start_lines(f"self.{step.name}", inits, 8)]
