"""A form drawn from a declaration: the same for layers and for training settings.

Every keystroke that gives a legal value is told at once. An illegal value stays in its field, turns
red and says why; whoever owns the values hears nothing of it. A field that differs from its
default is bold and has an arrow that takes it back. Where words are known, ``=`` begins a formula.

A little long, since a row knows its form and a form its rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QToolButton, QWidget

from graph.blocks.block_use import BlockUse
from graph.layers.base.layer import Layer
from graph.values.declaration import Declaration, FieldError, FieldSpec, fields_of
from graph.values.language import declared
from gui.appearance.theme import current, notifier, set_property
from gui.forms.editor import Editor, spell
from gui.forms.entry import small_button
from gui.forms.fields import make_editor
from gui.forms.formula_field import SIGN, FormulaEntry
from gui.language.text import tr

LABEL_WIDTH = 114
ZERO_WIDTH_SPACE = "\u200b"


class _Row:
    """Label, editor, arrow and complaint of one field."""

    def __init__(self, form: Form, spec: FieldSpec, title: str) -> None:
        self.spec = spec
        self.title = title
        self.label = QLabel(title, form)
        self.label.setTextFormat(Qt.TextFormat.PlainText)
        self.label.setWordWrap(True)
        self.editor: Editor = make_editor(spec, form)
        self.reset = small_button("reset", form)
        self.reset.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        default = spell(spec, spec.default)
        self.reset.setToolTip(tr("Back to {value}", value=default))
        self.reset.setAccessibleName(tr("{field} back to {value}", field=title, value=default))
        self.reset.hide()
        keep = self.reset.sizePolicy()
        keep.setRetainSizeWhenHidden(True)
        self.reset.setSizePolicy(keep)
        self.complaint = QLabel(form)
        self.complaint.setTextFormat(Qt.TextFormat.PlainText)
        self.complaint.setWordWrap(True)
        self.complaint.setProperty("role", "error")
        self.complaint.hide()
        self.value: Any = None
        self.formula: str | None = None
        """The formula that gives the value."""
        self.entry: FormulaEntry | None = None
        """The line for a formula; shown while there is one, or one is typed."""
        self.refusal = ""
        self.fault = ""
        help_text = declared(spec.help)
        for widget in (self.label, *self.editor.inputs()):
            widget.setToolTip(help_text)
        for widget in self.editor.inputs():
            if not widget.accessibleName():
                widget.setAccessibleName(title)
            widget.setAccessibleDescription(help_text)
        self.label.setBuddy(self.editor.inputs()[0])

    @property
    def in_formula(self) -> bool:
        """Whether the line for a formula stands in the editor's place."""
        return self.entry is not None and not self.entry.isHidden()

    def show_state(self) -> None:
        """Bold, arrow, red and the sentence under the field, as value and faults ask for."""
        changed = self.value != self.spec.default or self.formula is not None
        role = "name" if changed else "body"
        if self.label.property("role") != role:
            set_property(self.label, "role", role)
        self.reset.setVisible(changed or bool(self.refusal))
        text = self.refusal or self.fault
        self.editor.set_invalid(bool(text))
        if self.entry is not None:
            set_property(self.entry, "invalid", bool(text))
            known = not text and self.formula is not None
            self.entry.set_hint(spell(self.spec, self.value) if known else "")
        self.complaint.setText(text)
        self.complaint.setVisible(bool(text))


class Form(QWidget):
    """The fields of one declaration type, with the values of one instance."""

    changed = Signal(str, object)
    """A legal value was given: field and value."""
    formula_typed = Signal(str, str)
    """A formula was typed, good or not: field and formula."""
    formula_ended = Signal(str)
    """The formula of a field shall be its present value from now on."""

    def __init__(
        self,
        declaration: type[Declaration],
        values: Mapping[str, Any] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.declaration = declaration
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setColumnStretch(1, 1)
        self._rows: dict[str, _Row] = {}
        self._words: Mapping[str, Any] = {}
        torch_names = issubclass(declaration, Layer)
        for spec in _in_order(declaration):
            title = spec.name if torch_names else declared(spec.title)
            self._add(_Row(self, spec, title))
        self._restyle()
        notifier.changed.connect(self._restyle)
        self.set_values(values or {name: s.default for name, s in fields_of(declaration).items()})

    def _add(self, row: _Row) -> None:
        line = 2 * len(self._rows)
        self._grid.addWidget(row.label, line, 0)
        self._grid.addWidget(row.editor, line, 1)
        self._grid.addWidget(row.reset, line, 2)
        self._grid.addWidget(row.complaint, line + 1, 0, 1, 3)
        self._rows[row.spec.name] = row
        row.editor.edited.connect(lambda: self._edited(row))
        row.reset.clicked.connect(lambda: self._back(row))
        for widget in row.editor.inputs():
            widget.installEventFilter(self)

    def _restyle(self) -> None:
        theme = current()
        self._grid.setColumnMinimumWidth(0, theme.pixels(LABEL_WIDTH))
        self._grid.setHorizontalSpacing(theme.space("xs"))
        self._grid.setVerticalSpacing(0)
        for line, row in enumerate(self._rows.values()):
            self._grid.setRowMinimumHeight(2 * line, theme.size("form_row"))
            width = theme.pixels(LABEL_WIDTH)
            row.label.setFixedWidth(width)
            row.label.ensurePolished()
            if 1.15 * row.label.fontMetrics().horizontalAdvance(row.title) > width:  # when bold
                row.label.setText(row.title.replace("_", "_" + ZERO_WIDTH_SPACE))
            row.editor.restyle()

    def fields(self) -> tuple[str, ...]:
        return tuple(self._rows)

    def editor(self, field: str) -> Editor:
        """The editor of a field."""
        return self._rows[field].editor

    def label(self, field: str) -> QLabel:
        """The name of a field, in the role ``name`` where the value differs from the default."""
        return self._rows[field].label

    def reset(self, field: str) -> QToolButton:
        """The arrow that takes a field back to its default; hidden where there is nothing to."""
        return self._rows[field].reset

    def formula_entry(self, field: str) -> FormulaEntry | None:
        """The line for a field's formula, hidden while there is none; None before the first."""
        return self._rows[field].entry

    def complaint(self, field: str) -> str:
        """The sentence under a field, empty if there is none."""
        return self._rows[field].complaint.text()

    def set_words(self, words: Mapping[str, Any]) -> None:
        """The words that formulas may use here, with their values; without any, none is taken."""
        if bool(words) != bool(self._words):
            hint = tr("Type = for a formula.") if words else ""
            for row in self._rows.values():
                for widget in (row.label, *row.editor.inputs()):
                    widget.setToolTip(f"{declared(row.spec.help)} {hint}".strip())
        self._words = words
        for row in self._rows.values():
            if row.entry is not None:
                row.entry.set_words(words)

    def set_refusal(self, field: str, text: str) -> None:
        """Say under a field why what was typed is not taken; empty text takes that back."""
        row = self._rows[field]
        row.refusal = text
        row.show_state()

    def set_values(
        self,
        values: Mapping[str, Any],
        formulas: Mapping[str, str] | None = None,
        *,
        fresh: bool = False,
    ) -> None:
        """Show values by field name, and the formulas that give some of them. What is being typed
        stays unless its value is another now.

        ``fresh`` says that the values belong to another object: nothing typed is kept.
        """
        for name, row in self._rows.items():
            self._set_formula(row, (formulas or {}).get(name), fresh)
            value = values.get(name, row.spec.default)
            same = not fresh and value == row.value and type(value) is type(row.value)
            row.value = value
            if not same:
                row.refusal = ""
                if fresh or row.editor.read() != value:
                    row.editor.write(value)
            if fresh:
                row.fault = ""
            row.show_state()

    def _set_formula(self, row: _Row, formula: str | None, fresh: bool) -> None:
        old, row.formula = row.formula, formula
        if formula is not None:
            entry = self._open_formula(row)
            if fresh or entry.formula() != formula:
                entry.write(formula)
                row.refusal = ""
        elif row.in_formula and (fresh or old is not None):
            self._close_formula(row)

    def _open_formula(self, row: _Row) -> FormulaEntry:
        if row.entry is None:
            row.entry = entry = FormulaEntry(self)
            entry.setAccessibleName(tr("Formula of {field}", field=row.title))
            entry.set_words(self._words)
            entry.typed.connect(lambda text: self.formula_typed.emit(row.spec.name, text))
            entry.replaced.connect(lambda text: self._replace_formula(row, text))
            entry.ended.connect(lambda: self._end_formula(row))
            self._grid.addWidget(entry, 2 * list(self._rows).index(row.spec.name), 1)
        row.editor.hide()
        row.entry.show()
        return row.entry

    def _close_formula(self, row: _Row) -> None:
        """The editor stands in its place again."""
        assert row.entry is not None
        focused = row.entry.hasFocus()
        row.editor.show()
        row.entry.hide()
        row.formula = None
        row.refusal = ""
        row.editor.write(row.value)
        if focused:
            self.focus_field(row.spec.name)

    def _end_formula(self, row: _Row) -> None:
        taken = row.formula is not None
        self._close_formula(row)
        row.show_state()
        if taken:
            self.formula_ended.emit(row.spec.name)

    def _replace_formula(self, row: _Row, text: str) -> None:
        """A plain value is being typed in a formula's place."""
        taken = row.formula is not None
        self._close_formula(row)
        line = row.editor.inputs()[0]
        if isinstance(line, QLineEdit):
            line.setText(text)
            line.setFocus()
            line.setCursorPosition(len(text))
            line.textEdited.emit(text)
        if taken and not row.refusal and row.editor.read() == row.value:
            self.formula_ended.emit(row.spec.name)  # the same value, without the formula

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if (
            event.type() == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and event.text() == SIGN
            and self._words
        ):
            for row in self._rows.values():
                if watched in row.editor.inputs():
                    entry = self._open_formula(row)
                    entry.write("")
                    entry.setFocus()
                    return True
        return super().eventFilter(watched, event)

    def set_fault(self, field: str, text: str) -> None:
        """Show under a field what is wrong with it in the network; empty text clears it."""
        row = self._rows.get(field)
        if row is not None and row.fault != text:
            row.fault = text
            row.show_state()

    def clear_faults(self) -> None:
        """Take all sentences of ``set_fault`` away."""
        for name in self._rows:
            self.set_fault(name, "")

    def set_hint(self, field: str, text: str) -> None:
        """Show the allowed values or what follows inside a field."""
        if field in self._rows:
            self._rows[field].editor.set_hint(text)

    def focus_first(self) -> bool:
        """Put the keyboard into the first field; False if there is none."""
        return bool(self._rows) and self.focus_field(next(iter(self._rows)))

    def focus_field(self, field: str) -> bool:
        """Put the keyboard into a field."""
        if field not in self._rows:
            return False
        row = self._rows[field]
        widget = row.entry if row.in_formula and row.entry else row.editor.inputs()[0]
        widget.setFocus(Qt.FocusReason.TabFocusReason)
        select_all: Callable[[], None] | None = getattr(widget, "selectAll", None)
        if select_all:
            select_all()
        return True

    def _edited(self, row: _Row) -> None:
        value = row.editor.read()
        try:
            row.spec.check(value)
        except FieldError as error:
            row.refusal = error.message.text()
            row.show_state()
            return
        row.refusal = ""
        self._take(row, value)

    def _back(self, row: _Row) -> None:
        if row.in_formula:
            taken = row.formula is not None
            self._close_formula(row)
            if taken and row.value == row.spec.default:
                self.formula_ended.emit(row.spec.name)
        row.editor.write(row.spec.default)
        row.refusal = ""
        row.editor.inputs()[0].setFocus()
        self._take(row, row.spec.default)

    def _take(self, row: _Row, value: Any) -> None:
        told = value != row.value or type(value) is not type(row.value)
        row.value = value
        row.show_state()
        if told:
            self.changed.emit(row.spec.name, value)


def _in_order(declaration: type[Declaration]) -> list[FieldSpec]:
    """The fields as declared; how often a block is repeated stands behind its parameters."""
    specs = list(fields_of(declaration).values())
    if issubclass(declaration, BlockUse):
        specs.sort(key=lambda spec: spec.name == "repeat")
    return specs
