"""A plan as Python source that a person would write and that runs alone.

One class per network and one per nested plan, whatever the number of its uses. Names come from
the plan and literals from ``repr``; no text of the user becomes code.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Set
from dataclasses import dataclass
from dataclasses import field as default
from itertools import chain

from graph.dims import is_traced
from graph.functions import expression
from graph.held import held, through_self
from graph.layer import Apply, Call, Shape
from graph.layout import WIDTH, Expression, Group, docstring, statement, with_comment
from graph.literals import call_arguments, literal, quote
from graph.loops import in_loops
from graph.own_modules import NAMES, OWN_NAMES, own_module
from graph.plan import Name, Plan, Repeat, Step
from graph.shared_start import loop_lines, shared_starts, start_lines, started_alone

_NESTED = 3
_FITTING = 66
_TYPED = 8
"""Results of a class that its type names one by one, at most."""


@dataclass(frozen=True, slots=True)
class Source:
    """Python source. ``lines`` gives the line numbers (from 1) of each node of the network, the
    constructor's first; a node inside a block is called ``block/node``."""

    text: str
    class_name: str
    lines: Mapping[str, list[int]] = default(default_factory=dict)


def source(plan: Plan, weights: str | None = None) -> Source:
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
    return Source("\n".join(lines) + "\n", name, marks)


def _imports(used: Set[str]) -> list[str]:
    """The import lines of what a file uses, in the order of isort."""
    lines = ["import math", ""] if "math" in used else []
    lines += ["import torch"] if "torch" in used else []
    lines.append("from torch import Tensor, nn")
    lines += ["from torch.nn import functional as F"] if "F" in used else []
    return lines + (["from torchvision import ops"] if "ops" in used else [])


def _main(name: str, plan: Plan, weights: str) -> list[str]:
    images = [str(Group("torch.zeros", tuple(map(str, (1, *shape))))) for _, shape in plan.inputs]
    return [
        'if __name__ == "__main__":',
        "    from pathlib import Path",
        "",
        "    from safetensors.torch import load_file",
        "",
        f"    model = {name}()",
        *statement("weights = ", Group("Path(__file__).with_name", (quote(weights),)), 4),
        "    model.load_state_dict(load_file(weights))",
        "    model.eval()",
        "    with torch.no_grad():",
        *statement("print", Group("", (f"model({', '.join(images)})",)), 8),
    ]


@dataclass(slots=True)
class _Body:
    lines: list[str]
    marks: dict[str, list[int]] = default(default_factory=dict)
    origin: str = ""

    def put(self, lines: list[str], *nodes: str) -> None:
        for node in nodes:
            if node:
                numbers = range(len(self.lines), len(self.lines) + len(lines))
                self.marks.setdefault(node, []).extend(numbers)
        self.lines += lines


class _Writer:
    """Collects the classes of a file, inner ones first."""

    def __init__(self, own: Set[str] = frozenset()) -> None:
        self.classes = [_Body(list(own_module(name).lines)) for name in sorted(own)]
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

    def _class(self, plan: Plan, uses: Mapping[str, tuple[str, ...]], name: str) -> _Body:
        body = _Body([f"class {name}(nn.Module):"], origin=plan.origin)
        body.put([*docstring(plan.doc, 4), ""])
        parameters = ["self"]
        for argument, kind in plan.argument_types.items():
            text = f"{argument}: {kind}"
            if argument in plan.argument_defaults:
                text += f" = {literal(plan.argument_defaults[argument])}"
            parameters.append(text)
        body.put(statement("def ", Group("__init__", tuple(parameters)), 4, " -> None:"))
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
        _Forward(self, plan, body).write()
        return body

    def _constructor(self, step: Step, uses: Mapping[str, tuple[str, ...]]) -> Group | None:
        operation = step.operation
        if isinstance(operation, Plan):
            return Group(uses[step.name][0], tuple(_arguments(operation)))
        if isinstance(operation, Repeat):
            items = [
                (name, _arguments(inner))
                for name, inner in zip(uses[step.name], operation.plans, strict=True)
            ]
            return Group("nn.Sequential", in_loops(items, operation.count))
        if isinstance(operation, Call):
            self.use(operation.target)
            return Group(operation.target, tuple(call_arguments(operation)))
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


def _made(step: Step, value: Group) -> list[str]:
    """The lines that make a part, freeze it and write its first weights."""
    lines = statement(f"self.{step.name} = ", value, 8)
    if step.frozen:
        end = ".requires_grad_(False)"
        fits = len(lines) == 1 and len(lines[0] + end) <= WIDTH
        lines = [lines[0] + end] if fits else [*lines, f"        self.{step.name}{end}"]
    inits = step.operation.init if isinstance(step.operation, Call) else ()
    return [*lines, *start_lines(f"self.{step.name}", inits, 8)]


@dataclass(slots=True)
class _Open:
    """An expression not yet assigned, of one output value, and the nodes in it."""

    value: Name
    expression: Expression
    nodes: tuple[str, ...]
    depth: int
    shape: Shape
    last: str


class _Forward:
    """Writes ``forward``: chains are nested, the main line is called x. What only auxiliary
    outputs need stands in ``if self.training:``."""

    def __init__(self, writer: _Writer, plan: Plan, body: _Body) -> None:
        self.writer = writer
        self.plan = plan
        self.body = body
        self.left: Counter[Name] = Counter(v for step in plan.steps for v in step.inputs)
        self.left.update(plan.outputs)
        self.names: dict[Name, str] = {(name, 0): name for name, _ in plan.inputs}
        self.x: Name | None = (plan.inputs[0][0], 0) if len(plan.inputs) == 1 else None
        self.open: _Open | None = None
        self.held = held(plan)
        self.indent = 8

    def write(self) -> None:
        plan = self.plan
        parameters = ["self", *(f"{name}: Tensor" for name, _ in plan.inputs)]
        count = len(plan.outputs)
        several = ["Tensor"] * count if count <= _TYPED else ["Tensor", "..."]
        result = "Tensor" if count == 1 else f"tuple[{', '.join(several)}]"
        if plan.auxiliary:
            result = "Tensor | tuple[Tensor, ...]"
        self.body.put(statement("def ", Group("forward", tuple(parameters)), 4, f" -> {result}:"))
        always, training = plan.parts()
        for step in always:
            self._step(step)
        if plan.auxiliary:
            self._close()
            self.body.put(["        if self.training:"])
            self.indent = 12
            for step in training:
                self._step(step)
            self._close()
            self._return(plan.outputs)
            self.indent = 8
        self._finish()

    def _step(self, step: Step) -> None:
        opened = self.open
        nested = (
            opened is not None
            and step.inputs == (opened.value,)
            and self.left[opened.value] == 1
            and opened.depth < _NESTED
            and not isinstance(step.operation, Apply)
        )
        if nested and opened is not None:
            call = Group(f"self.{step.name}", (opened.expression,))
            if len(str(call)) <= _FITTING:
                self.left[opened.value] -= 1
                self.open = _Open(
                    (step.name, 0),
                    call,
                    (*opened.nodes, step.node),
                    opened.depth + 1,
                    step.shapes[0],
                    step.name,
                )
                self._split(step)
                return
        self._close()
        arguments = [self.names[value] for value in step.inputs]
        for value in step.inputs:
            self.left[value] -= 1
        if isinstance(step.operation, Apply):
            self._apply(step, step.operation, arguments)
            return
        call = Group(f"self.{step.name}", tuple(arguments))
        self.open = _Open((step.name, 0), call, (step.node,), 1, step.shapes[0], step.name)
        self._split(step)

    def _apply(self, step: Step, operation: Apply, arguments: list[str]) -> None:
        written = expression(through_self(operation, self.held), arguments)
        if written != arguments[0]:  # the sum of one value is that value
            self.writer.use(operation.target)
        # A long sum or list stands alone; nesting it would hide it.
        depth = 1 if len(str(written)) <= _FITTING // 2 else _NESTED
        value = (step.name, 0)
        self.open = _Open(value, written, (step.node,), depth, step.shapes[0], step.name)
        self._split(step)

    def _split(self, step: Step) -> None:
        """A step with several outputs is assigned to several names at once."""
        if len(step.shapes) == 1:
            return
        opened = self.open
        assert opened is not None
        self.open = None
        targets = [
            f"{step.name}_{number}" if number else step.name for number in range(len(step.shapes))
        ]
        for number, target in enumerate(targets):
            self.names[step.name, number] = target
            if not self.left[step.name, number]:
                targets[number] = "_"
        lines = statement(f"{', '.join(targets)} = ", opened.expression, self.indent)
        self.body.put(lines, *opened.nodes)

    def _close(self) -> None:
        """Assign the open expression to a variable."""
        opened = self.open
        if opened is None:
            return
        self.open = None
        target = self._target(opened.value, opened.last)
        lines = statement(f"{target} = ", opened.expression, self.indent)
        self.body.put(with_comment(lines, self._comment(opened.shape)), *opened.nodes)

    def _target(self, value: Name, name: str) -> str:
        """``x`` where the value it holds is needed no more, else the step's own name."""
        head = self.indent > 8 and value in self.plan.outputs
        if not head and (self.x is None or self.left[self.x] == 0):
            self.x = value
            name = "x"
        self.names[value] = name
        return name

    def _comment(self, shape: Shape) -> str:
        # A class with arguments has another shape at each use.
        return "" if self.plan.argument_types else "x".join(str(int(size)) for size in shape)

    def _is_result(self, value: Name) -> bool:
        return self.plan.outputs == (value,) and self.left[value] == 1

    def _finish(self) -> None:
        opened = self.open
        if opened is not None and self._is_result(opened.value):
            self.body.put(statement("return ", opened.expression, 8), *opened.nodes)
            return
        self._close()
        self._return(self.plan.outputs[: len(self.plan.outputs) - self.plan.auxiliary])

    def _return(self, values: tuple[Name, ...]) -> None:
        names = tuple(self.names[value] for value in values)
        line = f"{' ' * self.indent}return {', '.join(names)}"
        long = len(line) > WIDTH and len(names) > 1
        self.body.put(statement("return ", Group("", names), self.indent) if long else [line])
