"""The window is up before torch is loaded, and says when training is ready."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]

UP_FIRST = """
import sys
from gui.window.app import make_application, open_window

app = make_application(["convloom"])
window = open_window(app)
painted = window.isVisible() and not window.grab().isNull()
print("painted", painted, "torch" in sys.modules)
said = []
while not window.bars.tools.device.text():
    app.processEvents()
    if window.bars.status.texts()[0] not in said:
        said.append(window.bars.status.texts()[0])
print("said", said, "torch" in sys.modules)
window.close()
app.processEvents()
print("closed", window.isVisible())
"""

CLOSED_AT_ONCE = """
from PySide6.QtCore import QTimer
import gui.window.app

app = gui.window.app.make_application(["convloom"])
QTimer.singleShot(0, lambda: QTimer.singleShot(0, app.closeAllWindows))
print("code", gui.window.app.run(["convloom"]))
"""


def run(script: str, tmp_path: Path) -> list[str]:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "OMP_NUM_THREADS": "1"}
    environment["XDG_CONFIG_HOME"] = str(tmp_path)
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_the_first_paint_comes_before_torch(tmp_path):
    lines = run(UP_FIRST, tmp_path)
    assert lines[0] == "painted True False"
    assert lines[1].endswith(" True")
    assert "Preparing" in lines[1]
    assert lines[2] == "closed False"


def test_closing_while_torch_loads_ends_cleanly(tmp_path):
    assert run(CLOSED_AT_ONCE, tmp_path) == ["code 0"]
