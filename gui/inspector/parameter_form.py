"""The settings of one parameter of a block, to be edited."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QLabel, QLineEdit, QWidget

from graph.blocks.parameter import PARAMETER_KINDS, Parameter
from graph.values.declaration import FieldKind, Value, show
from gui.appearance.theme import current, notifier
from gui.forms.entry import Entry, parse
from gui.language.text import tr

FLAGS = {"true": True, "false": False}


class ParameterForm(QWidget):
    """Name, kind, default, range or words, help, and how it is used."""

    edited = Signal(object)
    """The parameter as it is now, legal or not."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._parameter: Parameter | None = None
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setColumnStretch(1, 1)
        self._labels: list[QLabel] = []
        self.name = self._line(tr("Name"))
        self.kind = QComboBox(self)
        self.kind.addItems([kind_title(kind) for kind in PARAMETER_KINDS])
        self._add(tr("Kind"), self.kind)
        self.default = self._line(tr("Default"))
        self.minimum, self.maximum = self._line(tr("Smallest")), self._line(tr("Largest"))
        self.words = self._line(tr("Words"))
        self.help = self._line(tr("Help"))
        self.words.setPlaceholderText(tr("separated by spaces"))
        self.first_only = self._box(
            tr("For the first of a chain"), tr("The others of a chain have the default (a stride).")
        )
        self.required = self._box(
            tr("Written at every use"), tr("Also where it is the default, in the exported file.")
        )
        self.kind.activated.connect(lambda _index: self._tell())
        notifier.changed.connect(self._restyle)
        self._restyle()

    def _line(self, title: str) -> Entry:
        line = Entry(self)
        line.editingFinished.connect(self._finish)
        self._add(title, line)
        return line

    def _box(self, title: str, tip: str) -> QCheckBox:
        box = QCheckBox(title, self)
        box.setToolTip(tip)
        box.clicked.connect(lambda _checked: self._tell())
        self._grid.addWidget(box, self._grid.rowCount(), 0, 1, 2)
        return box

    def _add(self, title: str, widget: QWidget) -> None:
        label = QLabel(title, self)
        label.setBuddy(widget)
        widget.setAccessibleName(title)
        line = self._grid.rowCount()
        self._grid.addWidget(label, line, 0)
        self._grid.addWidget(widget, line, 1)
        self._labels.append(label)

    def _restyle(self) -> None:
        theme = current()
        self._grid.setHorizontalSpacing(theme.space("s"))
        self._grid.setVerticalSpacing(theme.space("xs"))
        for label in self._labels:
            label.setMinimumWidth(theme.pixels(88))

    def show_parameter(self, parameter: Parameter) -> None:
        """Show a parameter as it is in the block."""
        self._parameter = parameter
        self.name.setText(parameter.name)
        self.kind.setCurrentIndex(PARAMETER_KINDS.index(parameter.kind))
        self.default.setText(show(parameter.default))
        self.minimum.setText(show(parameter.minimum))
        self.maximum.setText(show(parameter.maximum))
        self.words.setText(" ".join(parameter.words))
        self.help.setText(parameter.help)
        self.first_only.setChecked(parameter.first_only)
        self.required.setChecked(parameter.required)
        number = parameter.kind in (FieldKind.INTEGER, FieldKind.REAL)
        self._show_rows((self.minimum, self.maximum), number)
        self._show_rows((self.words,), parameter.kind is FieldKind.CHOICE)
        for line in (self.name, self.default, self.minimum, self.maximum, self.words, self.help):
            line.setModified(False)
            line.setCursorPosition(0)  # a long text from its beginning

    def _show_rows(self, lines: tuple[QLineEdit, ...], shown: bool) -> None:
        for line in lines:
            line.setVisible(shown)
            for label in self._labels:
                if label.buddy() is line:
                    label.setVisible(shown)

    def _finish(self) -> None:
        line = self.sender()
        if isinstance(line, QLineEdit) and line.isModified():
            line.setModified(False)
            self._tell()

    def _tell(self) -> None:
        if self._parameter is not None:
            self.edited.emit(self._read(self._parameter))

    def _read(self, old: Parameter) -> Parameter:
        kind = PARAMETER_KINDS[self.kind.currentIndex()]
        words = tuple(self.words.text().replace(",", " ").split())
        default: Value = _value(kind, self.default.text())
        if kind is not old.kind:
            default, words = _fitting(kind, default, words)
        return replace(
            old,
            name=self.name.text().strip(),
            kind=kind,
            default=default,
            minimum=_bound(self.minimum.text(), old.minimum),
            maximum=_bound(self.maximum.text(), old.maximum),
            words=words,
            help=self.help.text().strip(),
            first_only=self.first_only.isChecked(),
            required=self.required.isChecked(),
        )


def kind_title(kind: FieldKind) -> str:
    """What a person calls a kind of parameter."""
    return {
        FieldKind.INTEGER: tr("Whole number"),
        FieldKind.REAL: tr("Number"),
        FieldKind.FLAG: tr("On or off"),
        FieldKind.CHOICE: tr("One of some words"),
    }[kind]


def _value(kind: FieldKind, text: str) -> Value:
    if kind is FieldKind.FLAG:
        return FLAGS.get(text.strip().lower(), text)
    if kind is FieldKind.CHOICE:
        return text.strip()
    return parse(text, real=kind is FieldKind.REAL)


def _fitting(
    kind: FieldKind, default: Value, words: tuple[str, ...]
) -> tuple[Value, tuple[str, ...]]:
    """A default that a parameter of another kind may begin with."""
    if kind is FieldKind.FLAG:
        return default if isinstance(default, bool) else False, ()
    if kind is FieldKind.CHOICE:
        found = words or ("a", "b")
        return default if default in found else found[0], found
    if isinstance(default, str):
        return (1.0 if kind is FieldKind.REAL else 1), ()
    return default, ()


def _bound(text: str, before: float) -> float:
    value = parse(text, real=True)
    return value if isinstance(value, float) else before
