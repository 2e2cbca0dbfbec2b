"""Data with masks in the window: chosen, shown beside what the network takes the pixels for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from backend.data.look import look_at
from backend.model.overlap import count_pixels, mean_overlap, overlaps
from graph.analysis.analysis import Analysis
from graph.layers.activation.piecewise import ReLU
from graph.layers.convolution.plain import Conv2d
from graph.layers.io import Input, Output
from graph.network.network import Network
from graph.templates.registry import find_template
from gui.appearance.theme import current
from gui.data.suiting import fit_to
from gui.inside.pictures import mask_image
from tests.generators import chain
from tests.gui.training_window import Room, open_room


def pixel_network(target: str = "mask") -> Network:
    """A class for every pixel of 16×24, of three."""
    layers = Conv2d(out_channels=8, padding=(1, 1)), ReLU()
    last = Conv2d(out_channels=3, kernel_size=(1, 1))
    return chain(Input(shape=(1, 16, 24)), *layers, last, Output(target=target))[0]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """12 pictures with a dark, a grey and a bright part, and one without a mask."""
    rng = np.random.default_rng(0)
    for name in ("images", "masks"):
        (tmp_path / "street" / name).mkdir(parents=True)
    for number in range(13):
        mask = np.zeros((16, 24), np.uint8)
        mask[:, 6 + number % 4 :] = 1
        mask[10:, 12:] = 2
        noise = rng.integers(0, 30, mask.shape)
        shades = (np.array([20, 110, 210])[mask] + noise).astype(np.uint8)
        Image.fromarray(shades).save(tmp_path / "street" / "images" / f"{number}.png")
        if number < 12:
            Image.fromarray(mask).save(tmp_path / "street" / "masks" / f"{number}.png")
    (tmp_path / "street" / "classes.txt").write_text("sky\nwall\n<b>car</b>\n", encoding="utf-8")
    return tmp_path / "street"


def choose(room: Room, folder: Path) -> None:
    chooser = room.panel.settings.chooser
    chooser.data_menu.aboutToShow.emit()
    wanted = "Open folder of images and masks…"
    next(a for a in chooser.data_menu.actions() if a.text() == wanted).trigger()
    dialog = chooser.findChild(QFileDialog)
    dialog.fileSelected.emit(str(folder))
    dialog.close()
    room.wait(lambda: room.session.project.data == {"source": str(folder)})


def test_a_folder_of_masks_is_described_and_its_masks_are_shown(qtbot: QtBot, folder: Path) -> None:
    room = open_room(qtbot, pixel_network(), batch_size=4, epochs=2)
    choose(room, folder)
    assert room.panel.settings.chooser.texts() == (
        "Images and masks in street",
        "1×16×24 · 3 classes",
    )
    notes = " ".join(room.panel.settings.notes.texts())
    assert "1 file or folder is left out" in notes
    view = room.live.chooser.masks
    room.wait(lambda: bool(view.rows.texts()))
    assert view.isVisible()
    assert not room.live.chooser.bars.isVisible()
    assert {name for name, _ in view.rows.texts()} <= {"sky", "wall", "<b>car</b>"}

    room.click(room.panel.controls.train)
    room.wait(lambda: room.run.state == "idle")
    charts = room.panel.charts
    assert charts.accuracy.accessibleName() == "Pixel accuracy"
    assert len(charts.accuracy.line("overlap").raw) == 2
    assert "IoU" in room.panel.controls.figures.best.value.text()
    assert "of the pixels · mean IoU" in view.line.text()

    qtbot.mouseMove(view.true, QPoint(1, 1))
    room.wait(lambda: view.line.text().startswith("row 1, column 1: sky"))


def test_classes_of_images_come_back_without_masks(qtbot: QtBot, folder: Path) -> None:
    room = open_room(qtbot, pixel_network(), batch_size=4)
    choose(room, folder)
    view = room.live.chooser.masks
    room.wait(view.isVisible)
    room.run.choice.choose("fashion-sample")
    room.wait(room.live.chooser.bars.isVisible)
    assert not view.isVisible()


def test_boxes_are_refused_before_anything_is_loaded(qtbot: QtBot) -> None:
    room = open_room(qtbot, pixel_network("boxes"))
    room.click(room.panel.controls.train)
    room.wait(lambda: "boxes cannot be trained here yet" in room.panel.banner.text())
    room.wait(lambda: room.run.state == "idle")
    assert room.losses() == 0


def test_classes_differ_without_their_colour() -> None:
    theme = current()
    pictures = {}
    for number in range(7):
        image = mask_image(np.full((1, 1), number, np.uint8), 24, 24, theme)
        ground = image.pixelColor(1, 3)
        pictures[number] = tuple(
            image.pixelColor(x, y) == ground for y in range(24) for x in range(24)
        )
    assert len(set(pictures.values())) == len(pictures)
    halves = mask_image(np.array([[0, 1]], np.uint8), 10, 20, theme)
    assert all(halves.pixelColor(10, y) == theme.text.primary for y in range(10))


def test_overlap_is_intersection_over_union() -> None:
    mask = np.array([[0, 0, 1, 1]], np.uint8)
    predicted = np.array([[0, 1, 1, 1]], np.uint8)
    counts = count_pixels(mask, predicted, 3)
    assert counts.tolist() == [[1, 1, 0], [0, 2, 0], [0, 0, 0]]
    assert overlaps(counts)[:2].tolist() == [0.5, 2 / 3]
    assert np.isnan(overlaps(counts)[2])
    assert mean_overlap(counts) == pytest.approx((0.5 + 2 / 3) / 2)


def test_unet_is_fitted_to_the_masks_that_are_chosen(folder: Path) -> None:
    template = find_template("unet")
    assert template is not None
    fit = fit_to(template, look_at(str(folder)))
    assert fit is not None
    assert (fit.shape, fit.classes) == ((1, 16, 24), 3)
    for shape in (fit.shape, (3, 37, 50)):
        network = template.build(shape, fit.classes).network
        (end,) = [key for key, n in network.nodes.items() if isinstance(n.layer, Output)]
        assert Analysis(network).facts(end).inputs[0] == (3, *shape[1:])


def test_void_is_no_class_in_figures_and_pictures(qtbot: QtBot, folder: Path) -> None:
    for number in range(12):
        path = folder / "masks" / f"{number}.png"
        mask = np.array(Image.open(path))
        mask[:3] = 255
        Image.fromarray(mask).save(path)
    room = open_room(qtbot, pixel_network(), batch_size=4, epochs=2)
    choose(room, folder)
    assert "18.8 % of the pixels" in " ".join(room.panel.settings.notes.texts())
    view = room.live.chooser.masks
    room.wait(lambda: bool(view.rows.texts()))
    assert {name for name, _ in view.rows.texts()} <= {"sky", "wall", "<b>car</b>"}
    true, predicted = view.true.class_map, view.predicted.class_map
    assert true is not None
    assert predicted is not None
    assert (true[:3] == 255).all()
    assert (predicted[:3] == 255).all()
    assert true[3:].max() < 3
    view.true.pointed.emit(1, 1)
    assert "void, which counts for nothing" in view.line.text()


def test_void_has_a_colour_of_its_own() -> None:
    theme = current()
    mask = np.array([[0, 1, 255]], np.uint8)
    image = mask_image(mask, 30, 90, theme)
    void = image.pixelColor(75, 15).name()
    assert void == theme.border.control.name()
    assert void not in (image.pixelColor(15, 15).name(), image.pixelColor(45, 15).name())
