"""One editor for each kind of declared field: it shows a value and says what was typed.

``read`` returns a value of the field's kind where the text is one, and otherwise the text itself,
which the field's own check then refuses with its sentence. No editor corrects what was typed.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QMenu,
    QToolButton,
    QWidget,
)

from graph.declaration import FieldSpec, Kind, show
from gui.entry import Entry, parse, small_button
from gui.text import tr
from gui.theme import current, set_property


class Editor(QWidget):
    """Base of all editors."""

    edited = Signal()
    """The user changed what ``read`` returns."""

    def __init__(self, spec: FieldSpec, parent: QWidget) -> None:
        super().__init__(parent)
        self.spec = spec
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(current().space("xs"))

    def read(self) -> Any:
        """What stands in the editor, legal or not."""
        raise NotImplementedError

    def write(self, value: Any) -> None:
        """Show a value; tells nobody."""
        raise NotImplementedError

    def inputs(self) -> list[QWidget]:
        """The widgets that take the focus, in order."""
        raise NotImplementedError

    def set_hint(self, text: str) -> None:
        """Show a unit or the allowed values, where the editor has room for it."""

    def set_invalid(self, invalid: bool) -> None:
        """Turn red, or back."""
        for widget in self.inputs():
            if bool(widget.property("invalid")) != invalid:
                set_property(widget, "invalid", invalid)

    def restyle(self) -> None:
        """Take fonts from the theme in use."""
        for entry in self.findChildren(Entry):
            entry.setFont(current().font("mono"))

    def _entry(self, *, steps: bool) -> Entry:
        entry = Entry(self, steps=steps)
        entry.textEdited.connect(lambda _text: self.edited.emit())
        return entry


class NumberEditor(Editor):
    """An integer or a real number; empty where None is allowed."""

    def __init__(self, spec: FieldSpec, parent: QWidget) -> None:
        super().__init__(spec, parent)
        self._line = self._entry(steps=spec.kind is Kind.INTEGER)
        self._line.set_hint(spec.unit)
        self._line.setPlaceholderText(spec.none_means)
        self._row.addWidget(self._line)

    def read(self) -> Any:
        text = self._line.text()
        if not text.strip() and self.spec.optional:
            return None
        return parse(text, real=self.spec.kind is Kind.REAL)

    def write(self, value: Any) -> None:
        self._line.setText("" if value is None else show(value))

    def inputs(self) -> list[QWidget]:
        return [self._line]

    def set_hint(self, text: str) -> None:
        self._line.set_hint(text)


class PairEditor(Editor):
    """Height and width, linked while they are equal; a word or nothing may stand instead."""

    def __init__(self, spec: FieldSpec, parent: QWidget) -> None:
        super().__init__(spec, parent)
        self._first, self._second = self._entry(steps=True), self._entry(steps=True)
        for entry in (self._first, self._second):
            entry.textEdited.disconnect()
            if spec.optional:  # too narrow for words; the menu and the tip have them
                entry.setPlaceholderText(tr("auto"))
        self._first.textEdited.connect(lambda text: self._follow(self._second, text))
        self._second.textEdited.connect(lambda text: self._follow(self._first, text))
        self._link = small_button("link", self)
        self._link.setCheckable(True)
        self._link.setChecked(True)
        self._link.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._link.setAccessibleName(tr("Keep height and width equal"))
        self._link.setToolTip(tr("Keep height and width equal"))
        self._link.toggled.connect(self._linked)
        for widget in (self._first, self._link, self._second):
            self._row.addWidget(widget)
        self._menu_button: QToolButton | None = None
        if spec.words or spec.optional:
            self._add_menu()

    def _add_menu(self) -> None:
        button = small_button("down", self)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setAccessibleName(tr("Other values of {field}", field=self.spec.name))
        button.setToolTip(tr("Other values"))
        menu = QMenu(button)
        words: list[tuple[str, Any]] = [(word, word) for word in self.spec.words]
        if self.spec.optional:
            words.append((tr("as {field}", field=self.spec.none_means), None))
        numbers = self.spec.default if isinstance(self.spec.default, tuple) else None
        if numbers is None:
            low = max(1, int(self.spec.minimum))
            numbers = (low, low)
        words.append((tr("numbers"), numbers))
        for text, value in words:
            menu.addAction(text).triggered.connect(lambda _=False, v=value: self._choose(v))
        button.setMenu(menu)
        self._row.addWidget(button)
        self._menu_button = button

    def _choose(self, value: Any) -> None:
        self.write(value)
        self._first.setFocus()
        self.edited.emit()

    def _follow(self, other: Entry, text: str) -> None:
        if self._link.isChecked():
            other.setText(text)
        self._arrange()
        self.edited.emit()

    def _linked(self, linked: bool) -> None:
        if linked and self._second.text() != self._first.text() and not self._word():
            self._second.setText(self._first.text())
            self.edited.emit()

    def _word(self) -> bool:
        return self._first.text().strip() in self.spec.words

    def _arrange(self) -> None:
        """A word takes the whole room."""
        word = self._word()
        if word and self._second.hasFocus():
            self._first.setFocus()
        for widget in (self._second, self._link):
            widget.setVisible(not word)

    def read(self) -> Any:
        first, second = self._first.text().strip(), self._second.text().strip()
        if self._word():
            return first
        if self.spec.optional and not first and not second:
            return None
        pair = (parse(first), parse(second))
        if any(isinstance(size, str) for size in pair):
            return first if first == second else f"{first}×{second}"
        return pair

    def write(self, value: Any) -> None:
        first, second = ("", "") if value is None else (show(value),) * 2
        if isinstance(value, tuple):
            first, second = (str(size) for size in value)
        self._first.setText(first)
        self._second.setText(second)
        self._link.blockSignals(True)
        self._link.setChecked(first == second)
        self._link.blockSignals(False)
        self._arrange()

    def inputs(self) -> list[QWidget]:
        return [self._first, self._second]


class ExtentEditor(Editor):
    """Channels, height and width; a vector leaves the last two empty."""

    def __init__(self, spec: FieldSpec, parent: QWidget) -> None:
        super().__init__(spec, parent)
        self._entries = [self._entry(steps=True) for _ in range(4)]
        names = (tr("Channels"), tr("Height"), tr("Width"), tr("Fourth size"))
        for entry, letter, name in zip(self._entries, ("C", "H", "W", ""), names, strict=True):
            entry.set_hint(letter)
            entry.setAccessibleName(name)
            self._row.addWidget(entry)
        self._entries[3].hide()

    def read(self) -> Any:
        texts = [entry.text().strip() for entry in self._entries]
        while texts and not texts[-1]:
            texts.pop()
        sizes = tuple(parse(text) for text in texts)
        return sizes if all(isinstance(size, int) for size in sizes) else "×".join(texts)

    def write(self, value: Any) -> None:
        texts = [str(size) for size in value] + [""] * (4 - len(value))
        for entry, text in zip(self._entries, texts, strict=True):
            entry.setText(text)
        self._entries[3].setVisible(bool(texts[3]))

    def inputs(self) -> list[QWidget]:
        return list(self._entries)


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


_EDITORS: dict[Kind, type[Editor]] = {
    Kind.INTEGER: NumberEditor,
    Kind.REAL: NumberEditor,
    Kind.PAIR: PairEditor,
    Kind.EXTENT: ExtentEditor,
    Kind.FLAG: FlagEditor,
    Kind.CHOICE: ChoiceEditor,
}


def make_editor(spec: FieldSpec, parent: QWidget) -> Editor:
    """The editor of a field."""
    return _EDITORS[spec.kind](spec, parent)
