"""What will happen to the chosen images: sizes, channels, and the files that are left out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from backend.data.base.shapes import check_classes, plan_conversion
from backend.data.base.source import DataLook, ImageShape, Skipped
from backend.data.targets import check_target
from graph.layers.io import Input, Output
from graph.network.network import Change
from graph.values.message import Message, UserError
from gui.appearance.theme import current, notifier
from gui.data.choice import DataChoice
from gui.data.data_chooser import details
from gui.data.threshold_row import ThresholdRow
from gui.language.text import full, shape, tr, tr_count
from gui.session.session import Session
from gui.widgets.parts import Label


class DataNotes(QWidget):
    """A few lines under the chooser; nothing where there is nothing to say."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._choice = DataChoice.of(session)
        self._counts = Label("", "hint", self, wrap=True)
        self._conversion = Label("", "hint", self, wrap=True)
        self._problem = Label("", "error", self, wrap=True)
        self._skipped = Label("", "warning", self, wrap=True)
        self._notes = Label("", "hint", self, wrap=True)
        self._show_list = QPushButton(tr("Show list"), self)
        self.threshold = ThresholdRow(self._choice, self)
        self._show_list.clicked.connect(self._list_skipped)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        for label in (self._counts, self._conversion, self._notes, self._problem, self._skipped):
            column.addWidget(label)
        column.addWidget(self.threshold, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self._show_list, 0, Qt.AlignmentFlag.AlignLeft)
        self._choice.changed.connect(self.refresh)
        session.main_changed.connect(self._edited)
        session.document_replaced.connect(self.refresh)
        notifier.changed.connect(self.refresh)
        self.refresh()

    def _edited(self, change: Change) -> None:
        if change.meaning:
            self.refresh()

    def refresh(self) -> None:
        """Say what is true now."""
        look, problem = self._choice.look, self._choice.problem
        conversion: Sequence[Message] = ()
        if look is not None and problem is None:
            try:
                conversion = _conversion(self._session, look.shape)
                _check_outputs(self._session, look)
            except UserError as error:
                problem = error.message
        skipped = len(look.skipped) if look is not None else 0
        counts = _counts(look) if look is not None else ""
        _set(self._counts, tr("Looking at the data …") if self._choice.busy else counts)
        _set(self._conversion, " ".join(sentence.text() for sentence in conversion))
        _set(self._notes, " ".join(note.text() for note in look.notes) if look is not None else "")
        _set(self._problem, problem.text() if problem is not None else "")
        _set(self._skipped, _skipped_words(skipped))
        self._show_list.setVisible(skipped > 0)
        self._show_list.setMaximumWidth(self._show_list.sizeHint().width())

    def texts(self) -> list[str]:
        """The lines as they stand."""
        labels = (self._counts, self._conversion, self._notes, self._problem, self._skipped)
        return [label.text() for label in labels if not label.isHidden()]

    def _list_skipped(self) -> None:
        if self._choice.look is not None:
            lines = skipped_lines(self._choice.look.skipped, Path(self._choice.spec))
            show_text(self, tr("Files that are left out"), lines)


def show_text(parent: QWidget, title: str, text: str) -> QDialog:
    """A window of plain text to read and copy; it blocks nothing and deletes itself."""
    dialog = QDialog(parent)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setWindowTitle(title)
    field = QPlainTextEdit(text, dialog)
    field.setReadOnly(True)
    field.setFont(current().font("code"))
    field.setAccessibleName(title)
    copy = QPushButton(tr("Copy"), dialog)
    copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(text))
    close = QPushButton(tr("Close"), dialog)
    close.clicked.connect(dialog.close)
    row = QHBoxLayout()
    row.addStretch(1)
    row.addWidget(copy)
    row.addWidget(close)
    column = QVBoxLayout(dialog)
    column.addWidget(field, 1)
    column.addLayout(row)
    dialog.resize(current().pixels(640), current().pixels(360))
    dialog.show()
    return dialog


def input_shape(session: Session) -> ImageShape | None:
    """C×H×W of the network's image, if it has one."""
    for node in session.project.network.nodes.values():
        if isinstance(node.layer, Input) and len(node.layer.shape) == 3:
            channels, height, width = node.layer.shape
            return channels, height, width
    return None


def _conversion(session: Session, source: ImageShape | None) -> tuple[Message, ...]:
    target = input_shape(session)
    if source is None or target is None:
        return ()
    return plan_conversion(source, target).sentences()


def _check_outputs(session: Session, look: DataLook) -> None:
    for key, node in session.project.network.nodes.items():
        if isinstance(node.layer, Output):
            result = session.main_analysis.facts(key).output
            check_target(node.layer.target, masks=look.source.masks)
            if result is not None and len(result) == (3 if look.source.masks else 1):
                check_classes(int(result[0]), look.source)


def _counts(look: DataLook) -> str:
    source = look.source
    parts = [details(source, look.shape)]
    if source.n_train is not None and source.n_validation is not None:
        parts.append(
            tr(
                "{train} to train, {validation} to validate",
                train=full(source.n_train),
                validation=full(source.n_validation),
            )
        )
    elif source.n_train is not None:
        parts.append(
            tr_count(
                "{n} image, a part of it to validate",
                "{n} images, a part of them to validate",
                source.n_train,
            )
        )
    if look.n_shapes > 1 and look.shape is not None:
        parts.append(
            tr_count(
                "{n} different size, mostly {shape}",
                "{n} different sizes, mostly {shape}",
                look.n_shapes,
                shape=shape(look.shape),
            )
        )
    return "\n".join(filter(None, parts))


def _skipped_words(count: int) -> str:
    if not count:
        return ""
    return tr_count(
        "▲ {n} file or folder is left out.",
        "▲ {n} files or folders are left out.",
        count,
    )


def skipped_lines(skipped: Sequence[Skipped], root: Path) -> str:
    """A line for each file: its place in the folder ``root``, and the reason."""
    lines = []
    for item in skipped:
        path = item.path
        if path.is_relative_to(root):
            path = path.relative_to(root)
        lines.append(f"{path}: {item.reason.text()}")
    return "\n".join(lines)


def _set(label: Label, text: str) -> None:
    label.setText(text)
    label.setVisible(bool(text))
