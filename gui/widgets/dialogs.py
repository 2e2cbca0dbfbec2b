"""Questions that need an answer first: which file, and what becomes of unsaved changes."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QMessageBox, QPushButton, QWidget

from graph.document.project import SUFFIX
from gui.language.text import tr

SaveAnswer = Literal["save", "discard", "cancel"]


def ask_project(parent: QWidget, folder: Path) -> Path | None:
    """Which project to open."""
    text = tr("ConvLoom projects (*{suffix})", suffix=SUFFIX)
    name, _ = QFileDialog.getOpenFileName(
        parent, tr("Open project"), str(folder), f"{text};;{tr('All files (*)')}"
    )
    return Path(name) if name else None


def ask_project_target(parent: QWidget, start: Path) -> Path | None:
    """Where to save the project; the ending is added where it is missing."""
    text = tr("ConvLoom projects (*{suffix})", suffix=SUFFIX)
    return _ask_target(parent, tr("Save project as"), start, text, SUFFIX)


def ask_source_target(parent: QWidget, start: Path) -> Path | None:
    """Where to save the Python source."""
    return _ask_target(parent, tr("Save Python source"), start, tr("Python files (*.py)"), ".py")


def ask_picture_target(parent: QWidget, start: Path) -> Path | None:
    """Where to save a picture of the canvas."""
    return _ask_target(parent, tr("Save picture"), start, tr("PNG pictures (*.png)"), ".png")


def _ask_target(parent: QWidget, title: str, start: Path, kinds: str, suffix: str) -> Path | None:
    dialog = QFileDialog(parent, title, str(start.parent), kinds)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    # With the ending known to the dialog, it asks before it overwrites the right file.
    dialog.setDefaultSuffix(suffix.removeprefix("."))
    dialog.selectFile(start.name)
    accepted = dialog.exec() == QFileDialog.DialogCode.Accepted
    names = dialog.selectedFiles()
    dialog.deleteLater()
    return Path(names[0]) if accepted and names else None


def ask_image_folder(parent: QWidget, folder: Path) -> Path | None:
    """Which folder of class folders to take images from."""
    name = QFileDialog.getExistingDirectory(parent, tr("Open image folder"), str(folder))
    return Path(name) if name else None


def ask_unsaved(parent: QWidget, name: str) -> SaveAnswer:
    """Whether to save changes that would be lost: the one modal box of the program."""
    box = unsaved_box(parent, name)
    box.exec()
    chosen = box.clickedButton()
    answer: SaveAnswer = "cancel"
    if chosen is not None:
        answer = {
            QMessageBox.ButtonRole.AcceptRole: "save",
            QMessageBox.ButtonRole.DestructiveRole: "discard",
        }.get(box.buttonRole(chosen), "cancel")  # type: ignore[assignment]
    box.deleteLater()
    return answer


def unsaved_box(parent: QWidget, name: str) -> QMessageBox:
    """The box that ``ask_unsaved`` shows."""
    box = QMessageBox(parent)
    box.setObjectName("unsaved")
    box.setIcon(QMessageBox.Icon.NoIcon)
    box.setWindowTitle(tr("Unsaved changes"))
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(tr("Save the changes to {name}?", name=name))
    box.setInformativeText(tr("They are lost if you do not save them."))
    save = box.addButton(tr("Save"), QMessageBox.ButtonRole.AcceptRole)
    box.addButton(tr("Do not save"), QMessageBox.ButtonRole.DestructiveRole)
    cancel = box.addButton(tr("Cancel"), QMessageBox.ButtonRole.RejectRole)
    save.setProperty("primary", True)
    box.setDefaultButton(save)
    box.setEscapeButton(cancel)
    assert isinstance(save, QPushButton)
    return box
