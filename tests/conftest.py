"""What every test stands on: no screen, own user folders, a fixed random source, nothing left over.

The environment is set before anything imports Qt or torch.
"""

from __future__ import annotations

import gc
import os
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from pytestqt.qtbot import QtBot

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_NO_GUI_THREADPOOL", "1")
os.environ["TQDM_MONITOR_INTERVAL"] = "0"

if "PYTEST_XDIST_WORKER" in os.environ:
    # One process per core already: more OpenMP threads would only get in each other's way.
    os.environ["OMP_NUM_THREADS"] = "1"
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(1)

for _wait in (QtBot.waitUntil, QtBot.waitExposed):
    # What comes is waited for as long as a busy machine takes; only what never comes ends a wait.
    _wait.__kwdefaults__["timeout"] = 60_000

settings.register_profile(
    "default",
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.register_profile("search", settings.get_profile("default"), derandomize=False)
settings.load_profile("default")

_USER_FOLDERS = {
    "XDG_CONFIG_HOME": "config",
    "XDG_DATA_HOME": "data",
    "XDG_STATE_HOME": "state",
    "XDG_DOCUMENTS_DIR": "documents",
    "WIN_PD_OVERRIDE_APPDATA": "config",
    "WIN_PD_OVERRIDE_LOCAL_APPDATA": "data",
}
_session_folder = tempfile.TemporaryDirectory(prefix="convloom-tests-", ignore_cleanup_errors=True)
for _name, _folder in _USER_FOLDERS.items():
    os.environ[_name] = str(Path(_session_folder.name, _folder))
os.environ["XDG_CACHE_HOME"] = str(Path(_session_folder.name, "cache"))


@pytest.fixture(autouse=True)
def user_folders() -> Iterator[Path]:
    """A fresh, empty set of user folders, so that no test sees another's recent files."""
    folder = Path(tempfile.mkdtemp(dir=_session_folder.name))
    with pytest.MonkeyPatch.context() as patch:
        for name, part in _USER_FOLDERS.items():
            patch.setenv(name, str(folder / part))
        yield folder


def running_threads() -> set[threading.Thread]:
    """Python threads that somebody started; not those that only pass through Python from C++."""
    return {
        thread
        for thread in threading.enumerate()
        if not isinstance(thread, threading._DummyThread) and not thread.name.startswith("execnet")
    }


def lingering_threads(before: set[threading.Thread], patience: float = 5.0) -> list[str]:
    """Names of threads started since ``before`` that do not end within ``patience`` seconds."""
    started = running_threads() - before
    for thread in started:
        thread.join(patience)
    return sorted(thread.name for thread in started if thread.is_alive())


def lingering_widgets(before: set[int]) -> list[str]:
    """Top-level widgets made since ``before`` (a set of ids) that nobody closed and deleted."""
    from PySide6.QtCore import QCoreApplication, QEvent
    from PySide6.QtWidgets import QApplication

    def left() -> list[str]:
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        QCoreApplication.processEvents()
        return sorted(
            f"{type(widget).__name__}({widget.objectName() or widget.windowTitle()!r})"
            for widget in QApplication.topLevelWidgets()
            if id(widget) not in before
        )

    if left():
        gc.collect()  # a widget in a reference cycle is not a leak, only not yet collected
    return left()


@pytest.fixture(autouse=True)
def nothing_left_over(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test that leaves a thread or, where it uses Qt, a top-level widget behind."""
    threads = running_threads()
    with nothing_of_qt_left(request) if "qapp" in request.fixturenames else nullcontext():
        yield
    assert not lingering_threads(threads), "threads left running"


@contextmanager
def nothing_of_qt_left(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail where a task of Qt's thread pool or a top-level widget is left behind."""
    request.getfixturevalue("qapp")
    from PySide6.QtCore import QThreadPool
    from PySide6.QtWidgets import QApplication

    widgets = {id(widget): widget for widget in QApplication.topLevelWidgets()}
    yield
    assert QThreadPool.globalInstance().waitForDone(10_000), "a task of the thread pool never ended"
    leaked = lingering_widgets(set(widgets))
    assert not leaked, f"top-level widgets left over: {leaked}"
