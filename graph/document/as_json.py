"""Networks and blocks as plain JSON values, and back.

What is read was checked on the way in: an illegal layer, wire or parameter is a ProjectError that
names its place.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from graph.blocks.block import Block
from graph.blocks.block_use import PREFIX, TAKEN, BlockUse, use_type
from graph.blocks.library import Library, library_of
from graph.blocks.library_edits import DefineBlock
from graph.blocks.parameter import PARAMETER_KINDS, Parameter, check_parameters
from graph.document.strict_json import (
    MAX_DEPTH,
    ProjectError,
    as_list,
    as_object,
    check_keys,
    too_deep,
)
from graph.layers.base.layer import Layer
from graph.layers.registry import REGISTRY, RENAMED
from graph.network.edits import AddNode, Batch, Connect
from graph.network.network import Edit, EditRefused, Network, Node, Wire
from graph.network.ordering import natural
from graph.values.declaration import FieldError, FieldKind, show
from graph.values.message import Message, say

MAX_TEXT = 200


def write_network(network: Network) -> dict[str, Any]:
    ids = sorted(network.nodes, key=natural)
    return {
        "nodes": [_write_node(network.nodes[node]) for node in ids],
        "wires": [
            {"from": [wire.source, wire.output], "to": [wire.target, wire.input]}
            for node in ids
            for wire in network.inputs(node)
        ],
    }


def _write_node(node: Node) -> dict[str, Any]:
    found = {
        "id": node.id,
        "type": node.layer.type_name(),
        "name": node.name,
        "position": [_number(value) for value in node.position],
        "settings": plain(node.layer.differing()),
    }
    if node.formulas:
        found["formulas"] = dict(sorted(node.formulas.items()))
    if node.frozen:
        found["frozen"] = True
    return found


def write_blocks(network: Network) -> dict[str, Any]:
    """The blocks of the network's project; for a part of one, those that it needs."""
    library = library_of(network)
    blocks = set(library.blocks.values())
    if library.main is not network:
        blocks = set(_needed(network))
    return {
        block.name: {
            "summary": block.summary,
            "parameters": [_write_parameter(parameter) for parameter in block.parameters],
            **write_network(block.network),
        }
        for block in sorted(blocks, key=lambda block: natural(block.name))
    }


def _needed(network: Network) -> Iterator[Block]:
    for node in network.nodes.values():
        if isinstance(node.layer, BlockUse):
            yield node.layer.block
            yield from _needed(node.layer.block.network)


def _write_parameter(parameter: Parameter) -> dict[str, Any]:
    found: dict[str, Any] = {
        "name": parameter.name,
        "kind": parameter.kind.value,
        "default": parameter.default,
    }
    if parameter.kind in (FieldKind.INTEGER, FieldKind.REAL):
        found |= {"minimum": parameter.minimum, "maximum": parameter.maximum}
    if parameter.words:
        found["words"] = list(parameter.words)
    for key in ("help", "first_only", "required"):
        if getattr(parameter, key):
            found[key] = getattr(parameter, key)
    return found


def _number(value: float) -> float | int:
    return int(value) if float(value).is_integer() else float(value)


def plain(value: Any, depth: int = 2) -> Any:
    """As JSON has it; ``depth`` counts the brackets of the file up to those of ``value``."""
    if not isinstance(value, (Mapping, tuple, list)):
        return value
    if depth > MAX_DEPTH:
        raise too_deep()
    if isinstance(value, Mapping):
        return {key: plain(item, depth + 1) for key, item in value.items()}
    return [plain(item, depth + 1) for item in value]


def read_networks(main: dict[str, Any], blocks: dict[str, Any]) -> Network:
    """The main network, with the blocks of its project defined. Raises ProjectError."""
    network = Network()
    library = Library(network)
    for name in _inner_first(blocks):
        entry = as_object(blocks[name], f"blocks.{show(name)}")
        place = f"blocks.{show(name)}"
        check_keys(entry, {"summary", "parameters", "nodes", "wires"}, place)
        summary = entry.get("summary", "")
        if not isinstance(summary, str) or len(summary) > MAX_TEXT:
            raise ProjectError(say("{place} has no summary that is a short text", place=place))
        parameters = tuple(
            _read_parameter(as_object(value, place), place)
            for value in as_list(entry.get("parameters", []), place)
        )
        try:
            check_parameters(parameters, TAKEN)
            block = Block(name, parameters, summary, Network(library))
            inside = {key: entry.get(key) for key in ("nodes", "wires")}
            _fill(block.network, library, inside, place)
            network.do(DefineBlock(block))
        except EditRefused as error:
            raise ProjectError(
                say("{place}: {reason}", place=place, reason=error.message)
            ) from error
    _fill(network, library, main, "networks.main")
    return network


def _inner_first(blocks: dict[str, Any]) -> list[str]:
    """The names of the blocks so that each stands behind those that it uses."""
    order: list[str] = []
    state: dict[str, bool] = {}
    waiting = [(name, False) for name in reversed(blocks)]
    while waiting:
        name, ready = waiting.pop()
        if ready:
            state[name] = True
            order.append(name)
            continue
        if name in state:
            if not state[name]:
                raise ProjectError(say("the block {name} contains itself", name=show(name)))
            continue
        state[name] = False
        waiting.append((name, True))
        for inner in _used_names(blocks[name]):
            if inner in blocks and state.get(inner) is not True:
                waiting.append((inner, False))
    return order


def _used_names(entry: Any) -> Iterator[str]:
    nodes = entry.get("nodes") if isinstance(entry, dict) else None
    for node in nodes if isinstance(nodes, list) else ():
        kind = node.get("type") if isinstance(node, dict) else None
        if isinstance(kind, str) and kind.startswith(PREFIX):
            yield kind.removeprefix(PREFIX)


def _read_parameter(value: dict[str, Any], place: str) -> Parameter:
    known = {"name", "kind", "default", "minimum", "maximum", "words", "help"}
    check_keys(value, known | {"first_only", "required"}, place)
    name, kind, words = value.get("name"), value.get("kind"), value.get("words", [])
    numbers = [value.get("minimum", 1), value.get("maximum", 65536)]
    fine = (
        isinstance(name, str)
        and isinstance(kind, str)
        and kind in {found.value for found in PARAMETER_KINDS}
        and all(type(number) in (int, float) for number in numbers)
        and all(
            isinstance(word, str) and 0 < len(word) <= MAX_TEXT for word in as_list(words, place)
        )
        and isinstance(value.get("help", ""), str)
        and len(value.get("help", "")) <= MAX_TEXT
        and all(type(value.get(key, False)) is bool for key in ("first_only", "required"))
        and type(value.get("default")) in (int, float, bool, str)
    )
    if not fine:
        raise ProjectError(
            say("{place} has a parameter {name} that is not complete", place=place, name=show(name))
        )
    return Parameter(
        value["name"],
        FieldKind(kind),
        value["default"],
        numbers[0],
        numbers[1],
        tuple(words),
        value.get("help", ""),
        value.get("first_only", False),
        value.get("required", False),
    )


def _fill(network: Network, library: Library, value: dict[str, Any], where: str) -> None:
    """Put the nodes and wires of a file into a network. Raises ProjectError."""
    check_keys(value, {"nodes", "wires"}, where)
    edits: list[Edit] = []
    for index, entry in enumerate(as_list(value.get("nodes"), "nodes")):
        place = f"nodes[{index}]"
        edits.append(AddNode(_read_node(as_object(entry, place), place, library)))
    for index, entry in enumerate(as_list(value.get("wires"), "wires")):
        place = f"wires[{index}]"
        ends = as_object(entry, place)
        check_keys(ends, {"from", "to"}, place)
        source, target = _end(ends.get("from"), place), _end(ends.get("to"), place)
        edits.append(Connect(Wire(f"w{index + 1}", *source, *target)))
    try:
        network.do(Batch(tuple(edits)))
    except EditRefused as error:
        raise ProjectError(error.message) from error


def _end(value: Any, place: str) -> tuple[str, str]:
    if (
        isinstance(value, list)
        and len(value) == 2
        and isinstance(value[0], str)
        and isinstance(value[1], str)
    ):
        return value[0], value[1]
    raise ProjectError(say("{place} does not name a node and a port at each end", place=place))


def _read_node(value: dict[str, Any], place: str, library: Library) -> Node:
    known = {"id", "type", "name", "position", "settings", "formulas", "frozen"}
    check_keys(value, known, place)
    check_node_texts(value, place)
    position = value.get("position", [0, 0])
    if (
        not isinstance(position, list)
        or len(position) != 2
        or any(type(number) not in (int, float) for number in position)
    ):
        raise ProjectError(say("{place} has no position of two numbers", place=place))
    settings = as_object(value.get("settings", {}), place)
    layer = read_layer(value["type"], settings, value["name"], library)
    formulas = as_object(value.get("formulas", {}), place)
    frozen = value.get("frozen", False)
    if type(frozen) is not bool or not all(isinstance(text, str) for text in formulas.values()):
        raise ProjectError(say("{place} has formulas or frozen of a wrong kind", place=place))
    formulas = {layer.renamed_fields.get(key, key): text for key, text in formulas.items()}
    return Node(
        value["id"],
        value["name"],
        layer,
        (float(position[0]), float(position[1])),
        formulas,
        frozen,
    )


def check_node_texts(node: dict[str, Any], place: str) -> None:
    for key in ("id", "type", "name"):
        text = node.get(key)
        if not isinstance(text, str) or not text or len(text) > MAX_TEXT:
            raise ProjectError(
                say(
                    "{place} has no {key} of 1 to {most} characters",
                    place=place,
                    key=key,
                    most=MAX_TEXT,
                )
            )


def read_layer(type_name: str, settings: Mapping[str, Any], name: str, library: Library) -> Layer:
    """Build a layer from plain JSON values. Raises ProjectError naming the node."""
    layer: type[Layer] | None
    if type_name.startswith(PREFIX):
        block = library.blocks.get(type_name.removeprefix(PREFIX))
        layer = use_type(block) if block else None
    else:
        layer = REGISTRY.get(RENAMED.get(type_name, type_name))
    if layer is None:
        raise ProjectError(
            say("{name} is of the unknown layer type {type}", name=show(name), type=show(type_name))
        )
    values = {layer.renamed_fields.get(k, k): _tuples(v) for k, v in settings.items()}
    try:
        return layer.make(values)
    except FieldError as error:
        reason: Message = error.message
        raise ProjectError(say("{name} · {reason}", name=show(name), reason=reason)) from error


def _tuples(value: Any) -> Any:
    return tuple(_tuples(item) for item in value) if isinstance(value, list) else value
