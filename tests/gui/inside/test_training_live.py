"""The inside while it learns: filters that change, maps of the chosen node, images to choose."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from backend.channel.events import Probed
from graph.document.project import Project
from graph.layers.convolution.plain import Conv2d
from graph.network.edits import AddNode, SetLayer
from graph.network.network import Network, Node
from tests.gui.training_window import CONV, LINEAR, RELU, Room, open_room, tiny_network


@pytest.fixture
def room(qtbot: QtBot) -> Room:
    found = open_room(qtbot)
    found.wait(lambda: "starting" in found.live.head.step_text())
    return found


@pytest.fixture
def long_room(qtbot: QtBot) -> Room:
    """A run that goes on until it is stopped."""
    found = open_room(qtbot, epochs=500)
    found.click(found.panel.controls.train)
    found.wait(lambda: found.losses() > 2)
    return found


def test_starting_weights_are_shown_before_any_run(room: Room) -> None:
    live = room.live
    assert live.head.name() == "conv1"
    assert live.filters.image is not None
    assert live.maps.image is not None
    assert live.weights.counts.sum() == 4 * 9
    rows = live.chooser.bars.rows
    assert len(rows) == 4
    assert rows[0][1] >= rows[1][1]
    assert live.chooser.title().startswith("Image 1 ·")


def test_another_network_leaves_nothing_of_the_last_one(room: Room) -> None:
    live = room.live
    assert live.filters.texts()[1]
    room.session.new(Project("other", tiny_network()))
    assert live.filters.texts() == ("Filters", "", "Looking …")
    assert live.maps.texts() == ("Feature maps", "", "Looking …")
    assert not live.weights.counts.size
    assert not live.chooser.bars.rows
    assert live.chooser.title() == ""
    room.wait(lambda: "starting" in live.head.step_text())
    assert live.head.name() == "conv1"
    room.session.new(Project("empty", Network()))
    room.wait(lambda: not live.busy)
    assert live.head.name() == "Live"
    assert not live.weights.counts.size


def test_filters_change_while_training_and_stay_afterwards(room: Room) -> None:
    before = room.live.filters.grab().toImage()
    room.click(room.panel.controls.train)
    room.wait(lambda: room.run.state == "idle")
    room.wait(lambda: room.live.head.step_text() == "step 20")
    after = room.live.filters.grab().toImage()
    assert before != after

    # Another node of the finished run: computed in the background from the trained weights.
    room.session.select([LINEAR])
    room.wait(lambda: room.live.head.step_text() == "step 20")
    assert room.live.head.name() == "fc1"

    # An edit makes it another network, with starting weights of its own.
    conv = room.session.network.nodes[CONV].layer
    assert room.session.do(SetLayer(CONV, conv.changed(out_channels=5))) is None
    room.session.select([CONV])
    room.wait(lambda: room.live.weights.counts.sum() == 5 * 9)
    assert "starting" in room.live.head.step_text()


def test_selection_changes_what_is_watched(long_room: Room) -> None:
    live, session = long_room.live, long_room.session
    long_room.wait(lambda: live.head.step_text().startswith("step"))
    session.select([RELU])
    long_room.wait(lambda: live.head.step_text().startswith("step"))
    assert live.head.name() == "relu1"
    assert not live.weights.counts.size
    assert live.maps.range.low == 0.0
    session.select([LINEAR])
    long_room.wait(lambda: live.maps.range.low < 0)
    first = live.head.step_text()
    long_room.wait(lambda: live.head.step_text() != first)


def test_a_node_added_meanwhile_is_not_in_the_run(long_room: Room) -> None:
    session = long_room.session
    assert session.do(AddNode(Node("new", "conv9", Conv2d(), (0.0, 0.0)))) is None
    session.select(["new"])
    assert long_room.live.head.name() == "conv9"
    assert long_room.live.head.step_text() == ""
    count = long_room.losses()
    long_room.wait(lambda: long_room.losses() > count)
    assert long_room.run.state == "running"
    assert long_room.live.head.step_text() == ""


def test_another_image_by_button_also_while_paused(long_room: Room) -> None:
    live = long_room.live
    long_room.click(long_room.panel.controls.train)
    assert long_room.run.state == "paused"
    long_room.wait(lambda: live.chooser.title().startswith("Image 1 ·"))
    assert not live.chooser.previous.isEnabled()
    long_room.click(live.chooser.next)
    long_room.wait(lambda: live.chooser.title().startswith("Image 2 ·"))
    assert live.chooser.previous.isEnabled()
    long_room.bot.keyClick(live.chooser, Qt.Key.Key_Left)
    long_room.wait(lambda: live.chooser.title().startswith("Image 1 ·"))


def test_a_look_that_was_on_its_way_does_not_take_the_choice_back(long_room: Room) -> None:
    live, told = long_room.live, long_room.run.controller.probed
    looks: list[Probed] = []
    told.connect(looks.append)
    long_room.click(long_room.panel.controls.train)
    long_room.wait(lambda: bool(looks) and live.chooser.title().startswith("Image 1 ·"))
    long_room.click(live.chooser.next)
    told.emit(looks[0])
    assert live.chooser.image == 1
    assert live.chooser.title().startswith("Image 1 ·")
    long_room.wait(lambda: live.chooser.title().startswith("Image 2 ·"))


def test_a_number_beyond_the_last_image_shows_the_last(long_room: Room) -> None:
    live = long_room.live
    long_room.click(long_room.panel.controls.train)
    live.chooser.chosen.emit(10**9)
    long_room.wait(lambda: live.chooser.title().startswith("Image 2\N{THIN SPACE}000 ·"))
    assert live.chooser.image == 1999


def test_nothing_is_looked_at_while_hidden(long_room: Room) -> None:
    live = long_room.live
    long_room.pictures.show_nodes([])
    long_room.wait(lambda: live.head.step_text().startswith("step"))
    live.hide()
    seen: list[object] = []
    long_room.wait(lambda: long_room.run.state == "running")
    count = long_room.losses()
    long_room.wait(lambda: long_room.losses() > count + 2)
    long_room.run.controller.probed.connect(seen.append)
    count = long_room.losses()
    long_room.wait(lambda: long_room.losses() > count + 20)
    assert not seen
    live.show()
    long_room.wait(lambda: bool(seen))


def test_only_visible_nodes_get_thumbnails(long_room: Room) -> None:
    told: list[dict[str, object]] = []
    long_room.pictures.show_nodes([CONV])
    long_room.pictures.thumbnails.connect(told.append)
    long_room.wait(lambda: bool(told))
    assert set(told[-1]) == {CONV}
    long_room.click(long_room.panel.controls.stop)
    long_room.wait(lambda: long_room.run.state == "idle")
    assert told[-1] == {}


def test_activity_is_the_share_of_the_work(qtbot: QtBot) -> None:
    room = open_room(qtbot)
    told: list[dict[str, float]] = []
    room.pictures.activity.connect(told.append)
    room.click(room.panel.controls.train)
    room.wait(lambda: room.run.state == "idle")
    assert np.isclose(sum(told[0].values()), 1.0)
    assert told[0][CONV] == pytest.approx(4 * 9 * 81 / (4 * 9 * 81 + 324 * 10 + 0), rel=0.25)
    assert told[-1] == {}


def test_looks_go_on_after_background_work_was_ended(room: Room) -> None:
    room.session.closing.emit()
    conv = room.session.network.nodes[CONV].layer
    assert room.session.do(SetLayer(CONV, conv.changed(out_channels=7))) is None
    room.wait(lambda: room.live.weights.counts.sum() == 7 * 9)
