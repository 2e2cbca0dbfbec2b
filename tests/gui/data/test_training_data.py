"""Choosing data: known names, folders, what becomes of the images, and what is left out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtWidgets import QDialog, QFileDialog, QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

from backend.data.catalogue import openings
from backend.data.formats import idx_folder
from graph.values.message import Message
from tests.gui.training_window import Room, open_room, tiny_network


@pytest.fixture
def room(qtbot: QtBot) -> Room:
    return open_room(qtbot, tiny_network(outputs=2))


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Two classes of 20 colour pictures, one broken file and one that is no picture."""
    rng = np.random.default_rng(0)
    for level, name in ((60, "dark"), (200, "bright")):
        folder = tmp_path / "shades" / name
        folder.mkdir(parents=True)
        for number in range(20):
            noise = rng.integers(0, 40, (24, 20, 3)) + level
            Image.fromarray(noise.astype(np.uint8)).save(folder / f"{number}.png")
    (tmp_path / "shades" / "dark" / "broken.png").write_bytes(b"not a picture")
    (tmp_path / "shades" / "dark" / "notes.txt").write_text("hello", encoding="utf-8")
    return tmp_path / "shades"


def open_folder(room: Room, folder: Path) -> None:
    """Choose a folder through the menu and the dialog."""
    chooser = room.panel.settings.chooser
    chooser.data_menu.aboutToShow.emit()
    action = next(a for a in chooser.data_menu.actions() if a.text() == "Open image folder…")
    action.trigger()
    dialog = chooser.findChild(QFileDialog)
    assert dialog.isVisible()
    dialog.fileSelected.emit(str(folder))
    dialog.close()


def test_the_sample_is_chosen_from_the_start(room: Room) -> None:
    title, detail = room.panel.settings.chooser.texts()
    assert title == "Fashion-MNIST, a sample"
    assert detail == "1×28×28 · 10 classes"
    assert any("10" in text for text in room.panel.settings.notes.texts())


def test_a_folder_is_described_and_trained_on(room: Room, pictures: Path) -> None:
    open_folder(room, pictures)
    room.wait(lambda: room.session.project.data == {"source": str(pictures)})
    assert room.session.modified
    assert room.panel.settings.chooser.texts() == ("Images in shades", "3×24×20 · 2 classes")
    notes = " ".join(room.panel.settings.notes.texts())
    assert "turned into grey" in notes
    assert "24×20" in notes
    assert "2 files or folders are left out" in notes
    room.click(next(b for b in room.panel.findChildren(QPushButton) if b.text() == "Show list"))
    listed = room.panel.settings.notes.findChild(QDialog).findChild(QPlainTextEdit).toPlainText()
    assert "broken.png" in listed
    assert "notes.txt" in listed
    room.panel.settings.notes.findChild(QDialog).close()

    room.session.set_training({**room.session.project.training, "batch_size": 8})
    room.click(room.panel.controls.train)
    room.wait(lambda: room.run.state == "idle")
    assert room.losses() == 5
    assert "The epoch is done" in room.panel.banner.text()


def test_what_decoding_finds_is_in_the_list(room: Room, pictures: Path) -> None:
    whole = (pictures / "dark" / "0.png").read_bytes()
    (pictures / "dark" / "torn.png").write_bytes(whole[: len(whole) // 2])
    open_folder(room, pictures)
    room.wait(lambda: room.session.project.data == {"source": str(pictures)})
    told: list[str] = []
    room.panel.notice.connect(told.append)
    room.click(room.panel.controls.train)
    room.wait(lambda: room.run.state == "idle")
    assert any("3 files or folders were left out" in text for text in told)
    notes = room.panel.settings.notes
    assert "3 files or folders are left out" in " ".join(notes.texts())
    room.click(next(b for b in notes.findChildren(QPushButton) if b.text() == "Show list"))
    assert "torn.png" in notes.findChild(QDialog).findChild(QPlainTextEdit).toPlainText()
    notes.findChild(QDialog).close()


def test_a_folder_without_images_is_refused_and_the_choice_stays(
    room: Room, tmp_path: Path
) -> None:
    before = dict(room.session.project.data)
    refused: list[Message] = []
    room.session.refused.connect(refused.append)
    open_folder(room, tmp_path)
    room.wait(lambda: bool(refused))
    assert str(tmp_path) in str(refused[0])
    assert room.session.project.data == before
    assert room.panel.settings.chooser.texts()[0] == "Fashion-MNIST, a sample"


def test_a_folder_that_has_gone_asks_for_data(room: Room, tmp_path: Path) -> None:
    room.session.set_data({"source": str(tmp_path / "gone")})
    room.wait(lambda: room.run.choice.problem is not None and not room.run.choice.busy)
    assert "gone" in " ".join(room.panel.settings.notes.texts())
    room.click(room.panel.controls.train)
    assert not room.run.is_running
    assert "gone" in room.panel.banner.text()


def test_missing_sources_are_disabled_with_the_reason(
    room: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(idx_folder.FOLDERS, idx_folder.FULL, tmp_path / "none")
    chooser = room.panel.settings.chooser
    chooser.data_menu.aboutToShow.emit()
    actions = {action.text(): action for action in chooser.data_menu.actions()}
    assert not actions["Fashion-MNIST"].isEnabled()
    reason = next(text for text in actions if "dataset-fashion-mnist" in text)
    assert not actions[reason].isEnabled()
    sample = next(action for text, action in actions.items() if "a sample" in text)
    assert sample.isChecked()
    digits = next(action for text, action in actions.items() if "8×8" in text)
    digits.trigger()
    room.wait(lambda: room.session.project.data == {"source": "digits"})
    assert "8×8" in " ".join(room.panel.settings.notes.texts())


def test_a_table_is_asked_for_as_a_file_and_its_pictures_are_described(
    room: Room, pictures: Path
) -> None:
    loose = pictures.parent / "loose"
    loose.mkdir()
    for name in ("dark", "bright"):
        for number in range(3):
            (pictures / name / f"{number}.png").rename(loose / f"{name}{number}.png")
    lines = "".join(f"{path.name},{path.name[:4]}\n" for path in sorted(loose.iterdir()))
    table = loose / "labels.csv"
    table.write_text(f"path,label\n{lines}", encoding="utf-8")
    chooser = room.panel.settings.chooser
    chooser.data_menu.aboutToShow.emit()
    next(a for a in chooser.data_menu.actions() if a.text() == "Open table of labels…").trigger()
    dialog = chooser.findChild(QFileDialog)
    assert dialog.fileMode() == QFileDialog.FileMode.ExistingFile
    assert dialog.nameFilters() == ["*.csv *.tsv"]
    dialog.fileSelected.emit(str(table))
    dialog.close()
    room.wait(lambda: room.session.project.data == {"source": str(table)})
    assert chooser.texts() == ("Pictures listed in labels.csv", "3×24×20 · 2 classes")


def test_every_opening_of_the_registry_is_in_the_menu(room: Room) -> None:
    chooser = room.panel.settings.chooser
    chooser.data_menu.aboutToShow.emit()
    texts = [action.text() for action in chooser.data_menu.actions()]
    wanted = [opening.action.text() for opening in openings()]
    assert [text for text in texts if text in wanted] == wanted
