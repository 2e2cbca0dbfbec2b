"""Make the pictures of the window that the documentation shows.

Run from the root of the repository:

    python -m tools.make_screenshots [FOLDER] [--size WIDTHxHEIGHT] [--only NAME …]

The real window is opened without a screen, with empty user folders, once in each theme; the
training is a real one. FOLDER is where the pictures go: this folder, if it is not given.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from graph.layers.convolution.plain import Conv2d
from graph.network.edits import Batch, Connect, RemoveNode
from graph.network.network import Network
from graph.templates.notes.literature import node_named
from graph.templates.registry import find_template

if TYPE_CHECKING:
    from PySide6.QtGui import QPixmap
    from PySide6.QtWidgets import QApplication, QDialog

    from gui.window.window import MainWindow

THEMES = ("dark", "light")
SIZE = (1600, 1000)
COLOURS = 256
EPOCHS = 2
"""Epochs that have been trained when the picture of a training is taken."""
NOTE_HEIGHT = 460
"""Of the page that compares a network with its paper, in pixels."""
TITLE = 30
"""Height of a dialog's title, in pixels."""
BLOCK_SECTIONS = ("Blocks of this project", "Ready blocks")
LONGEST = 300.0
"""Seconds anything may take."""


def wait(condition: Callable[[], object]) -> None:
    """Let the window work until something holds. Raises TimeoutError."""
    from PySide6.QtTest import QTest

    end = time.monotonic() + LONGEST
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError("the window did not get ready for its picture")
        QTest.qWait(20)


def settle(milliseconds: int = 900) -> None:
    """Let animations and delayed work end."""
    from PySide6.QtTest import QTest

    QTest.qWait(milliseconds)


def convolutions(network: Network) -> list[str]:
    """The plain convolutions of a network in the order of computation."""
    order = network.canonical_order()
    return [node for node in order if isinstance(network.nodes[node].layer, Conv2d)]


def open_template(window: MainWindow, name: str) -> None:
    template = find_template(name)
    assert template is not None
    window.session.undo_stack.setClean()
    window.templates.open(template)
    settle()


def show_start(window: MainWindow) -> None:
    window.front.show_start()


def show_editor(window: MainWindow) -> None:
    open_template(window, "se-resnet-small")
    window.session.select([convolutions(window.session.network)[3]])


def show_fault(window: MainWindow) -> None:
    """A shortcut without its projection: the Add behind it gets two shapes."""
    open_template(window, "resnet-small")
    session, network = window.session, window.session.network
    projection = next(
        node
        for node in convolutions(network)
        if network.nodes[node].layer.values()["kernel_size"] == (1, 1)
    )
    (norm,) = (wire.target for wire in network.outputs(projection))
    (start,), (end,) = network.inputs(projection), network.outputs(norm)
    shortcut = replace(start, id=network.new_id("w"), target=end.target, input=end.input)
    session.do(Batch((RemoveNode(projection), RemoveNode(norm), Connect(shortcut))))
    window.canvas.camera.fit_all()
    settle()
    window.panel_verbs.walk_problems(1)
    window.canvas.camera.set_zoom(1.0)
    window.session.reveal(end.target)


def node_called(window: MainWindow, name: str) -> str:
    """The id of a node of the level that is shown."""
    node = node_named(window.session.network, name)
    assert node is not None
    return node.id


def show_architecture(window: MainWindow) -> None:
    """Branches, auxiliary heads and modules that are blocks."""
    open_template(window, "googlenet")
    window.session.select([node_called(window, "inception4a")])


def show_block(window: MainWindow) -> None:
    """Inside of a stage of ResNet-50, with formulas in the fields."""
    open_template(window, "resnet50")
    window.session.enter(node_called(window, "layer2"))
    window.canvas.camera.fit_all()
    settle()
    window.session.select([node_called(window, "conv2")])


def show_literature(window: MainWindow) -> None:
    from PySide6.QtCore import Qt

    open_template(window, "resnet50")
    window.front.show_page(window.literature)
    window.resizeDocks([window.docks["bottom"]], [NOTE_HEIGHT], Qt.Orientation.Vertical)
    settle()
    window.canvas.camera.fit_all()


def show_fit(window: MainWindow) -> None:
    """ResNet-18 for the images that training begins with."""
    from PySide6.QtWidgets import QRadioButton

    open_template(window, "resnet18")
    window.templates.fit_again()
    (dialog,) = dialogs(window)
    dialog.findChildren(QRadioButton)[1].click()


def dialogs(window: MainWindow) -> list[QDialog]:
    """The open ones."""
    from PySide6.QtWidgets import QDialog

    return [dialog for dialog in window.findChildren(QDialog) if dialog.isVisible()]


def show_palette(window: MainWindow) -> None:
    """The palette at its blocks: those of the project, and all ready ones."""
    open_template(window, "mobilenet-v2")
    window.session.select([node_called(window, "stage4")])
    tree = window.folding.whole.tree
    tree.collapseAll()
    for row in range(tree.topLevelItemCount()):
        section = tree.topLevelItem(row)
        if section.text(0) in BLOCK_SECTIONS:
            tree.expandRecursively(tree.indexFromItem(section))
    tree.scrollToItem(section, tree.ScrollHint.PositionAtBottom)


def show_training(window: MainWindow) -> None:
    open_template(window, "lenet5")
    window.front.show_workspace("training")
    window.session.select([convolutions(window.session.network)[1]])
    done: list[object] = []
    controller = window.run.controller
    controller.epoch_done.connect(done.append)
    window.training.train_or_pause()
    wait(lambda: len(done) >= EPOCHS or not controller.is_running)
    settle()


def tidy(window: MainWindow) -> None:
    """Leave the window as the next picture expects it."""
    window.training.stop()
    wait(lambda: not window.run.is_running)
    for dialog in dialogs(window):
        dialog.reject()
    window.session.go_to(0)
    if not window.front.at_start:
        window.front.show_workspace("design")
        window.workspaces.restore_default()


def show_code(window: MainWindow) -> None:
    open_template(window, "lenet5")
    window.front.show_workspace("code")
    window.session.select([convolutions(window.session.network)[1]])


SCENES: dict[str, Callable[[MainWindow], None]] = {
    "start": show_start,
    "editor": show_editor,
    "fault": show_fault,
    "code": show_code,
    "training": show_training,
    "architecture": show_architecture,
    "block": show_block,
    "literature": show_literature,
    "fit": show_fit,
    "palette": show_palette,
}


def lay_over(picture: QPixmap, dialog: QDialog) -> None:
    """Draw a dialog with its title in the middle of a picture, as a desktop would show it."""
    from PySide6.QtCore import QRect, Qt
    from PySide6.QtGui import QColor, QPainter

    inside = dialog.grab()
    frame = QRect(0, 0, inside.width() + 2, inside.height() + TITLE + 1)
    frame.moveCenter(picture.rect().center())
    painter = QPainter(picture)
    painter.fillRect(picture.rect(), QColor(0, 0, 0, 90))
    palette = dialog.palette()
    painter.fillRect(frame, palette.mid().color())
    painter.setPen(palette.windowText().color())
    title = QRect(frame.left(), frame.top(), frame.width(), TITLE)
    painter.drawText(title, Qt.AlignmentFlag.AlignCenter, dialog.windowTitle())
    painter.drawPixmap(frame.left() + 1, frame.top() + TITLE, inside)
    painter.end()


def save(window: MainWindow, path: Path) -> None:
    """Save what the window shows, with few colours so that the file stays small."""
    shown = window.grab()
    for dialog in dialogs(window):
        lay_over(shown, dialog)
    shown.save(str(path))
    with Image.open(path) as picture:
        few = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    few.save(path, optimize=True)


def make(
    app: QApplication, theme: str, size: tuple[int, int], names: list[str], folder: Path
) -> None:
    """All pictures of one theme."""
    from gui.session.preferences import Preferences
    from gui.window.app import open_window

    Preferences().theme = theme
    window = open_window(app)
    window.resize(*size)
    settle()
    wait(window.bars.tools.device.text)
    for name in names:
        SCENES[name](window)
        settle()
        path = folder / f"{name}-{theme}.png"
        save(window, path)
        print(f"{path.name}: {path.stat().st_size / 1024:.0f} KiB")
        tidy(window)
    window.session.undo_stack.setClean()
    window.close()
    window.deleteLater()
    settle()


TARGET = Path(__file__).resolve().parents[1] / "resources" / "screenshots"


def read_size(text: str) -> tuple[int, int]:
    width, _, height = text.partition("x")
    return int(width), int(height)


def main() -> None:
    parser = argparse.ArgumentParser(description="Make the pictures of the window.")
    parser.add_argument("folder", nargs="?", type=Path, default=TARGET)
    parser.add_argument("--size", type=read_size, default=SIZE, metavar="WIDTHxHEIGHT")
    parser.add_argument("--only", nargs="+", choices=SCENES, default=list(SCENES), metavar="NAME")
    parser.add_argument("--theme", nargs="+", choices=THEMES, default=list(THEMES))
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    with tempfile.TemporaryDirectory(prefix="convloom-screenshots-") as home:
        for kind in ("CONFIG", "DATA", "STATE", "CACHE"):
            os.environ[f"XDG_{kind}_HOME"] = str(Path(home, kind.lower()))
        from gui.window.app import make_application

        app = make_application(["convloom"])
        for theme in options.theme:
            make(app, theme, options.size, options.only, options.folder)


if __name__ == "__main__":
    main()
