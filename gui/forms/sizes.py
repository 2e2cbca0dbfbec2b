"""Editors of a fixed number of sizes: height and width, with depth, or channels first."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from graph.values.declaration import FieldSpec, show
from graph.values.language import declared
from gui.forms.editor import Editor
from gui.forms.entry import Entry, parse, small_button
from gui.language.text import tr


class SizesEditor(Editor):
    """Two or three sizes, linked while they are equal; a word or nothing may stand instead."""

    def __init__(self, spec: FieldSpec, parent: QWidget) -> None:
        super().__init__(spec, parent)
        self._entries = [self._entry(steps=True) for _ in range(spec.lengths[0])]
        names = (tr("depth"), tr("height"), tr("width"))[-len(self._entries) :]
        for entry, name in zip(self._entries, names, strict=True):
            entry.textEdited.disconnect()
            entry.textEdited.connect(lambda text, e=entry: self._follow(e, text))
            entry.setAccessibleName(tr("{field}, {axis}", field=spec.name, axis=name))
            if spec.optional:  # too narrow for words; the menu and the tip have them
                entry.setPlaceholderText(tr("auto"))
        equal = tr("Keep height and width equal")
        if len(self._entries) == 3:
            equal = tr("Keep depth, height and width equal")
        self._link = small_button("link", self)
        self._link.setCheckable(True)
        self._link.setChecked(True)
        self._link.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._link.setAccessibleName(equal)
        self._link.setToolTip(equal)
        self._link.toggled.connect(self._linked)
        for widget in (self._entries[0], self._link, *self._entries[1:]):
            self._row.addWidget(widget)
        if spec.words or spec.optional:
            self._other_values(self._others(), self._choose)

    def _others(self) -> list[tuple[str, Any]]:
        values: list[tuple[str, Any]] = [(word, word) for word in self.spec.words]
        if self.spec.optional:
            values.append((tr("as {field}", field=declared(self.spec.none_means)), None))
        numbers = self.spec.default if isinstance(self.spec.default, tuple) else None
        if numbers is None:
            numbers = (max(1, int(self.spec.minimum)),) * len(self._entries)
        return [*values, (tr("numbers"), numbers)]

    def _choose(self, value: Any) -> None:
        self.write(value)
        self._entries[0].setFocus()
        self.edited.emit()

    def _follow(self, edited: Entry, text: str) -> None:
        if self._link.isChecked():
            for other in self._entries:
                if other is not edited:
                    other.setText(text)
        self._arrange()
        self.edited.emit()

    def _linked(self, linked: bool) -> None:
        text = self._entries[0].text()
        others = self._entries[1:]
        if linked and not self._word() and any(other.text() != text for other in others):
            for other in others:
                other.setText(text)
            self.edited.emit()

    def _word(self) -> bool:
        return self._entries[0].text().strip() in self.spec.words

    def _arrange(self) -> None:
        """A word takes the whole room."""
        word = self._word()
        if word and any(entry.hasFocus() for entry in self._entries[1:]):
            self._entries[0].setFocus()
        for widget in (*self._entries[1:], self._link):
            widget.setVisible(not word)

    def read(self) -> Any:
        texts = [entry.text().strip() for entry in self._entries]
        if self._word():
            return texts[0]
        if self.spec.optional and not any(texts):
            return None
        sizes = tuple(parse(text) for text in texts)
        if any(isinstance(size, str) for size in sizes):
            return texts[0] if len(set(texts)) == 1 else "×".join(texts)
        return sizes

    def write(self, value: Any) -> None:
        texts = ["" if value is None else show(value)] * len(self._entries)
        if isinstance(value, tuple):
            texts = [str(size) for size in value]
        for entry, text in zip(self._entries, texts, strict=True):
            entry.setText(text)
        self._link.blockSignals(True)
        self._link.setChecked(len(set(texts)) == 1)
        self._link.blockSignals(False)
        self._arrange()

    def inputs(self) -> list[QWidget]:
        return list(self._entries)


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
