"""``forward`` of an exported class: steps become expressions, and few of them need a name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import field as default

from graph.calls.call import Apply, Shape
from graph.calls.plan import Name, Plan, Step
from graph.export.functions import expression
from graph.export.held import held, through_self
from graph.export.layout import WIDTH, Bracketed, Expression, statement, with_comment

_NESTED = 3
"""Calls inside each other in one expression, at most."""

_FITTING = 66
"""Characters of an expression that goes into another, at most."""

_TYPED = 8
"""Results of a class that its type names one by one, at most."""


@dataclass(slots=True)
class ClassBody:
    """The lines of a class. ``marks`` are the places of each node among them, ``origin`` names the
    block that the class is of."""

    lines: list[str]
    marks: dict[str, list[int]] = default(default_factory=dict)
    origin: str = ""

    def put(self, lines: list[str], *nodes: str) -> None:
        """Add lines that speak of these nodes."""
        for node in nodes:
            if node:
                numbers = range(len(self.lines), len(self.lines) + len(lines))
                self.marks.setdefault(node, []).extend(numbers)
        self.lines += lines


@dataclass(slots=True)
class _Open:
    """An expression not yet assigned, of one output value, and the nodes in it."""

    value: Name
    expression: Expression
    nodes: tuple[str, ...]
    depth: int
    shape: Shape
    last: str


class Forward:
    """Writes ``forward``: chains are nested, the main line is called x. What only auxiliary
    outputs need stands in ``if self.training:``."""

    def __init__(self, plan: Plan, body: ClassBody, use: Callable[[str], None]) -> None:
        """``use`` hears of each target that is called."""
        self.use = use
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
        self.body.put(
            statement("def ", Bracketed("forward", tuple(parameters)), 4, f" -> {result}:")
        )
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
            call = Bracketed(f"self.{step.name}", (opened.expression,))
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
        call = Bracketed(f"self.{step.name}", tuple(arguments))
        self.open = _Open((step.name, 0), call, (step.node,), 1, step.shapes[0], step.name)
        self._split(step)

    def _apply(self, step: Step, operation: Apply, arguments: list[str]) -> None:
        written = expression(through_self(operation, self.held), arguments)
        if written != arguments[0]:  # the sum of one value is that value
            self.use(operation.target)
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
        self.body.put(statement("return ", Bracketed("", names), self.indent) if long else [line])
