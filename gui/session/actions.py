"""What can be done with the open document: its file, its undo, and the way through its levels."""

from __future__ import annotations

from gui.actions.action import Action
from gui.actions.menus import BLOCK, EDIT, FILE, ON_VOID_INSIDE, TOOLS
from gui.language.text import tr
from gui.session.documents import Documents
from gui.session.session import Session


def document_actions(documents: Documents) -> tuple[Action, ...]:
    """What is done with files."""
    return (
        Action(
            "new",
            tr("New network"),
            FILE.at(1, 1),
            documents.new,
            ("Ctrl+N",),
            icon="new",
            elsewhere=(TOOLS.at(1, 1),),
        ),
        Action(
            "open",
            tr("Open project…"),
            FILE.at(1, 2),
            documents.ask_open,
            ("Ctrl+O",),
            icon="open",
            elsewhere=(TOOLS.at(1, 2),),
        ),
        Action(
            "save",
            tr("Save"),
            FILE.at(2, 1),
            documents.save,
            ("Ctrl+S",),
            icon="save",
            elsewhere=(TOOLS.at(1, 3),),
            needs_document=True,
        ),
        Action(
            "save_as",
            tr("Save as…"),
            FILE.at(2, 2),
            documents.save_as,
            ("Ctrl+Shift+S",),
            icon="save_as",
            needs_document=True,
        ),
    )


def session_actions(session: Session) -> tuple[Action, ...]:
    """What is done without looking at the network."""
    stack = session.undo_stack
    return (
        Action(
            "undo",
            tr("Undo"),
            EDIT.at(1, 1),
            stack.undo,
            ("Ctrl+Z",),
            icon="undo",
            elsewhere=(TOOLS.at(2, 1),),
            enabled=stack.canUndo,
            needs_document=True,
        ),
        Action(
            "redo",
            tr("Redo"),
            EDIT.at(1, 2),
            stack.redo,
            ("Ctrl+Shift+Z", "Ctrl+Y"),
            icon="redo",
            elsewhere=(TOOLS.at(2, 2),),
            enabled=stack.canRedo,
            needs_document=True,
        ),
        Action(
            "leave_block",
            tr("Leave block"),
            BLOCK.at(2, 2),
            session.leave,
            elsewhere=(ON_VOID_INSIDE.at(1, 1),),
            through="escape",
        ),
        Action(
            "next_copy",
            tr("Next of the chain"),
            BLOCK.at(2, 3),
            lambda: session.step_copy(1),
            ("Ctrl+PgDown",),
        ),
        Action(
            "previous_copy",
            tr("Previous of the chain"),
            BLOCK.at(2, 4),
            lambda: session.step_copy(-1),
            ("Ctrl+PgUp",),
        ),
    )
