"""The base of all editors of a declared field, and the menu of words that may stand in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QWidget

from graph.values.declaration import FieldKind, FieldSpec, show
from graph.values.language import declared
from gui.appearance.theme import current, set_property
from gui.forms.entry import Entry, small_button
from gui.language.text import tr


def spell(spec: FieldSpec, value: Any) -> str:
    """A value of a field as a person writes it there."""
    if value is None:
        return declared(spec.none_means)
    if isinstance(value, bool):
        return tr("on") if value else tr("off")
    if spec.kind in (FieldKind.INTEGERS, FieldKind.REALS) and isinstance(value, tuple):
        return " ".join(show(item) for item in value)
    return show(value)


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

    def keep_height(self) -> None:
        """Let no part grow beyond the height of a field, so that rows do not touch."""
        for place in range(self._row.count()):
            item = self._row.itemAt(place)
            if item is not None and item.widget() is not None:
                item.setAlignment(Qt.AlignmentFlag.AlignVCenter)

    def _entry(self, *, steps: bool) -> Entry:
        entry = Entry(self, steps=steps)
        entry.textEdited.connect(lambda _text: self.edited.emit())
        return entry

    def _other_values(
        self, values: Sequence[tuple[str, Any]], choose: Callable[[Any], None]
    ) -> QToolButton:
        """A button with a menu of what may stand instead of typed numbers."""
        button = small_button("down", self)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setAccessibleName(tr("Other values of {field}", field=self.spec.name))
        button.setToolTip(tr("Other values"))
        menu = QMenu(button)
        for text, value in values:
            menu.addAction(text).triggered.connect(lambda _=False, v=value: choose(v))
        button.setMenu(menu)
        self._row.addWidget(button)
        return button
