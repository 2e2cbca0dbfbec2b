"""What can be done on the canvas: adding, editing, looking, and what only keys do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from gui.actions.action import Action, KeyScope
from gui.actions.menus import (
    BLOCK,
    CANVAS,
    EDIT,
    NETWORK,
    ON_NODES,
    ON_USE,
    ON_VOID,
    ON_WIRES,
    TOOLS,
    VIEW,
)
from gui.canvas.adding import Adding
from gui.canvas.camera import Camera
from gui.canvas.editing import Editing
from gui.face.measures import ZOOM_STEP
from gui.language.text import tr

SHORTCUT, TYPED = KeyScope.CANVAS, KeyScope.TYPED
ARROWS = {"Left": (-1, 0), "Right": (1, 0), "Up": (0, -1), "Down": (0, 1)}


def canvas_actions(
    camera: Camera, adding: Adding, editing: Editing, escape: Callable[[], None]
) -> tuple[Action, ...]:
    """The actions of a canvas with these parts; ``escape`` ends what is being done."""
    return (
        *_editing(editing),
        *_looking(camera),
        *_building(adding, editing),
        *_by_keys_alone(adding, editing, escape),
        *_by_arrows(editing),
    )


def mouse_rows() -> tuple[tuple[str, str], ...]:
    """What the mouse does and what is used for it, for the list of keys."""
    return ((tr("Zoom at the pointer, move the view"), tr("Wheel, middle drag")),)


def _editing(editing: Editing) -> Iterator[Action]:
    yield Action(
        "cut",
        tr("Cut"),
        EDIT.at(2, 1),
        editing.cut,
        ("Ctrl+X",),
        SHORTCUT,
        elsewhere=(ON_NODES.at(2, 1),),
    )
    yield Action(
        "copy",
        tr("Copy"),
        EDIT.at(2, 2),
        editing.copy,
        ("Ctrl+C",),
        SHORTCUT,
        icon="copy",
        elsewhere=(ON_NODES.at(2, 2),),
    )
    yield Action(
        "paste",
        tr("Paste"),
        EDIT.at(2, 3),
        editing.paste,
        ("Ctrl+V",),
        SHORTCUT,
        icon="paste",
        elsewhere=(ON_VOID.at(1, 2),),
    )
    yield Action(
        "duplicate",
        tr("Duplicate"),
        EDIT.at(3, 1),
        lambda: editing.duplicate(False),
        ("Ctrl+D",),
        SHORTCUT,
        icon="duplicate",
        elsewhere=(ON_NODES.at(2, 3),),
    )
    yield Action(
        "duplicate_wired",
        tr("Duplicate with input wires"),
        EDIT.at(3, 2),
        lambda: editing.duplicate(True),
        ("Ctrl+Shift+D",),
        SHORTCUT,
    )
    yield Action(
        "delete",
        tr("Delete and reconnect neighbours"),
        EDIT.at(4, 1),
        lambda: editing.delete(True),
        ("Del",),
        SHORTCUT,
        icon="delete",
        elsewhere=(ON_NODES.at(2, 4), ON_WIRES.at(1, 1)),
    )
    yield Action(
        "delete_gap",
        tr("Delete and leave a gap"),
        EDIT.at(4, 2),
        lambda: editing.delete(False),
        ("Shift+Del",),
        SHORTCUT,
    )
    yield Action(
        "select_all",
        tr("Select all"),
        EDIT.at(4, 3),
        editing.select_all,
        ("Ctrl+A",),
        SHORTCUT,
        elsewhere=(ON_VOID.at(1, 3),),
    )
    yield Action(
        "rename",
        tr("Rename"),
        EDIT.at(5, 1),
        editing.rename,
        ("F2",),
        SHORTCUT,
        icon="rename",
        elsewhere=(ON_NODES.at(1, 2),),
    )


def _looking(camera: Camera) -> Iterator[Action]:
    yield Action(
        "fit",
        tr("Fit all"),
        VIEW.at(1, 1),
        camera.fit_all,
        ("F",),
        SHORTCUT,
        icon="fit",
        short=tr("Fit"),
        elsewhere=(ON_VOID.at(3, 2), TOOLS.at(3, 2)),
    )
    yield Action(
        "fit_selection",
        tr("Fit selection"),
        VIEW.at(1, 2),
        camera.fit_selection,
        ("Shift+F",),
        SHORTCUT,
    )
    yield Action(
        "zoom_100",
        tr("Zoom to 100 %"),
        VIEW.at(3, 1),
        lambda: camera.set_zoom(1.0),
        ("1",),
        SHORTCUT,
    )
    yield Action(
        "zoom_in",
        tr("Zoom in"),
        VIEW.at(3, 2),
        lambda: camera.zoom_by(ZOOM_STEP),
        ("+", "="),
        SHORTCUT,
        icon="zoom_in",
    )
    yield Action(
        "zoom_out",
        tr("Zoom out"),
        VIEW.at(3, 3),
        lambda: camera.zoom_by(1 / ZOOM_STEP),
        ("-",),
        SHORTCUT,
        icon="zoom_out",
    )


def _building(adding: Adding, editing: Editing) -> Iterator[Action]:
    yield Action(
        "add_layer",
        tr("Add layer…"),
        NETWORK.at(1, 1),
        lambda: adding.open_search(False),
        ("Tab", "Space"),  # Space when it is released: held, it moves the view
        TYPED,
        icon="add",
        elsewhere=(ON_VOID.at(1, 1),),
        needs_document=True,
    )
    yield Action(
        "arrange",
        tr("Arrange"),
        NETWORK.at(1, 2),
        editing.arrange,
        ("L",),
        SHORTCUT,
        icon="arrange",
        short=tr("Arrange"),
        elsewhere=(ON_VOID.at(3, 1), TOOLS.at(3, 1)),
    )
    yield Action(
        "open_block",
        tr("Open block"),
        BLOCK.at(2, 1),
        editing.open_block,
        ("Enter",),
        TYPED,
        elsewhere=(ON_USE.at(1, 1),),
    )


def _by_keys_alone(
    adding: Adding, editing: Editing, escape: Callable[[], None]
) -> Iterator[Action]:
    yield Action(
        "add_connected",
        tr("Add a layer and connect it to the selection"),
        CANVAS.at(1, 1),
        lambda: adding.open_search(True),
        ("Shift+Tab",),
        TYPED,
    )
    yield Action(
        "delete_or_leave",
        tr("Delete, or leave the block"),
        CANVAS.at(1, 2),
        editing.delete_or_leave,
        ("Backspace",),
        TYPED,
    )
    yield Action(
        "cut_wires",
        tr("Cut wires"),
        CANVAS.at(1, 3),
        editing.cut_wires,
        ("Ctrl+Backspace",),
        TYPED,
    )
    for key, step in (("Alt+Up", -1), ("Alt+Down", 1)):
        yield Action(
            f"reorder_{key[4:].lower()}",
            tr("Change the order of inputs"),
            CANVAS.at(4, 1),
            partial(editing.reorder_or_leave, step),
            (key,),
            TYPED,
        )
    yield Action("escape", tr("End what is being done"), CANVAS.at(5, 1), escape, ("Esc",), TYPED)


def _by_arrows(editing: Editing) -> Iterator[Action]:
    """One action for each arrow; lists of keys show the four as one."""
    for number, (text, held, run) in enumerate(
        (
            (tr("Walk along wires"), "", lambda way: editing.walk(way, False)),
            (tr("Walk and extend the selection"), "Shift+", lambda way: editing.walk(way, True)),
            (tr("Move by 10"), "Ctrl+", lambda way: editing.nudge(way, 10.0)),
            (tr("Move by 1"), "Ctrl+Shift+", lambda way: editing.nudge(way, 1.0)),
        )
    ):
        for arrow, way in ARROWS.items():
            keys = (f"{held}{arrow}",)
            place = CANVAS.at(2, number)
            yield Action(keys[0].lower(), text, place, partial(run, way), keys, TYPED)
