"""The document: a network with its blocks, training settings and choice of data, and its file.

A project file is strict JSON with a format version. Opening one runs nothing and reads nothing
outside it. Files of newer versions are refused untouched; those of version 1 had no blocks.
"""

from __future__ import annotations

import json
import stat
from dataclasses import dataclass
from dataclasses import field as default
from pathlib import Path
from typing import Any

from graph.blocks.library import Library, library_of
from graph.document.as_json import (
    check_node_texts,
    plain,
    read_networks,
    write_blocks,
    write_network,
)
from graph.document.files import readable, reason_of, write_bytes
from graph.document.strict_json import ProjectError, as_object, check_keys, parse
from graph.network.network import Network
from graph.values.declaration import show
from graph.values.message import say, say_count

FORMAT = "convloom"
VERSION = 2
SUFFIX = ".cloom"
UNNAMED = "network"
MAX_BYTES = 64 * 1024 * 1024
MAX_TEXT = 200
_FREE = ("name", "training", "data", "template")


@dataclass(slots=True)
class Project:
    """What a project file holds. ``training`` and ``data`` are settings by name; who uses them
    checks them. ``template`` is the name of the architecture it was started from, if any."""

    name: str = UNNAMED
    network: Network = default(default_factory=Network)
    training: dict[str, Any] = default(default_factory=dict)
    data: dict[str, Any] = default(default_factory=dict)
    template: str = ""

    def __post_init__(self) -> None:
        library_of(self.network)  # guards the network from now on

    @property
    def library(self) -> Library:
        """The blocks of the project."""
        return library_of(self.network)


def dumps(project: Project) -> str:
    """The file's text. Equal documents give equal text, whatever their history.

    Raises ProjectError for what ``loads`` would refuse, so that a saved file always opens.
    """
    document = {
        "format": FORMAT,
        "version": VERSION,
        "name": project.name,
        "template": project.template,
        "networks": {"main": write_network(project.network)},
        "blocks": write_blocks(project.network),
        "training": plain(project.training),
        "data": plain(project.data),
    }
    _check_writable(document)
    return json.dumps(document, ensure_ascii=False, allow_nan=False, indent=1) + "\n"


def _check_writable(document: dict[str, Any]) -> None:
    """Read back what others filled in; edits and settings vouch for the rest of the network."""
    _check_name(document["name"])
    _check_template(document["template"])
    networks = [document["networks"]["main"], *document["blocks"].values()]
    for network in networks:
        for index, node in enumerate(network["nodes"]):
            check_node_texts(node, f"nodes[{index}]")
    found = parse(json.dumps({key: document[key] for key in _FREE}, ensure_ascii=False))
    for key in ("training", "data"):
        as_object(found[key], key)


def write_project(path: Path, project: Project) -> None:
    """Write so that the path always holds the old file or the new one, also after a power cut.

    Raises ProjectError; the old file is then untouched.
    """
    try:
        text = dumps(project)
        _check_readable(text)
        data = text.encode("utf-8")
        if len(data) > MAX_BYTES:
            raise ProjectError(
                say_count(
                    "it has {n} byte; at most {most} fit",
                    "it has {n} bytes; at most {most} fit",
                    len(data),
                    most=MAX_BYTES,
                )
            )
        write_bytes(path, data)
    except (OSError, ValueError, ProjectError) as error:
        raise ProjectError(
            say("{path} could not be saved: {reason}", path=readable(path), reason=reason_of(error))
        ) from error


def _check_readable(text: str) -> None:
    """Read a text back before it takes the place of an older file. Raises ProjectError."""
    try:
        same = dumps(loads(text)) == text
    except ProjectError as error:
        raise ProjectError(
            say(
                "it could not be opened again, since {reason}; undo the last change",
                reason=error.message,
            )
        ) from error
    if not same:
        raise ProjectError(say("it would not be opened as it is; undo the last change"))


def read_project(path: Path) -> Project:
    """Read a project file. Raises ProjectError: one sentence with the place and the reason."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise ProjectError(say("{path} is not a regular file", path=readable(path)))
        size = status.st_size
        if size > MAX_BYTES:
            raise ProjectError(
                say_count(
                    "{path} has {n} byte; a project has at most {most}",
                    "{path} has {n} bytes; a project has at most {most}",
                    size,
                    path=readable(path),
                    most=MAX_BYTES,
                )
            )
        data = path.read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        raise ProjectError(
            say(
                "{path} could not be opened: {reason}", path=readable(path), reason=reason_of(error)
            )
        ) from error
    try:
        return loads(data)
    except ProjectError as error:
        raise ProjectError(
            say(
                "{path} is not a usable project: {reason}",
                path=readable(path),
                reason=error.message,
            )
        ) from error


def loads(data: bytes | str) -> Project:
    """Read a project file's content. Raises ProjectError."""
    document = parse(data)
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
    known = {"format", "version", "networks", "blocks", *_FREE}
    check_keys(document, known, "the project")
    name = _check_name(document.get("name", UNNAMED))
    networks = as_object(document.get("networks"), "networks")
    check_keys(networks, {"main"}, "networks")
    return Project(
        name,
        read_networks(
            as_object(networks.get("main"), "networks.main"),
            as_object(document.get("blocks", {}), "blocks"),
        ),
        as_object(document.get("training", {}), "training"),
        as_object(document.get("data", {}), "data"),
        _check_template(document.get("template", "")),
    )


def _check_name(name: Any) -> str:
    if not isinstance(name, str) or not name or len(name) > MAX_TEXT:
        raise ProjectError(say("its name is not a text of 1 to {most} characters", most=MAX_TEXT))
    return name


def _check_template(name: Any) -> str:
    if not isinstance(name, str) or len(name) > MAX_TEXT:
        raise ProjectError(
            say("its template is not a text of at most {most} characters", most=MAX_TEXT)
        )
    return name
