"""One editor for each kind of declared field: it shows a value and says what was typed.

``read`` returns a value of the field's kind where the text is one, and otherwise the text itself,
which the field's own check then refuses with its sentence. No editor corrects what was typed.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QCheckBox, QComboBox, QWidget

from graph.values.declaration import FieldKind, FieldSpec, show
from graph.values.language import declared
from gui.forms.editor import Editor
from gui.forms.entry import parse
from gui.forms.number_lists import KernelEditor, ListEditor
from gui.forms.sizes import ExtentEditor, SizesEditor
from gui.language.text import tr


class NumberEditor(Editor):
    """A number; empty where None is allowed, and a word where the field has some."""

    def __init__(self, spec: FieldSpec, parent: QWidget) -> None:
        super().__init__(spec, parent)
        self._line = self._entry(steps=spec.kind is FieldKind.INTEGER)
        self._line.set_hint(declared(spec.unit))
        self._line.setPlaceholderText(declared(spec.none_means))
        self._row.addWidget(self._line)
        if spec.words:
            values: list[tuple[str, Any]] = [(word, word) for word in spec.words]
            if spec.optional:
                values.append((declared(spec.none_means), None))
            number = spec.default
            if isinstance(number, str) or number is None:
                number = max(1, int(spec.minimum))
            self._other_values([*values, (tr("number"), number)], self._choose)

    def _choose(self, value: Any) -> None:
        self.write(value)
        self._line.setFocus()
        self.edited.emit()

    def read(self) -> Any:
        text = self._line.text().strip()
        if text in self.spec.words:
            return text
        if not text and self.spec.optional:
            return None
        return parse(text, real=self.spec.kind is FieldKind.REAL)

    def write(self, value: Any) -> None:
        self._line.setText("" if value is None else show(value))

    def inputs(self) -> list[QWidget]:
        return [self._line]

    def set_hint(self, text: str) -> None:
        self._line.set_hint(text)


class FlagEditor(Editor):
    """On or off."""

    def __init__(self, spec: FieldSpec, parent: QWidget) -> None:
        super().__init__(spec, parent)
        self._box = QCheckBox(self)
        self._box.toggled.connect(self._say)
        self._box.clicked.connect(lambda _checked: self.edited.emit())
        self._row.addWidget(self._box, 1)
        self._say(False)

    def _say(self, on: bool) -> None:
        self._box.setText(tr("on") if on else tr("off"))

    def read(self) -> Any:
        return self._box.isChecked()

    def write(self, value: Any) -> None:
        self._box.setChecked(value)

    def inputs(self) -> list[QWidget]:
        return [self._box]


class ChoiceEditor(Editor):
    """One of a few words."""

    def __init__(self, spec: FieldSpec, parent: QWidget) -> None:
        super().__init__(spec, parent)
        self._box = QComboBox(self)
        self._box.addItems(spec.words)
        self._box.setMinimumContentsLength(6)
        self._box.activated.connect(lambda _index: self.edited.emit())
        self._row.addWidget(self._box, 1)

    def read(self) -> Any:
        return self._box.currentText()

    def write(self, value: Any) -> None:
        self._box.setCurrentText(str(value))

    def inputs(self) -> list[QWidget]:
        return [self._box]


_EDITORS: dict[FieldKind, type[Editor]] = {
    FieldKind.INTEGER: NumberEditor,
    FieldKind.REAL: NumberEditor,
    FieldKind.PAIR: SizesEditor,
    FieldKind.TRIPLE: SizesEditor,
    FieldKind.EXTENT: ExtentEditor,
    FieldKind.INTEGERS: ListEditor,
    FieldKind.REALS: KernelEditor,
    FieldKind.FLAG: FlagEditor,
    FieldKind.CHOICE: ChoiceEditor,
}


def make_editor(spec: FieldSpec, parent: QWidget) -> Editor:
    """The editor of a field."""
    editor = _EDITORS[spec.kind](spec, parent)
    editor.keep_height()
    return editor
