"""A small project with blocks in blocks, for the tests of the window."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from graph.blocks.library import library_of
from graph.blocks.sketch import Sketch, whole
from graph.document.project import Project
from graph.layers.activation.piecewise import ReLU
from graph.layers.convolution.plain import Conv2d
from graph.layers.linear import Linear
from graph.layers.merge import Add
from graph.layers.normalisation import BatchNorm2d
from graph.layers.pooling.adaptive import AdaptiveAvgPool2d
from graph.layers.reshaping.flatten import Flatten
from graph.network.network import Network
from gui.appearance.dress import apply_theme
from gui.scene.laying_out import lay_out
from gui.session.preferences import Preferences
from gui.window.window import MainWindow


def nested_project() -> Project:
    """Two residual stages of a block that itself uses a block twice."""
    network = Network()
    library = library_of(network)
    draw = Sketch.of_block(
        library, "Conv-BN-ReLU", "A convolution with its usual followers.", whole("channels", 16)
    )
    draw.input("input", (16, 28, 28))
    draw.put(Conv2d(padding=(1, 1), bias=False), draw.last, name="conv", out_channels="channels")
    draw.then(BatchNorm2d(), ReLU())
    draw.output()
    draw.define()
    draw = Sketch.of_block(
        library, "Residual", "Two convolutions and the way around them.", whole("width", 16)
    )
    x = draw.input("input", (16, 28, 28))
    draw.use("Conv-BN-ReLU", x, name="first", channels="width")
    draw.use("Conv-BN-ReLU", name="second", channels="width")
    skip = draw.put(Conv2d(kernel_size=(1, 1)), x, name="skip", out_channels="width")
    draw.put(Add(), "n3", skip)
    draw.output()
    draw.define()
    draw = Sketch(network)
    draw.input("image", (1, 28, 28))
    draw.use("Residual", name="stage1", width=16)
    draw.use("Residual", name="stage2", width=32, repeat=2)
    draw.then(AdaptiveAvgPool2d(output_size=(1, 1)), Flatten(), Linear(out_features=10))
    draw.output()
    return Project("nested", network)


def nested_window(qtbot: QtBot, width: int = 1440, height: int = 900) -> MainWindow:
    """A window that shows the project, all of it in view, with the keyboard on the canvas."""
    apply_theme(QApplication.instance(), "dark")
    window = MainWindow(Preferences())
    qtbot.addWidget(window, before_close_func=lambda w: w.session.new())
    window.resize(width, height)
    window.canvas.scene().set_reduce_motion(True)
    window.show()
    qtbot.waitExposed(window)
    project = nested_project()
    lay_out(project.network)
    for block in project.library.blocks.values():
        lay_out(block.network)
    window.session.new(project)
    window.front.show_editor()
    window.activateWindow()
    window.canvas.setFocus()
    qtbot.waitUntil(window.canvas.hasFocus)
    window.canvas.camera.fit_all()
    return window
