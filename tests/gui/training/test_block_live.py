"""What an opened block shows of a run and of starting weights."""

from __future__ import annotations

from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from tests.gui.nested import nested_project
from tests.gui.training_window import Room, open_room


@pytest.fixture
def room(qtbot: QtBot) -> Room:
    found = open_room(qtbot, nested_project().network)
    found.wait(lambda: "starting" in found.live.head.step_text())
    return found


def named(session: Any, name: str) -> str:
    return next(n for n, node in session.network.nodes.items() if node.name == name)


def test_filters_and_maps_of_a_node_inside_a_chain(room: Room) -> None:
    session, live = room.session, room.live
    session.enter(named(session, "stage2"))
    session.select([named(session, "skip")])
    room.wait(lambda: live.weights.counts.sum() == 32 * 16)
    assert live.head.name() == "skip"
    room.wait(lambda: live.maps.image is not None)
    session.enter(named(session, "first"))
    session.select([named(session, "conv")])
    room.wait(lambda: live.weights.counts.sum() == 32 * 16 * 9)
    room.wait(lambda: live.maps.image is not None)
    assert live.head.name() == "conv"


def test_a_block_without_a_use_shows_nothing_wrong(room: Room) -> None:
    session, live = room.session, room.live
    session.enter_block(session.project.library.blocks["Residual"])
    session.select([named(session, "skip")])
    assert live.head.name() == "skip"
    assert "of the network itself" in live.filters.texts()[-1]
