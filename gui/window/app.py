"""Starts the window. torch is loaded after the first paint, in the background."""

from __future__ import annotations

import gc
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from gui.window.window import MainWindow


def make_application(argv: Sequence[str]) -> QApplication:
    """The application object with its names. Must come before any widget."""
    # Read by Qt when it starts; painting from several threads slows zooming on few cores.
    os.environ["QT_NO_GUI_THREADPOOL"] = "1"
    from PySide6.QtWidgets import QApplication

    app = QApplication.instance()
    if not isinstance(app, QApplication):
        app = QApplication(list(argv))
    app.setApplicationName("ConvLoom")
    app.setApplicationDisplayName("ConvLoom")
    app.setOrganizationName("ConvLoom")
    app.setDesktopFileName("convloom")
    return app


def open_window(app: QApplication) -> MainWindow:
    """Dress the program as the user chose, show the window, and load torch once it is painted."""
    # Hardly anything made until then is garbage, and looking for it takes a tenth of the time.
    gc.disable()
    from gui.appearance.dress import apply_theme
    from gui.session.preferences import Preferences

    preferences = Preferences()
    apply_theme(app, preferences.theme, preferences.scale)
    from gui.window.window import MainWindow

    window = MainWindow(preferences)
    window.show()
    window.first_painted.connect(lambda: prepare(window))
    return window


def prepare(window: MainWindow) -> None:
    """Load what training needs, in a thread; the status bar says so."""
    gc.enable()
    from gui.language.text import tr
    from gui.widgets.background import BackgroundTask

    window.bars.show_preparing(tr("Preparing"))
    task = BackgroundTask(load, "convloom-load", window)
    task.done.connect(lambda device: finish(window, str(device)))
    task.failed.connect(lambda error: fail(window, error))
    window.session.closing.connect(task.wait)
    task.start()


def load() -> str:
    """Import what brings torch with it; returns the name of the device that training will use."""
    gc.freeze()
    import backend.data.base.prepare
    import backend.training.trainer  # noqa: F401
    from backend.training.device import list_devices

    devices = list_devices()
    # The modules stay for good: a collection that looks through all of them would stop the
    # window for a tenth of a second.
    gc.freeze()
    return f"{devices[0].kind} · {devices[0].name}"


def finish(window: MainWindow, device: str) -> None:
    window.bars.show_preparing("")
    window.bars.show_device(device)


def fail(window: MainWindow, error: Exception) -> None:
    from gui.language.text import tr

    window.bars.show_preparing("")
    text = tr("Training is not available: torch could not be loaded ({reason}).", reason=str(error))
    window.teller.tell(text, "error")


def run(argv: Sequence[str]) -> int:
    """Show the window and stay until it is closed; a path in ``argv`` is opened."""
    app = make_application(argv)
    window = open_window(app)
    if len(argv) > 1:
        path = Path(argv[1])
        if path.is_dir():
            window.folders.take(path)
        else:
            window.documents.open(path)
    return app.exec()
