"""The window: documents, workspaces, keys, notices, problems, and its end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from platformdirs import user_config_path
from PySide6.QtCore import QMimeData, QPoint, QPointF, QSettings, Qt, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QMessageBox, QPushButton

from graph.document.project import read_project
from graph.layers.activation.piecewise import ReLU
from graph.layers.convolution.plain import Conv2d
from graph.network.edits import AddNode, SetLayer
from graph.network.network import Node
from graph.templates.registry import TEMPLATES, find_template
from gui.actions.menus import RECENT
from gui.appearance.dress import apply_theme
from gui.appearance.theme import current
from gui.session.preferences import Preferences
from gui.window.window import MainWindow
from tests.gui.helpers import add, drag, input_port, open_template, output_port

CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def window(qtbot: Any) -> Iterator[MainWindow]:
    apply_theme(QApplication.instance(), "dark")
    window = MainWindow(Preferences())
    qtbot.addWidget(window, before_close_func=lambda w: w.session.new())
    window.resize(1440, 900)
    window.show()
    qtbot.waitExposed(window)
    window.activateWindow()
    return window


@pytest.fixture
def drawn(qtbot: Any, window: MainWindow) -> MainWindow:
    """The window with a template open."""
    open_template(qtbot, window, find_template("lenet5"))
    QApplication.processEvents()
    return window


def conv_of(window: MainWindow) -> str:
    nodes = window.session.network.nodes
    return next(n for n, node in nodes.items() if isinstance(node.layer, Conv2d))


def spoil(window: MainWindow) -> str:
    """Give a convolution a setting that cannot run; returns the node."""
    conv = conv_of(window)
    layer = window.session.network.nodes[conv].layer
    assert window.session.do(SetLayer(conv, layer.changed(groups=7))) is None
    window.problems.refresh()
    return conv


def answer(kind: type, act: Callable[[Any], None]) -> None:
    """Act on the modal dialog of a kind as soon as it is up."""

    def look() -> None:
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, kind):
            act(dialog)
        else:
            QTimer.singleShot(10, look)

    QTimer.singleShot(0, look)


def activate(qtbot: Any, window: MainWindow) -> None:
    """Come back to the window after a dialog."""
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)


def press(qtbot: Any, text: str) -> Callable[[QMessageBox], None]:
    def act(box: QMessageBox) -> None:
        button = next(b for b in box.findChildren(QPushButton) if b.text() == text)
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

    return act


def type_name(qtbot: Any, path: Path) -> Callable[[QFileDialog], None]:
    def act(dialog: QFileDialog) -> None:
        line = dialog.findChild(QLineEdit)
        # Not typed: the completer's popup would take the Return.
        line.setText(str(path))
        qtbot.keyClick(line, Qt.Key.Key_Return)

    return act


# Beginning


def test_the_start_page_comes_first_and_a_template_leads_to_the_canvas(qtbot, window):
    assert window.front.at_start
    assert not window.bars.tools.isVisible()
    qtbot.mouseClick(window.centre.start.gallery.cards[1], Qt.MouseButton.LeftButton)
    assert not window.front.at_start
    assert window.bars.tools.isVisible()
    assert TEMPLATES[1].title in window.windowTitle()
    assert len(window.session.network.nodes) > 5
    assert not window.session.modified
    assert window.docks["inspector"].isVisible()
    assert not window.docks["code"].isVisible()


def test_enter_on_the_start_page_makes_a_new_network(qtbot, window):
    qtbot.waitUntil(lambda: window.centre.start.side.new_button.hasFocus())
    qtbot.keyClick(window.centre.start.side.new_button, Qt.Key.Key_Return)
    assert not window.front.at_start
    assert not window.session.network.nodes
    assert window.canvas.hasFocus()


# Files


def test_save_as_asks_once_and_save_does_not_ask_again(qtbot, drawn, tmp_path):
    path = tmp_path / "mine"
    answer(QFileDialog, type_name(qtbot, path))
    qtbot.keyClick(drawn, Qt.Key.Key_S, CONTROL)
    saved = path.with_suffix(".cloom")
    assert saved.is_file()
    assert drawn.windowTitle().startswith("mine.cloom")
    assert drawn.preferences.recent()[0] == saved
    drawn.session.do(AddNode(Node("extra", "extra", Conv2d())))
    assert drawn.windowTitle().startswith("*mine.cloom")
    assert drawn.bars.strip.file_text().endswith("•")
    activate(qtbot, drawn)
    qtbot.keyClick(drawn, Qt.Key.Key_S, CONTROL)
    assert "extra" in read_project(saved).network.nodes
    assert drawn.windowTitle().startswith("mine.cloom")


def test_unsaved_changes_are_asked_about_and_cancel_stays(qtbot, drawn):
    drawn.session.do(AddNode(Node("extra", "extra", Conv2d())))
    answer(QMessageBox, press(qtbot, "Cancel"))
    qtbot.keyClick(drawn, Qt.Key.Key_N, CONTROL)
    assert "extra" in drawn.session.network.nodes
    answer(QMessageBox, lambda box: qtbot.keyClick(box, Qt.Key.Key_Escape))
    drawn.close()
    assert drawn.isVisible()
    answer(QMessageBox, press(qtbot, "Do not save"))
    activate(qtbot, drawn)
    qtbot.keyClick(drawn, Qt.Key.Key_N, CONTROL)
    assert not drawn.session.network.nodes


def test_save_in_the_question_saves_and_goes_on(qtbot, drawn, tmp_path):
    path = tmp_path / "kept.cloom"
    drawn.session.save(path)
    drawn.session.do(AddNode(Node("extra", "extra", Conv2d())))
    answer(QMessageBox, press(qtbot, "Save"))
    assert drawn.documents.new()
    assert "extra" in read_project(path).network.nodes


def test_a_broken_file_is_one_sentence_and_keeps_the_document(drawn, tmp_path):
    bad = tmp_path / "bad.cloom"
    bad.write_text('{"format": "convloom", "version": 99}', encoding="utf-8")
    nodes = dict(drawn.session.network.nodes)
    assert not drawn.documents.open(bad)
    assert dict(drawn.session.network.nodes) == nodes
    assert "newer ConvLoom" in drawn.centre.notice.text()
    assert any("newer ConvLoom" in text for text in drawn.output.texts())


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"[" * 10_000, b"null"])
def test_no_file_content_shows_more_than_a_sentence(window, tmp_path, content):
    bad = tmp_path / "bad.cloom"
    bad.write_bytes(content)
    assert not window.documents.open(bad)
    assert str(bad) in window.centre.notice.text()
    assert "Traceback" not in window.centre.notice.text()


def test_a_project_can_be_dropped_on_the_window(qtbot, window, tmp_path):
    path = tmp_path / "dropped.cloom"
    window.session.new(find_template("lenet5").build())
    window.session.save(path)
    window.session.new()
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    place, buttons = window.rect().center(), Qt.MouseButton.LeftButton
    enter = QDragEnterEvent(
        place, Qt.DropAction.CopyAction, data, buttons, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(window, enter)
    assert enter.isAccepted()
    drop = QDropEvent(
        QPointF(place), Qt.DropAction.CopyAction, data, buttons, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(window, drop)
    assert window.session.path == path
    assert not window.front.at_start


def test_source_is_saved_by_ctrl_e(qtbot, drawn, tmp_path):
    path = tmp_path / "net.py"
    answer(QFileDialog, type_name(qtbot, path))
    qtbot.keyClick(drawn, Qt.Key.Key_E, CONTROL)
    assert path.read_text(encoding="utf-8") == drawn.code.text


def test_a_picture_of_the_canvas_is_saved(qtbot, drawn, tmp_path):
    path = tmp_path / "net.png"
    answer(QFileDialog, type_name(qtbot, path))
    drawn.bars.actions["save_picture"].trigger()
    assert path.read_bytes().startswith(b"\x89PNG")


def test_recent_files_forget_and_mark_what_is_gone(drawn, tmp_path):
    path = tmp_path / "a.cloom"
    drawn.session.save(path)
    assert drawn.documents.open(path)
    menu = drawn.bars.actions.menus[RECENT]
    assert [a.text() for a in menu.actions()] == ["a.cloom"]
    drawn.recent.forget(None)
    assert not menu.isEnabled()
    assert drawn.centre.start.recent_paths() == []


# Verbs


def test_undo_and_redo_by_keys(qtbot, drawn):
    before = set(drawn.session.network.nodes)
    drawn.session.do(AddNode(Node("extra", "extra", Conv2d())))
    qtbot.keyClick(drawn.canvas, Qt.Key.Key_Z, CONTROL)
    assert set(drawn.session.network.nodes) == before
    qtbot.keyClick(drawn.canvas, Qt.Key.Key_Z, CONTROL | SHIFT)
    assert "extra" in drawn.session.network.nodes


def test_undo_in_a_field_undoes_the_document(qtbot, drawn):
    conv = conv_of(drawn)
    old = drawn.session.network.nodes[conv].layer
    drawn.session.select([conv])
    qtbot.keyClick(drawn.canvas, Qt.Key.Key_E)
    field = drawn.focusWidget()
    assert isinstance(field, QLineEdit)
    qtbot.keyClicks(field, "77")
    assert drawn.session.network.nodes[conv].layer.out_channels == 77
    qtbot.keyClick(field, Qt.Key.Key_Z, CONTROL)
    assert drawn.session.network.nodes[conv].layer == old


def test_workspaces_keep_what_is_made_of_them(qtbot, drawn):
    qtbot.keyClick(drawn, Qt.Key.Key_3, CONTROL)
    assert drawn.docks["code"].isVisible()
    assert not drawn.docks["inspector"].isVisible()
    drawn.docks["inspector"].show()
    qtbot.keyClick(drawn, Qt.Key.Key_2, CONTROL)
    assert drawn.docks["live"].isVisible()
    assert drawn.training.isVisible()
    assert not drawn.docks["inspector"].isVisible()
    qtbot.keyClick(drawn, Qt.Key.Key_3, CONTROL)
    assert drawn.docks["inspector"].isVisible()
    drawn.bars.actions["restore_panels"].trigger()
    assert not drawn.docks["inspector"].isVisible()
    assert drawn.bars.actions["code"].isChecked()


def test_the_docks_have_the_sizes_of_the_design(qtbot, drawn):
    drawn.resize(1600, 1000)
    theme = current()
    qtbot.waitUntil(lambda: drawn.docks["inspector"].width() == theme.size("dock_right"))
    assert drawn.docks["layers"].width() == theme.size("dock_left")
    assert abs(drawn.docks["bottom"].height() - theme.size("dock_bottom")) <= 2


def test_a_narrow_window_folds_the_palette(qtbot, drawn):
    assert not drawn.folding.folded
    drawn.resize(1280, 800)
    assert drawn.folding.folded
    drawn.session.new()
    button = drawn.folding.strip.findChildren(type(drawn.code.copy_button))[1]
    button.menu().actions()[0].trigger()
    assert len(drawn.session.network.nodes) == 1
    drawn.resize(1500, 800)
    assert not drawn.folding.folded


def test_problems_are_walked_repaired_and_counted(qtbot, drawn):
    conv = spoil(drawn)
    drawn.session.select([])
    assert drawn.docks.bottom.tabs.tabText(0).startswith("Problems ")
    assert "error" in drawn.bars.status.texts()[0]
    qtbot.keyClick(drawn, Qt.Key.Key_F8)
    assert drawn.session.selection == [conv]
    assert drawn.problems.isVisible()
    assert "divisible" in drawn.inspector.node_page.form.complaint("groups")
    card = drawn.problems.repair_cards()[0]
    assert card.cost is not None
    qtbot.keyClick(drawn, Qt.Key.Key_1, ALT)
    assert drawn.session.analysis.errors() == []
    qtbot.waitUntil(lambda: drawn.problems.message().startswith("No problems. "))
    drawn.session.undo_stack.undo()
    assert drawn.session.analysis.errors()


def told(window: MainWindow, reason: str) -> int:
    """How often Output has a sentence."""
    return sum(reason in text for text in window.output.texts())


def test_a_refused_edit_is_told_and_kept_in_output_once(drawn):
    """Also where whoever asked for the edit does not look at the answer."""
    drawn.session.do(AddNode(Node("", "", Conv2d())))
    reason = drawn.centre.notice.text()
    assert "name" in reason
    assert drawn.canvas.hint.text() == reason
    assert told(drawn, reason) == 1
    drawn.session.do(AddNode(Node("", "", Conv2d())))
    assert told(drawn, reason) == 2


def test_a_wire_that_would_close_a_cycle_is_told_once(qtbot, window):
    window.front.show_editor()
    first = add(window.session, "first", ReLU(), 0, 0)
    second = add(window.session, "second", ReLU(), 0, 200, first)
    view = window.canvas
    view.camera.fit_all()
    view.camera.finish()
    drag(view.viewport(), output_port(view, second), input_port(view, first))
    reason = window.centre.notice.text()
    assert "close a cycle" in reason
    assert view.hint.text() == reason
    assert told(window, reason) == 1


def test_the_command_palette_finds_and_runs(qtbot, drawn):
    qtbot.keyClick(drawn, Qt.Key.Key_K, CONTROL)
    search = drawn.bars.commands.search
    assert search.hasFocus()
    listed = drawn.bars.commands.texts()
    assert "Light" in listed
    assert "Fit all" in listed
    qtbot.keyClicks(search, "light theme")
    qtbot.keyClick(search, Qt.Key.Key_Return)
    assert not drawn.bars.commands.isVisible()
    assert current().name == "light"
    assert drawn.preferences.theme == "light"


def test_escape_leaves_the_command_palette(qtbot, drawn):
    drawn.canvas.setFocus()
    qtbot.keyClick(drawn, Qt.Key.Key_K, CONTROL)
    qtbot.keyClick(drawn.bars.commands.search, Qt.Key.Key_Escape)
    assert not drawn.bars.commands.isVisible()
    assert drawn.canvas.hasFocus()


def test_the_question_mark_shows_the_keys(qtbot, drawn):
    qtbot.keyClick(drawn.canvas, Qt.Key.Key_Question, SHIFT)
    assert drawn.bars.keys.isVisible()
    assert "Ctrl+K" in drawn.bars.keys.texts()
    qtbot.keyClick(drawn.bars.keys.list, Qt.Key.Key_Escape)
    assert not drawn.bars.keys.isVisible()


def test_f6_goes_round_all_areas(qtbot, drawn):
    drawn.canvas.setFocus()
    visited = []
    for _ in range(8):
        qtbot.keyClick(drawn.focusWidget() or drawn, Qt.Key.Key_F6)
        focus = drawn.focusWidget()
        areas = {"layers": drawn.folding, "canvas": drawn.canvas, "inspector": drawn.inspector}
        visited += [n for n, a in areas.items() if a is focus or a.isAncestorOf(focus)]
    assert {"layers", "canvas"} <= set(visited)
    drawn.session.select([conv_of(drawn)])
    drawn.canvas.setFocus()
    qtbot.keyClick(drawn.canvas, Qt.Key.Key_F6)
    assert drawn.inspector.isAncestorOf(drawn.focusWidget())


def test_scale_changes_the_whole_window(drawn):
    before = drawn.bars.tools.height()
    drawn.bars.actions["scale_130"].trigger()
    QApplication.processEvents()
    assert current().scale == 1.3
    assert drawn.bars.tools.height() > before
    assert drawn.preferences.scale == 1.3


def test_the_status_bar_has_the_figures_of_the_network(drawn):
    texts = " ".join(drawn.bars.status.texts())
    assert "parameters" in texts
    assert "receptive field" in texts
    drawn.session.new()
    assert drawn.bars.status.texts()[0] == "Ready"


def test_training_page_comes_up_with_train(qtbot, drawn):
    spoil(drawn)
    qtbot.keyClick(drawn, Qt.Key.Key_F5)
    assert drawn.training.isVisible()
    assert not drawn.run.is_running


def test_an_image_folder_becomes_the_data(qtbot, window, tmp_path):
    for name in ("cats", "dogs"):
        (tmp_path / name).mkdir()
        Image.new("L", (8, 8)).save(tmp_path / name / "one.png")
    window.folders.take(tmp_path)
    qtbot.waitUntil(lambda: not window.run.choice.busy)
    assert window.session.project.data["source"] == str(tmp_path)
    assert window.workspaces.name == "training"
    assert window.session.modified
    assert any("Images are taken from" in text for text in window.output.texts())


def test_a_folder_without_images_is_refused(qtbot, window, tmp_path):
    before = window.run.choice.spec
    window.folders.take(tmp_path)
    qtbot.waitUntil(lambda: not window.run.choice.busy)
    assert window.run.choice.spec == before
    assert (
        str(tmp_path) in window.centre.notice.text() or tmp_path.name in window.centre.notice.text()
    )


def test_reduced_motion_is_kept(qtbot, drawn):
    drawn.bars.actions["reduce_motion"].trigger()
    assert drawn.canvas.scene().reduce_motion
    assert Preferences().reduce_motion


def test_what_was_wholly_visible_stays_so_in_another_workspace(qtbot, drawn):
    drawn.canvas.camera.fit_all()
    drawn.canvas.camera.finish()

    def whole():
        view = drawn.canvas
        shown = view.mapToScene(view.viewport().rect()).boundingRect()
        return shown.contains(view.scene().content())

    assert whole()
    width = drawn.canvas.width()
    qtbot.keyClick(drawn, Qt.Key.Key_3, CONTROL)
    qtbot.waitUntil(lambda: drawn.canvas.width() < width - 50 and whole())


def test_only_visible_nodes_are_watched(qtbot, drawn):
    drawn.canvas.camera.set_zoom(1.0)
    drawn.session.reveal(next(iter(drawn.session.network.nodes)))
    drawn.canvas.camera.finish()
    drawn.run_on_canvas.look()
    assert drawn.pictures.nodes == tuple(drawn.canvas.visible_nodes())
    drawn.canvas.camera.scroll_by(QPoint(100_000, 0))
    qtbot.waitUntil(lambda: drawn.pictures.nodes == ())


def test_geometry_and_recent_files_last(qtbot, drawn, tmp_path):
    drawn.session.save(tmp_path / "last.cloom")
    assert drawn.documents.open(tmp_path / "last.cloom")
    drawn.close()
    again = Preferences()
    assert again.recent() == [tmp_path / "last.cloom"]
    assert not again.place("window").isEmpty()
    assert not again.place("design").isEmpty()


def test_senseless_preferences_are_taken_as_absent(qapp):
    path = user_config_path("convloom", appauthor=False) / "window.ini"
    file = QSettings(str(path), QSettings.Format.IniFormat)
    file.setValue("look/theme", "plaid")
    file.setValue("look/scale", "huge")
    file.setValue("files/recent", 7)
    file.setValue("places/window", "nowhere")
    file.sync()
    preferences = Preferences()
    assert (preferences.theme, preferences.scale) == ("system", 1.0)
    assert preferences.recent() == []
    assert preferences.place("window").isEmpty()


def test_the_status_bar_counts_warnings_where_there_are_no_errors(qtbot, window):
    window.session.new(find_template("yolo11n").build())  # boxes: nothing to train them with
    qtbot.waitUntil(lambda: window.bars.status.state.text() == "1 warning")
    window.session.new(find_template("lenet5").build())
    qtbot.waitUntil(lambda: window.bars.status.state.text() == "No problems")
