"""What runs at a node. For the use of a block it is a plan: one class with arguments, whatever the
number of its uses.

The shape rules run on values that remember how they were computed. What they need of the block's
parameters and input sizes become the class's arguments.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from graph.blocks.block import Block
from graph.blocks.block_use import BlockUse
from graph.calls.call import Apply, Call, Shape
from graph.calls.plan import Operation, Plan, Repeat
from graph.layers.base.layer import Layer
from graph.network.scope import CHAIN_WORDS, Scope, resolve
from graph.planning.steps import Traced, steps_of
from graph.values.declaration import FieldKind
from graph.values.dims import Dim, Named, counted, is_traced, names_of, times
from graph.values.names import class_name, is_plain

_AXES: Mapping[int, tuple[str, ...]] = {
    1: ("features",),
    2: ("channels", "length"),
    3: ("channels", "height", "width"),
    4: ("channels", "depth", "height", "width"),
}
_KINDS: Mapping[FieldKind, str] = {
    FieldKind.INTEGER: "int",
    FieldKind.REAL: "float",
    FieldKind.FLAG: "bool",
    FieldKind.CHOICE: "str",
}


def operation_of(found: Traced) -> Operation:
    """What runs where a layer stands. Here alone it matters whether that is the use of a block."""
    layer, inputs = found.layer, found.inputs
    operation = _block_plan(layer, inputs) if isinstance(layer, BlockUse) else layer.call(inputs)
    return _with_named(operation, found.named) if found.named else operation


def _block_plan(use: BlockUse, inputs: Sequence[Shape]) -> Plan | Repeat:
    """The plan of a use on inputs of these shapes, or the chain of plans if it is repeated."""
    plans: list[Plan] = []
    shapes = tuple(inputs)
    for index in range(use.repeat):
        place = (index, use.repeat)
        values = use.arguments(index)
        plans.append(_plan(use.block, values, shapes, place))
        if use.repeat > 1:
            shapes = _outputs(use.block, values, shapes, place)
    if use.repeat == 1 and not isinstance(use.repeat, Dim):
        return plans[0]
    return Repeat(tuple(plans), use.repeat)


def _traced_shapes(use: BlockUse, inputs: Sequence[Shape]) -> tuple[Shape, ...]:
    """The output shapes of a use, in the expressions of its parameters and inputs."""
    shapes = before = tuple(inputs)
    for index in range(use.repeat):
        shapes = _outputs(use.block, use.arguments(index), shapes, (index, use.repeat))
        if index == 0:
            first = shapes
    if not isinstance(use.repeat, Dim):
        return shapes
    return tuple(
        tuple(map(partial(_grown, use.repeat), *sizes))
        for sizes in zip(before, first, shapes, strict=True)
    )


def _grown(count: Dim, before: int, first: int, last: int) -> int:
    """A size behind a chain of ``count``, in terms of it where each adds the same to the size."""
    (start, what), (end, same) = counted(before), counted(first)
    added = end - start
    value = int(before) // start
    if what != same or not added or value * (start + added * int(count)) != last:
        return last
    assert isinstance(before, Dim)
    return times(start + added * count, value, what, before.names)


def _outputs(
    block: Block, values: Mapping[str, Any], shapes: Sequence[Shape], place: tuple[int, int]
) -> tuple[Shape, ...]:
    scope = block.scope(values, shapes, dict(zip(CHAIN_WORDS, place, strict=True)))
    traced = _trace(block, scope)
    return tuple(traced[node].inputs[0] for node in block.exits)


def _plan(
    block: Block, values: Mapping[str, Any], shapes: Sequence[Shape], place: tuple[int, int]
) -> Plan:
    """One use; ``values`` and ``shapes`` may be traced in the words of where it stands."""
    entries = _entries(block, shapes)
    own = {name: _as_argument(name, value) for name, value in values.items()}
    own_shapes = [
        tuple(Dim(int(size), name) for name, size in zip(names, shape, strict=True))
        for names, shape in zip(entries, shapes, strict=True)
    ]
    chain = {name: Dim(number, name) for name, number in zip(CHAIN_WORDS, place, strict=True)}
    traced = _trace(block, block.scope(own, own_shapes, chain))
    steps, names, results = steps_of(block.network, traced, operation_of, block.entrances)
    used = frozenset().union(*(_names_needed(step.operation) for step in steps))
    sizes = {
        name: size
        for entry, shape in zip(entries, shapes, strict=True)
        for name, size in zip(entry, shape, strict=True)
    }
    outer = {n: a for n, a in _arguments(block, values, sizes, place).items() if n in used}
    return Plan(
        class_name(block.name),
        tuple(
            (names[node], _numbers(shape))
            for node, shape in zip(block.entrances, shapes, strict=True)
        ),
        steps,
        results,
        doc=_doc(block),
        arguments={name: value for name, (value, _) in outer.items()},
        argument_types={name: kind for name, (_, kind) in outer.items()},
        argument_defaults={
            p.name: p.default for p in block.parameters if not p.required and p.name in used
        },
        shared=True,
        origin=block.name,
    )


def _arguments(
    block: Block, values: Mapping[str, Any], sizes: Mapping[str, int], place: tuple[int, int]
) -> dict[str, tuple[Any, str]]:
    """Values and types of all that the class may take, by name: those with a default come last."""
    own = [(p, (values[p.name], _KINDS[p.kind])) for p in block.parameters]
    return {
        **{name: (size, "int") for name, size in sizes.items()},
        **{parameter.name: found for parameter, found in own if parameter.required},
        **{name: (number, "int") for name, number in zip(CHAIN_WORDS, place, strict=True)},
        **{parameter.name: found for parameter, found in own if not parameter.required},
    }


def _as_argument(name: str, value: Any) -> Any:
    if isinstance(value, int) and not isinstance(value, bool):
        return Dim(int(value), name)
    return Named(value, name)


def _entries(block: Block, shapes: Sequence[Shape]) -> list[tuple[str, ...]]:
    """The names of the arguments that stand for the sizes of each input."""
    found = []
    for number, (node, shape) in enumerate(zip(block.entrances, shapes, strict=True), 1):
        title = block.network.nodes[node].name
        alone, several = "in", title if is_plain(title) else f"in{number}"
        prefix = alone if len(shapes) == 1 else several
        axes = _AXES.get(len(shape)) or tuple(f"size{n}" for n in range(len(shape)))
        found.append(tuple(f"{prefix}_{axis}" for axis in axes))
    return found


def _trace(block: Block, scope: Scope) -> dict[str, Traced]:
    """Shapes and layers of all nodes that an output needs."""
    network = block.network
    found: dict[str, Traced] = {}
    for node in network.order():
        if node not in block.ports.needed:
            continue
        placed = network.nodes[node]
        if node in scope.inputs:
            found[node] = Traced(placed.layer, (), (scope.inputs[node],), {})
            continue
        shapes = [
            found[wire.source].outputs[network.output_number(wire)] for wire in network.inputs(node)
        ]
        resolved = resolve(placed, scope, shapes)
        outputs = _shapes_of(resolved.layer, shapes)
        found[node] = Traced(resolved.layer, tuple(shapes), outputs, resolved.named)
    return found


def _shapes_of(layer: Layer, shapes: Sequence[Shape]) -> tuple[Shape, ...]:
    """The output shapes of a layer, traced where its inputs or settings are."""
    if not isinstance(layer, BlockUse):
        return layer.shapes(shapes)
    traced = is_traced(tuple(shapes)) or is_traced(tuple(layer.values().values()))
    return _traced_shapes(layer, shapes) if traced else layer.shapes(shapes)


def _names_needed(operation: object) -> frozenset[str]:
    """The class arguments that an operation speaks of."""
    if isinstance(operation, (Call, Apply)):
        found = [names_of(value) for value in operation.arguments.values()]
        if isinstance(operation, Call):
            found += [names_of(v) for init in operation.init for v in init.arguments.values()]
        return frozenset().union(*found)
    if isinstance(operation, Plan):
        return frozenset().union(*map(names_of, operation.arguments.values()))
    if isinstance(operation, Repeat):
        plans = (_names_needed(plan) for plan in operation.plans)
        return names_of(operation.count).union(*plans)
    return frozenset()


def _with_named(operation: Operation, named: Mapping[str, Named]) -> Operation:
    """The operation with traced values in the place of the plain ones of the same names."""
    if isinstance(operation, Repeat):
        plans = tuple(_named_plan(plan, named) for plan in operation.plans)
        return Repeat(plans, operation.count)
    if isinstance(operation, Plan):
        return _named_plan(operation, named)
    return replace(operation, arguments={**operation.arguments, **_fitting(operation, named)})


def _named_plan(plan: Plan, named: Mapping[str, Named]) -> Plan:
    return replace(plan, arguments={**plan.arguments, **_fitting(plan, named)})


def _fitting(operation: Call | Apply | Plan, named: Mapping[str, Named]) -> dict[str, Named]:
    arguments = operation.arguments
    return {n: v for n, v in named.items() if n in arguments and arguments[n] == v.value}


def _numbers(shape: Shape) -> Shape:
    return tuple(int(size) for size in shape)


def _doc(block: Block) -> str:
    """A docstring that cannot end early: the summary where it is plain text, else the name."""
    text = block.summary
    plain = text.isascii() and text.isprintable() and not set(text) & set("\"\\'")
    if plain and 0 < len(text) <= 76:
        return text
    return f"The block {class_name(block.name)}."
