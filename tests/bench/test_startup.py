"""From the start of a process to its first painted window.

The program stands between two others, run in turn: one that shows a bare QMainWindow, and one
that imports all that the program ever needs before it shows the same bare window.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.bench.figures import spread, tell

pytestmark = [pytest.mark.bench, pytest.mark.timeout(900)]

ROOT = Path(__file__).parents[2]
ROUNDS = 5

WATCH = """
import os, sys, time
from PySide6.QtCore import QEvent, QObject, QTimer

class FirstPaint(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint:
            watched.removeEventFilter(self)
            loaded = "torch" in sys.modules
            # Parents are painted first; the timer fires when their children are painted, too.
            QTimer.singleShot(0, lambda: self.end(loaded))
        return False

    def end(self, loaded):
        print(time.monotonic(), int(loaded), flush=True)
        os._exit(0)

first_paint = FirstPaint()
"""

BARE = """
from PySide6.QtWidgets import QApplication, QMainWindow
app = QApplication([])
window = QMainWindow()
window.resize(1280, 800)
window.installEventFilter(first_paint)
window.show()
app.exec()
"""

PROGRAM = """
from gui.window.app import make_application, open_window
app = make_application(["convloom"])
window = open_window(app)
window.installEventFilter(first_paint)
app.exec()
"""

ALL = """
import networkx, numpy, pydantic, pyqtgraph, torch, torchvision
"""

PROCESSES = {
    "bare window": WATCH + BARE,
    "ConvLoom": WATCH + PROGRAM,
    "import all, then a bare window": WATCH + ALL + BARE,
}


def first_paint(code: str, folder: Path) -> tuple[float, bool]:
    """Milliseconds until the first paint, and whether torch was loaded by then."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "QT_QPA_PLATFORM": "offscreen",
        "QT_NO_GUI_THREADPOOL": "1",
    }
    for name in ("CONFIG_HOME", "DATA_HOME", "STATE_HOME", "CACHE_HOME", "DOCUMENTS_DIR"):
        environment[f"XDG_{name}"] = str(folder / name.lower())
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=environment,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    painted, loaded = done.stdout.split()[-2:]
    return (float(painted) - began) * 1000, loaded == "1"


def test_first_paint(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    times: dict[str, list[float]] = {name: [] for name in PROCESSES}
    for number in range(ROUNDS + 1):
        for name, code in PROCESSES.items():
            took, loaded = first_paint(code, tmp_path)
            ours = name == "ConvLoom"
            assert not (ours and loaded), "torch was loaded before the first paint"
            if number:  # the first round only brings the files into memory
                times[name].append(took)
    ours = times["ConvLoom"]
    bare, everything = times["bare window"], times["import all, then a bare window"]
    tell(
        capsys,
        *(f"{name}: {spread(took, 0)} ms" for name, took in times.items()),
        f"ConvLoom / bare window: {spread([a / b for a, b in zip(ours, bare, strict=True)])}",
        f"import all / ConvLoom: "
        f"{spread([b / a for a, b in zip(ours, everything, strict=True)], 1)}",
    )
    assert statistics.median(ours) > 0
