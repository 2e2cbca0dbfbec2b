"""The inspector's page of an open block: name, summary, and parameters with their values now."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QSizePolicy,
    QTableWidget,
    QTableWidgetItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from graph.blocks.block import Block
from graph.blocks.library_edits import RenameBlock, SetParameters
from graph.blocks.parameter import Parameter
from graph.values.declaration import FieldKind, show
from gui.appearance.icons import icon
from gui.appearance.theme import current
from gui.inspector.parameter_form import ParameterForm
from gui.language.text import plain, tr
from gui.session.block_uses import all_uses, used_words
from gui.session.session import Session
from gui.widgets.parts import Label, Section

NAME, DEFAULT, NOW = range(3)


class BlockPage(QWidget):
    """Everything about the block that is open, besides what its nodes are."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._row = 0
        self.name = _Line(tr("Name of the block"), self)
        self.summary = _Line(tr("What the block is for"), self)
        self.summary.setPlaceholderText(tr("What the block is for"))
        self._used = Label("", "hint", self, wrap=True)
        self.refusal = Label("", "error", self, wrap=True)
        self.table = QTableWidget(0, 3, self)
        self.buttons = {
            "add": self._button("add", tr("Add a parameter"), self.add),
            "remove": self._button("remove", tr("Remove the parameter"), self.remove),
            "up": self._button("up", tr("Move up"), lambda: self.move_parameter(-1)),
            "down": self._button("down", tr("Move down"), lambda: self.move_parameter(1)),
        }
        self.form = ParameterForm(self)
        self._lay_out()
        self.name.editingFinished.connect(self._rename)
        self.summary.editingFinished.connect(self._summarise)
        self.form.edited.connect(self._replace)
        self.table.currentCellChanged.connect(lambda row, *_: self._choose(row))

    def _lay_out(self) -> None:
        self.table.setHorizontalHeaderLabels([tr("Parameter"), tr("Default"), tr("Now")])
        self.table.setAccessibleName(tr("Parameters"))
        self.table.verticalHeader().hide()
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setTabKeyNavigation(False)
        self.table.setShowGrid(False)
        head = self.table.horizontalHeader()
        head.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        head.setHighlightSections(False)
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        section = Section(tr("Parameters"), self)
        section.content.addWidget(self.table)
        row = QHBoxLayout()
        for button in self.buttons.values():
            row.addWidget(button)
        row.addStretch(1)
        section.content.addLayout(row)
        section.content.addWidget(self.form)
        section.content.addWidget(self.refusal)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        for widget in (self.name, self.summary, self._used, section):
            column.addWidget(widget)

    def _button(self, name: str, text: str, slot: object) -> QToolButton:
        button = QToolButton(self)
        button.setIcon(icon(name))
        button.setToolTip(text)
        button.setAccessibleName(text)
        button.clicked.connect(slot)
        return button

    # Showing

    @property
    def _block(self) -> Block | None:
        return self._session.block

    def refresh(self) -> None:
        """Show the block that is open as it is now."""
        block = self._block
        if block is None:
            return
        self.refusal.hide()
        for line, text in ((self.name, block.name), (self.summary, block.summary)):
            if not (line.hasFocus() and line.isModified()):
                line.setText(text)
                line.setCursorPosition(0)
        times = used_words(block)
        times = f"{times[:1].upper()}{times[1:]}"
        self._used.setToolTip(plain(all_uses(block)))
        self._used.setText(tr("{times}. A change here changes every use.", times=times))
        self._fill(block)

    def _fill(self, block: Block) -> None:
        values = self._session.analysis.scope.values
        self.table.blockSignals(True)
        self.table.setRowCount(len(block.parameters))
        for row, parameter in enumerate(block.parameters):
            now = values.get(parameter.name, parameter.default)
            for column, text in (
                (NAME, parameter.name),
                (DEFAULT, show(parameter.default)),
                (NOW, show(now)),
            ):
                item = QTableWidgetItem(text)
                item.setToolTip(parameter.help)
                self.table.setItem(row, column, item)
            self.table.setRowHeight(row, current().size("tree_row"))
        self._row = max(0, min(self._row, len(block.parameters) - 1))
        if block.parameters:
            self.table.setCurrentCell(self._row, NAME)
        self.table.blockSignals(False)
        rows = max(1, min(8, len(block.parameters)))
        head = self.table.horizontalHeader().sizeHint().height()
        self.table.setFixedHeight(head + rows * current().size("tree_row") + 4)
        self._choose(self._row)

    def _choose(self, row: int) -> None:
        parameters = self._block.parameters if self._block is not None else ()
        known = 0 <= row < len(parameters)
        self._row = max(0, row)
        self.form.setVisible(known)
        if known:
            self.form.show_parameter(parameters[row])
        self.buttons["remove"].setEnabled(known)
        self.buttons["up"].setEnabled(known and row > 0)
        self.buttons["down"].setEnabled(known and row < len(parameters) - 1)

    # Changing

    def _set(
        self,
        block: Block,
        parameters: tuple[Parameter, ...],
        summary: str | None = None,
        renames: tuple[tuple[str, str], ...] = (),
    ) -> bool:
        """Set the parameters of the block; False, with the reason under the table, if refused."""
        text = block.summary if summary is None else summary
        refusal = self._session.do(SetParameters(block.name, parameters, text, renames))
        self.refresh()
        if refusal is not None:
            self.refusal.setText(refusal.text())
            self.refusal.show()
        return refusal is None

    def _rename(self) -> None:
        block, name = self._block, self.name.text().strip()
        if block is None or not self.name.isModified():
            return
        self.name.setModified(False)
        if name == block.name or self._session.do(RenameBlock(block.name, name)) is not None:
            self.name.setText(block.name)

    def _summarise(self) -> None:
        block = self._block
        if block is not None and self.summary.isModified():
            self.summary.setModified(False)
            self._set(block, block.parameters, self.summary.text().strip())

    def _replace(self, parameter: Parameter) -> None:
        """The chosen parameter is another now; formulas and uses follow its name."""
        block = self._block
        if block is None or self._row >= len(block.parameters):
            return
        old = block.parameters[self._row]
        if parameter == old:
            return
        renames = ((old.name, parameter.name),) if parameter.name != old.name else ()
        found = list(block.parameters)
        found[self._row] = parameter
        self._set(block, tuple(found), renames=renames)

    def add(self) -> None:
        """A further whole number, whose name is typed next."""
        block = self._block
        if block is None:
            return
        taken = {*block.words(), "repeat"}
        number = 1
        while f"value{number}" in taken:
            number += 1
        row = len(block.parameters)
        added = Parameter(f"value{number}", FieldKind.INTEGER, 1)
        if self._set(block, (*block.parameters, added)):
            self.table.setCurrentCell(row, NAME)
            self.form.name.setFocus()
            self.form.name.selectAll()

    def remove(self) -> None:
        """Take the chosen parameter away."""
        block = self._block
        if block is not None and self._row < len(block.parameters):
            kept = [p for row, p in enumerate(block.parameters) if row != self._row]
            self._set(block, tuple(kept))

    def move_parameter(self, step: int) -> None:
        """Move the chosen parameter up or down."""
        block = self._block
        if block is None or not 0 <= self._row + step < len(block.parameters):
            return
        found = list(block.parameters)
        found.insert(self._row + step, found.pop(self._row))
        self._row += step
        self._set(block, tuple(found))


class _Line(QLineEdit):
    def __init__(self, title: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName(title)
        self.setToolTip(title)
