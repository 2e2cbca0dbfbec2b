"""How to train: the form of the settings, kept in the project."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from backend.training.settings import TrainingSettings
from graph.values.declaration import FieldError, fields_of
from gui.appearance.theme import current, notifier
from gui.data.data_chooser import DataChooser
from gui.data.data_notes import DataNotes
from gui.forms.form import Form
from gui.runs.project_run import settings_of
from gui.session.session import Session
from gui.training.start_from import StartFrom


class SettingsForm(Form):
    """The fields of TrainingSettings; each legal value goes to the project at once."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(TrainingSettings, parent=parent)
        self._session = session
        self.changed.connect(self._keep)
        session.settings_changed.connect(self._follow)
        session.document_replaced.connect(lambda: self._follow(fresh=True))
        self._follow(fresh=True)

    def _keep(self, field: str, value: Any) -> None:
        self._session.set_training({**self._session.project.training, field: value})

    def _follow(self, fresh: bool = False) -> None:
        values = self._session.project.training
        self.set_values(values, fresh=fresh)
        self.clear_faults()
        try:
            unused = settings_of(self._session).unused()
        except FieldError as error:
            self.set_fault(error.field, error.message.text())
            unused = frozenset()
        for field in fields_of(TrainingSettings):
            self.editor(field).setEnabled(field not in unused)


class SettingsColumn(QWidget):
    """The data chooser, what it means for the images, what the run starts from, and the form, in
    one scrolling column."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.chooser = DataChooser(session, self)
        self.notes = DataNotes(session, self)
        self.start_from = StartFrom(session, self)
        self.form = SettingsForm(session, self)
        content = QWidget(self)
        self._inner = QVBoxLayout(content)
        for widget in (self.chooser, self.notes, self.start_from, self.form):
            self._inner.addWidget(widget)
        self._inner.addStretch(1)
        self._area = QScrollArea(self)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setWidget(content)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._area)
        self._restyle()
        notifier.changed.connect(self._restyle)

    def _restyle(self) -> None:
        theme = current()
        self._inner.setContentsMargins(
            theme.space("m"), theme.space("s"), theme.space("m"), theme.space("s")
        )
        self._inner.setSpacing(theme.space("xs"))
        self.setMinimumWidth(theme.pixels(250))
        self.setMaximumWidth(theme.pixels(420))

    def show_field(self, field: str) -> None:
        """Put the keyboard into a field and make it visible."""
        self.form.focus_field(field)
        self._area.ensureWidgetVisible(self.form.editor(field))
