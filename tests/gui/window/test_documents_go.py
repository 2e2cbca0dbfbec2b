"""A document that is closed goes: the tenth costs no more than the second."""

from __future__ import annotations

import gc

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from graph.blocks.block_use import BlockUse
from graph.network.edits import Rename
from graph.network.network import Network
from graph.templates.registry import find_template
from gui.session.preferences import Preferences
from gui.window.window import MainWindow

ROUND = ("lenet5", "unet", "resnet18")


def alive() -> tuple[int, int, int]:
    """How many networks, types of blocks and widgets there are."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QCoreApplication.processEvents()
    gc.collect()
    objects = gc.get_objects()
    return (
        sum(isinstance(found, Network) for found in objects),
        sum(isinstance(found, type) and issubclass(found, BlockUse) for found in objects),
        len(QApplication.allWidgets()),
    )


def look_around(window: MainWindow, qtbot: QtBot) -> None:
    """Choose nodes, change one and take it back, look into a block, read the source."""
    session = window.session
    nodes = list(session.network.nodes)
    for node in nodes[:5]:
        session.select([node])
    assert session.do(Rename(nodes[1], "other")) is None
    session.undo_stack.undo()
    uses = [n for n in nodes if isinstance(session.network.nodes[n].layer, BlockUse)]
    for use in uses[:1]:
        session.select([use])
        session.enter(use)
        session.select([next(iter(session.network.nodes))])
        session.leave()
    window.front.show_workspace("code")
    qtbot.waitUntil(lambda: bool(window.code.text))
    window.front.show_workspace("design")


def test_documents_leave_nothing_behind(qtbot: QtBot) -> None:
    window = MainWindow(Preferences())
    qtbot.addWidget(window, before_close_func=lambda w: w.session.new())
    window.show()
    qtbot.waitExposed(window)
    counts = []
    for number in range(12):
        template = find_template(ROUND[number % len(ROUND)])
        assert template is not None
        window.documents.new(template.build)
        qtbot.waitUntil(lambda name=template.title: window.session.project.name == name)
        look_around(window, qtbot)
        window.session.undo_stack.setClean()
        if number % len(ROUND) == len(ROUND) - 1:
            counts.append(alive())
    assert counts[-1] == counts[1], counts
