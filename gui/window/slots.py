"""What each verb of the actions table does in a window."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from gui.appearance.theme import tokens
from gui.workspaces.registry import WORKSPACES

if TYPE_CHECKING:
    from gui.window.window import MainWindow

ZOOM_STEP = tokens()["zoom"]["step"]


def slots_of(window: MainWindow) -> dict[str, Callable[[], object]]:
    """A function for each verb's name."""
    documents, training = window.documents, window.training
    camera, editing = window.canvas.camera, window.canvas.editing
    return {
        "new": documents.new,
        "open": documents.ask_open,
        "save": documents.save,
        "save_as": documents.save_as,
        "save_source": window.saver.ask,
        "save_picture": window.save_picture,
        "start": window.show_start,
        "quit": window.close,
        "undo": window.session.undo_stack.undo,
        "redo": window.session.undo_stack.redo,
        "cut": editing.cut,
        "copy": editing.copy,
        "paste": editing.paste,
        "duplicate": lambda: editing.duplicate(False),
        "duplicate_wired": lambda: editing.duplicate(True),
        "delete": lambda: editing.delete(True),
        "delete_gap": lambda: editing.delete(False),
        "select_all": editing.select_all,
        "rename": editing.rename,
        "edit_field": window.edit_field,
        "fit": camera.fit_all,
        "fit_selection": camera.fit_selection,
        "zoom_100": lambda: camera.set_zoom(1.0),
        "zoom_in": lambda: camera.zoom_by(ZOOM_STEP),
        "zoom_out": lambda: camera.zoom_by(1 / ZOOM_STEP),
        "symbols": window.switch_symbols,
        "add_layer": lambda: window.canvas.adding.open_search(False),
        "arrange": editing.arrange,
        "next_problem": lambda: window.walk_problems(1),
        "previous_problem": lambda: window.walk_problems(-1),
        "repair_1": lambda: window.problems.apply_repair(1),
        "repair_2": lambda: window.problems.apply_repair(2),
        "fit_template": window.templates.fit_again,
        "literature": lambda: window.show_page(window.literature),
        "copy_source": window.code.copy,
        "group": window.blocks.group,
        "unpack": window.blocks.unpack,
        "open_block": editing.open_block,
        "leave_block": window.session.leave,
        "next_copy": lambda: window.session.step_copy(1),
        "previous_copy": lambda: window.session.step_copy(-1),
        "new_block": window.blocks.begin,
        "rename_block": window.blocks.rename,
        "freeze": window.blocks.freeze,
        "keep_block": window.blocks.keep,
        "import_blocks": window.import_blocks,
        "train": window.train,
        "step": training.single_step,
        "stop": training.stop,
        "open_folder": window.ask_folder,
        **{space.name: partial(window.show_workspace, space.name) for space in WORKSPACES},
        "next_area": lambda: window.move_area(1),
        "previous_area": lambda: window.move_area(-1),
        "restore_panels": lambda: window.workspaces.restore_default(),
        "commands": lambda: window.commands.open(),
        "keys": lambda: window.keys.open(),
        "about": window.tell_about,
    }
