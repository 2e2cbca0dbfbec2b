"""Closing the window: whoever works in a thread has ended that when the window is gone."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent

from graph.document.project import write_project
from graph.layers.convolution.plain import Conv2d
from graph.network.edits import AddNode
from graph.network.network import Node
from graph.templates.registry import find_template
from gui.appearance.dress import apply_theme
from gui.session.preferences import Preferences
from gui.window.window import MainWindow

LARGE = "resnet152"


def working() -> set[threading.Thread]:
    return {thread for thread in threading.enumerate() if thread.is_alive()}


def fill_cards(window: MainWindow, _folder: Path) -> None:
    window.centre.start.gallery.filler.start()


def open_template(window: MainWindow, _folder: Path) -> None:
    window.templates.open(find_template(LARGE))


def write_source(window: MainWindow, _folder: Path) -> None:
    window.session.new(find_template(LARGE).build())


def import_blocks(window: MainWindow, folder: Path) -> None:
    path = folder / "large.cloom"
    write_project(path, find_template(LARGE).build())
    window.shelf.look_into(path)


def look_at_data(window: MainWindow, folder: Path) -> None:
    window.folders.take(folder)


@pytest.mark.parametrize(
    "work", [fill_cards, open_template, write_source, import_blocks, look_at_data]
)
def test_no_thread_outlives_the_window(
    qtbot: Any, qapp: Any, tmp_path: Path, work: Callable[[MainWindow, Path], None]
) -> None:
    apply_theme(qapp, "dark")
    before = working()
    window = MainWindow(Preferences())
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)
    work(window, tmp_path)
    window.close()
    assert not window.isVisible()
    assert working() <= before


def test_a_window_with_a_history_is_taken_down_quietly(qtbot: Any, qapp: Any) -> None:
    apply_theme(qapp, "dark")
    window = MainWindow(Preferences())
    window.show()
    qtbot.waitExposed(window)
    window.front.show_editor()
    assert window.session.do(AddNode(Node("extra", "extra", Conv2d()))) is None
    window.session.undo_stack.setClean()
    window.close()
    with qtbot.captureExceptions() as exceptions:
        window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert exceptions == []
