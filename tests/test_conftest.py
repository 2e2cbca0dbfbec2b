"""The checks of conftest.py can fail: a planted leak of each kind is reported, clean tests pass."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

PLANTED = """
import os
import threading
from PySide6.QtWidgets import QWidget

stop = threading.Event()
kept = []

def test_leaks_thread():
    threading.Thread(target=stop.wait, args=(15,), daemon=True, name="forgotten").start()

def test_leaks_widget(qtbot):
    kept.append(QWidget(objectName="lost"))

def test_warns(qtbot):
    from PySide6.QtCore import qWarning
    qWarning("something is off")

def test_clean(qtbot, user_folders):
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.show()
    assert os.environ["XDG_CONFIG_HOME"] == str(user_folders / "config")
"""


def test_planted_leaks_are_reported(tmp_path: Path) -> None:
    conftest = Path(__file__).with_name("conftest.py").read_text(encoding="utf-8")
    (tmp_path / "conftest.py").write_text(conftest, encoding="utf-8")
    (tmp_path / "test_planted.py").write_text(PLANTED, encoding="utf-8")
    (tmp_path / "pytest.ini").write_text(
        "[pytest]\nqt_api = pyside6\nqt_log_level_fail = WARNING\n", encoding="utf-8"
    )
    result = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    report = result.stdout
    assert "1 failed, 3 passed, 2 errors" in report
    assert "ERROR test_planted.py::test_leaks_thread" in report
    assert "ERROR test_planted.py::test_leaks_widget" in report
    assert "FAILED test_planted.py::test_warns" in report
    assert "QWidget('lost')" in report
