"""What the program remembers between two runs: look, places, recent files.

One small INI file in the user's configuration folder. A value that makes no sense is taken as
absent.
"""

from __future__ import annotations

from pathlib import Path

from platformdirs import user_config_path
from PySide6.QtCore import QByteArray, QSettings

from gui.appearance.theme import MODES, SCALES

RECENT = 12


class Preferences:
    """Typed access to the settings file."""

    def __init__(self) -> None:
        path = user_config_path("convloom", appauthor=False) / "window.ini"
        self._settings = QSettings(str(path), QSettings.Format.IniFormat)

    @property
    def theme(self) -> str:
        """One of ``gui.appearance.theme.MODES``."""
        found = self._settings.value("look/theme", "system")
        return found if found in MODES else "system"

    @theme.setter
    def theme(self, mode: str) -> None:
        self._settings.setValue("look/theme", mode)

    @property
    def scale(self) -> float:
        """One of ``gui.appearance.theme.SCALES``."""
        try:
            found = float(str(self._settings.value("look/scale", "1.0")))
        except ValueError:
            return 1.0
        return found if found in SCALES else 1.0

    @scale.setter
    def scale(self, scale: float) -> None:
        self._settings.setValue("look/scale", str(scale))

    @property
    def reduce_motion(self) -> bool:
        """Whether everything jumps instead of gliding."""
        return str(self._settings.value("look/reduce_motion", "false")) == "true"

    @reduce_motion.setter
    def reduce_motion(self, reduce: bool) -> None:
        self._settings.setValue("look/reduce_motion", "true" if reduce else "false")

    @property
    def symbols(self) -> bool:
        """Whether nodes show formulas instead of their values."""
        return str(self._settings.value("look/symbols", "false")) == "true"

    @symbols.setter
    def symbols(self, symbols: bool) -> None:
        self._settings.setValue("look/symbols", "true" if symbols else "false")

    def place(self, name: str) -> QByteArray:
        """A saved window geometry or arrangement of docks; empty if there is none."""
        found = self._settings.value(f"places/{name}")
        return found if isinstance(found, QByteArray) else QByteArray()

    def set_place(self, name: str, state: QByteArray) -> None:
        self._settings.setValue(f"places/{name}", state)

    def recent(self) -> list[Path]:
        """Projects opened or saved, latest first; some may be gone."""
        found = self._settings.value("files/recent", [])
        texts = [found] if isinstance(found, str) else found if isinstance(found, list) else []
        return [Path(text) for text in texts if isinstance(text, str) and text][:RECENT]

    def add_recent(self, path: Path) -> None:
        """Put a project on top of the list."""
        path = path.absolute()
        self._keep([path, *(other for other in self.recent() if other != path)])

    def remove_recent(self, path: Path) -> None:
        self._keep([other for other in self.recent() if other != path])

    def clear_recent(self) -> None:
        self._keep([])

    def _keep(self, paths: list[Path]) -> None:
        self._settings.setValue("files/recent", [str(path) for path in paths[:RECENT]])

    @property
    def folder(self) -> Path:
        """Where a file dialog starts."""
        recent = self.recent()
        return recent[0].parent if recent and recent[0].parent.is_dir() else Path.home()

    def flush(self) -> None:
        """Write the file now."""
        self._settings.sync()
