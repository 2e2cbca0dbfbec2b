"""The document: a network with its training settings and choice of data, and its file.

A project file is strict JSON with a format version. Opening one runs nothing and reads nothing
outside it: finite numbers, no duplicate keys, limits on size, depth and counts. Files of newer
versions are refused untouched. ``networks`` is a table: ``main`` is the network itself, and blocks
are further entries that nodes can name.
"""

from __future__ import annotations

import errno
import json
import math
import os
import stat
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as default
from pathlib import Path
from typing import Any

from graph.declaration import FieldError, show
from graph.edits import AddNode, Batch, Connect, Edit
from graph.layer import Layer
from graph.layers import REGISTRY, RENAMED
from graph.message import Message, UserError, say
from graph.network import EditRefused, Network, Node, Wire, natural

FORMAT = "convloom"
VERSION = 1
SUFFIX = ".cloom"
UNNAMED = "network"
MAX_BYTES = 64 * 1024 * 1024
MAX_DEPTH = 32
MAX_INTEGER = 2**53
MAX_TEXT = 200


class ProjectError(UserError):
    """A project file that cannot be read or written."""


@dataclass(slots=True)
class Project:
    """What a project file holds. ``training`` and ``data`` are settings by name; who uses them
    checks them."""

    name: str = UNNAMED
    network: Network = default(default_factory=Network)
    training: dict[str, Any] = default(default_factory=dict)
    data: dict[str, Any] = default(default_factory=dict)


# Writing


def dumps(project: Project) -> str:
    """The file's text. Equal documents give equal text, whatever their history.

    Raises ProjectError for what ``loads`` would refuse, so that a saved file always opens.
    """
    document = {
        "format": FORMAT,
        "version": VERSION,
        "name": project.name,
        "networks": {"main": _write_network(project.network)},
        "training": _plain(project.training),
        "data": _plain(project.data),
    }
    _check_writable(document)
    return json.dumps(document, ensure_ascii=False, allow_nan=False, indent=1) + "\n"


def _check_writable(document: dict[str, Any]) -> None:
    """Read back what others filled in; edits and settings vouch for the rest of the network."""
    _check_name(document["name"])
    for index, node in enumerate(document["networks"]["main"]["nodes"]):
        _check_texts(node, f"nodes[{index}]")
    free = {key: document[key] for key in ("name", "training", "data")}
    found = _parse(json.dumps(free, ensure_ascii=False))
    for key in ("training", "data"):
        _object(found[key], key)


def _write_network(network: Network) -> dict[str, Any]:
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
    return {
        "id": node.id,
        "type": node.layer.type_name(),
        "name": node.name,
        "position": [_number(value) for value in node.position],
        "settings": _plain(node.layer.differing()),
    }


def _number(value: float) -> float | int:
    return int(value) if float(value).is_integer() else float(value)


def _plain(value: Any, depth: int = 2) -> Any:
    """As JSON has it; ``depth`` counts the brackets of the file up to those of ``value``."""
    if not isinstance(value, (Mapping, tuple, list)):
        return value
    if depth > MAX_DEPTH:
        raise _too_deep()
    if isinstance(value, Mapping):
        return {key: _plain(item, depth + 1) for key, item in value.items()}
    return [_plain(item, depth + 1) for item in value]


def _too_deep() -> ProjectError:
    return ProjectError(say("it is nested more than {n} deep", n=MAX_DEPTH))


def write_project(path: Path, project: Project) -> None:
    """Write so that the path always holds the old file or the new one, also after a power cut.

    Raises ProjectError; the old file is then untouched.
    """
    try:
        data = dumps(project).encode("utf-8")
        if len(data) > MAX_BYTES:
            raise ProjectError(
                say("it has {size} bytes; at most {most} fit", size=len(data), most=MAX_BYTES)
            )
        write_bytes(path, data)
    except (OSError, ValueError, ProjectError) as error:
        raise ProjectError(
            say("{path} could not be saved: {reason}", path=str(path), reason=_reason(error))
        ) from error


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 through a temporary file in the same folder: fsync, rename, fsync folder."""
    write_bytes(path, text.encode("utf-8"))


def write_bytes(path: Path, data: bytes) -> None:
    """As write_text, for bytes. Raises OSError and leaves no temporary file."""
    path = Path(os.path.realpath(path))
    if path.exists() and not path.is_file():
        raise OSError(errno.EINVAL, "it is not a regular file")
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask()
        temporary.chmod(mode)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    if hasattr(os, "O_DIRECTORY"):
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _reason(error: Exception) -> str:
    return error.strerror or str(error) if isinstance(error, OSError) else str(error)


# Reading


def read_project(path: Path) -> Project:
    """Read a project file. Raises ProjectError: one sentence with the place and the reason."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise ProjectError(say("{path} is not a regular file", path=str(path)))
        size = status.st_size
        if size > MAX_BYTES:
            raise ProjectError(
                say(
                    "{path} has {size} bytes; a project has at most {most}",
                    path=str(path),
                    size=size,
                    most=MAX_BYTES,
                )
            )
        data = path.read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        raise ProjectError(
            say("{path} could not be opened: {reason}", path=str(path), reason=_reason(error))
        ) from error
    try:
        return loads(data)
    except ProjectError as error:
        raise ProjectError(
            say("{path} is not a usable project: {reason}", path=str(path), reason=error.message)
        ) from error


def loads(data: bytes | str) -> Project:
    """Read a project file's content. Raises ProjectError."""
    document = _parse(data)
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise ProjectError(say("it does not say that it is a ConvLoom project"))
    version = document.get("version")
    if type(version) is not int or version < 1:
        raise ProjectError(say("its version {version} is not known", version=show(version)))
    if version > VERSION:
        raise ProjectError(
            say(
                "it was saved by a newer ConvLoom (file version {version}, this one reads up to "
                "{known}); update the program to open it",
                version=version,
                known=VERSION,
            )
        )
    _keys(document, {"format", "version", "name", "networks", "training", "data"}, "the project")
    name = _check_name(document.get("name", UNNAMED))
    networks = _object(document.get("networks"), "networks")
    _keys(networks, {"main"}, "networks")
    return Project(
        name,
        _read_network(_object(networks.get("main"), "networks.main")),
        _object(document.get("training", {}), "training"),
        _object(document.get("data", {}), "data"),
    )


def _check_name(name: Any) -> str:
    if not isinstance(name, str) or not name or len(name) > MAX_TEXT:
        raise ProjectError(say("its name is not a text of 1 to {most} characters", most=MAX_TEXT))
    return name


def _parse(data: bytes | str) -> Any:
    try:
        text = data.decode("utf-8") if isinstance(data, bytes) else data
        _check_depth(text)
        document = json.loads(
            text,
            object_pairs_hook=_unique,
            parse_float=_finite,
            parse_int=_whole,
            parse_constant=_refuse_constant,
        )
        json.dumps(document, ensure_ascii=False).encode("utf-8")
    except ProjectError:
        raise
    except UnicodeError:
        raise ProjectError(say("it is not text in UTF-8")) from None
    except (ValueError, RecursionError):
        raise ProjectError(say("it is not JSON")) from None
    return document


def _check_depth(text: str) -> None:
    """Refuse deep nesting before the parser recurses into it."""
    depth = 0
    inside = escaped = False
    for character in text:
        if inside:
            if escaped:
                escaped = False
            elif character == "\\":
                escaped = True
            elif character == '"':
                inside = False
        elif character == '"':
            inside = True
        elif character in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise _too_deep()
        elif character in "]}":
            depth -= 1


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ProjectError(say("the key {key} stands twice in one place", key=show(key)))
        found[key] = value
    return found


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ProjectError(say("the number {number} is not finite", number=show(text)))
    return value


def _whole(text: str) -> int:
    if len(text) > 17 or abs(int(text)) > MAX_INTEGER:
        raise ProjectError(say("the number {number} is too large", number=show(text)))
    return int(text)


def _refuse_constant(text: str) -> Any:
    raise ProjectError(say("the number {number} is not finite", number=text))


def _object(value: Any, place: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ProjectError(say("{place} is missing or not an object", place=place))
    return value


def _list(value: Any, place: str) -> list[Any]:
    if not isinstance(value, list):
        raise ProjectError(say("{place} is missing or not a list", place=place))
    return value


def _keys(value: dict[str, Any], known: set[str], place: str) -> None:
    for key in value:
        if key not in known:
            raise ProjectError(
                say("{place} has an unknown entry {key}", place=place, key=show(key))
            )


def _read_network(value: dict[str, Any]) -> Network:
    _keys(value, {"nodes", "wires"}, "networks.main")
    network = Network()
    edits: list[Edit] = []
    for index, entry in enumerate(_list(value.get("nodes"), "nodes")):
        edits.append(AddNode(_read_node(_object(entry, f"nodes[{index}]"), f"nodes[{index}]")))
    for index, entry in enumerate(_list(value.get("wires"), "wires")):
        place = f"wires[{index}]"
        ends = _object(entry, place)
        _keys(ends, {"from", "to"}, place)
        source, target = _end(ends.get("from"), place), _end(ends.get("to"), place)
        edits.append(Connect(Wire(f"w{index + 1}", *source, *target)))
    try:
        network.do(Batch(tuple(edits)))
    except EditRefused as error:
        raise ProjectError(error.message) from error
    return network


def _end(value: Any, place: str) -> tuple[str, str]:
    if (
        isinstance(value, list)
        and len(value) == 2
        and isinstance(value[0], str)
        and isinstance(value[1], str)
    ):
        return value[0], value[1]
    raise ProjectError(say("{place} does not name a node and a port at each end", place=place))


def _read_node(value: dict[str, Any], place: str) -> Node:
    _keys(value, {"id", "type", "name", "position", "settings"}, place)
    _check_texts(value, place)
    position = value.get("position", [0, 0])
    if (
        not isinstance(position, list)
        or len(position) != 2
        or any(type(number) not in (int, float) for number in position)
    ):
        raise ProjectError(say("{place} has no position of two numbers", place=place))
    layer = read_layer(value["type"], _object(value.get("settings", {}), place), value["name"])
    return Node(value["id"], value["name"], layer, (float(position[0]), float(position[1])))


def _check_texts(node: dict[str, Any], place: str) -> None:
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


def read_layer(type_name: str, settings: Mapping[str, Any], name: str) -> Layer:
    """Build a layer from plain JSON values. Raises ProjectError naming the node."""
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
