"""The Problems page: what is wrong at the left; why, and how to mend it, at the right.

One cause is one row. Every repair states its cost before it is applied and is one undo step.
"""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QListWidget,
    QListWidgetItem,
    QSplitter,
    QStackedLayout,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from graph.analysis.faults import Fault
from graph.network.network import Change
from gui.appearance.icons import icon
from gui.appearance.theme import current, notifier
from gui.language.text import tr, tr_count
from gui.problems.problem_detail import ProblemDetail, lies_inside
from gui.problems.repairs import RepairCard
from gui.session.causes import faults_shown
from gui.session.levels import DoorPath
from gui.session.session import Session
from gui.widgets.parts import Label

SUBTITLE = int(Qt.ItemDataRole.UserRole)


class Problems(QWidget):
    """All faults of what is shown, errors first; in a block then those of the whole network."""

    counted = Signal(int, int)
    """Errors and warnings."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._faults: list[Fault] = []
        self._own = 0
        """How many of them are of the level shown; the others are of the network itself."""
        self.rows = QListWidget(self)
        self.rows.setItemDelegate(_TwoLines(self.rows))
        self.rows.setAccessibleName(tr("Problems"))
        self.rows.setUniformItemSizes(True)
        self.rows.setMinimumWidth(200)
        self._detail = ProblemDetail(session, self)
        self._split = QSplitter(Qt.Orientation.Horizontal, self)
        self._split.addWidget(self.rows)
        self._split.addWidget(self._detail)
        self._split.setStretchFactor(0, 1)
        self._split.setStretchFactor(1, 2)
        self._split.setSizes([320, 640])
        self._split.setChildrenCollapsible(False)
        self._fine = Label("", "body", self)
        self._fine.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._pages = QStackedLayout(self)
        self._pages.addWidget(self._fine)
        self._pages.addWidget(self._split)
        self.rows.currentRowChanged.connect(self._choose)
        self.rows.itemClicked.connect(lambda _item: self._click())
        self.rows.itemActivated.connect(lambda _item: self.go_inside())
        self._detail.jump.connect(self.go_inside)
        # Many edits in one turn of the event loop make one list.
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self.refresh)
        session.changed.connect(self._changed)
        session.main_changed.connect(self._changed)
        session.document_replaced.connect(self.refresh)
        session.level_changed.connect(self.refresh)
        notifier.changed.connect(self.rows.doItemsLayout)
        self.refresh()

    def _changed(self, change: Change) -> None:
        if change.meaning or change.renamed:
            self._later.start()

    def faults(self) -> list[Fault]:
        """The rows, as faults."""
        return list(self._faults)

    def message(self) -> str:
        """What stands here when nothing is wrong."""
        return self._fine.text()

    def refresh(self) -> None:
        """Read the faults again; the chosen one stays chosen where it still is."""
        self._later.stop()
        session = self._session
        analysis = session.analysis
        old = self.current()
        here, around = faults_shown(session)
        faults, own = [*here, *around], len(here)
        layers = analysis.totals().layers or session.main_analysis.totals().layers
        if layers == 0:
            self._fine.setText(tr("No layers yet, so no problems"))
        else:
            text = tr_count(
                "No problems. {n} layer checked", "No problems. {n} layers checked", layers
            )
            self._fine.setText(text)
        self._pages.setCurrentIndex(1 if faults else 0)
        if (faults, own) != (self._faults, self._own):
            self._faults, self._own = faults, own
            self._fill(old)
        elif self.current() is not None:
            self._choose(self.rows.currentRow())
        errors = sum(not fault.warning for fault in faults)
        self.counted.emit(errors, len(faults) - errors)

    def _fill(self, old: Fault | None) -> None:
        self.rows.blockSignals(True)
        self.rows.clear()
        for row, fault in enumerate(self._faults):
            title = fault.title().text()
            outer = row >= self._own
            item = QListWidgetItem(tr("Network · {title}", title=title) if outer else title)
            why = fault.why.text()
            item.setData(SUBTITLE, why[:1].upper() + why[1:])
            role = "warning" if fault.warning else "error"
            item.setIcon(icon(role, role))
            kind = tr("Warning") if fault.warning else tr("Error")
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{kind}: {fault.sentence().text()}")
            item.setToolTip(fault.sentence().text())
            self.rows.addItem(item)
        same = [
            i
            for i, f in enumerate(self._faults)
            if old is not None and (f.node, f.kind, f.field) == (old.node, old.kind, old.field)
        ]
        self.rows.blockSignals(False)
        row = same[0] if same else 0
        self.rows.setCurrentRow(row if self._faults else -1)
        self._choose(self.rows.currentRow())

    def current(self) -> Fault | None:
        """The chosen fault."""
        row = self.rows.currentRow()
        return self._faults[row] if 0 <= row < len(self._faults) else None

    def _choose(self, row: int) -> None:
        self._detail.show_fault(self.current(), here=row < self._own)

    def walk(self, step: int) -> None:
        """Go to the next (1) or previous (−1) problem and show it on the canvas."""
        self.refresh()
        if not self._faults:
            return
        row = self.rows.currentRow()
        fault = self.current()
        shown = fault is not None and (
            self._session.selection == [fault.node] or self._session.selected_wires == [fault.wire]
        )
        if shown or row < 0:
            self.rows.setCurrentRow((row + step) % len(self._faults))
        self.jump()

    def jump(self) -> None:
        """Show the chosen fault on the canvas."""
        fault = self.current()
        if fault is not None and (fault.node is not None or fault.wire is not None):
            self._session.reveal_in(self._place(), fault.node, fault.wire)

    def _place(self) -> DoorPath:
        """The way to the level of the chosen fault."""
        return () if self.rows.currentRow() >= self._own else self._session.place

    def _click(self) -> None:
        fault = self.current()
        if fault is not None and not (lies_inside(fault) and self._place() != self._session.place):
            self.jump()  # another list now would take the second click of a double click

    def go_inside(self) -> None:
        """Show the chosen fault; one inside a block there, where it can be mended."""
        fault = self.current()
        if fault is None or not lies_inside(fault):
            self.jump()
        else:
            self.open_inside(self._place(), fault)

    def open_inside(self, place: DoorPath, fault: Fault) -> None:
        """Show the fault of a use, which is at a place, where it lies, with its repairs."""
        node = self._session.reveal_inside(place, fault)
        self.refresh()
        rows = [row for row in range(self._own) if self._faults[row].node == node]
        if rows:
            self.rows.setCurrentRow(rows[0])

    def apply_repair(self, number: int) -> None:
        """Apply the repair with this number, counted from 1, of the chosen problem."""
        self.refresh()
        self._detail.apply(number - 1)

    def repair_cards(self) -> list[RepairCard]:
        return self._detail.cards


class _TwoLines(QStyledItemDelegate):
    """Title and reason, each on one line, the mark left of them."""

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return QSize(current().pixels(160), current().pixels(44))

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        theme = current()
        rect: QRect = option.rect
        state = option.state
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        over = bool(state & QStyle.StateFlag.State_MouseOver)
        if chosen:
            painter.fillRect(rect, theme.accent.background)
        elif over:
            painter.fillRect(rect, theme.background.hover)
        if chosen and state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(theme.accent.base)
            painter.drawRect(rect.adjusted(0, 0, -1, -1))
        side, pad = theme.pixels(14), theme.space("m")
        mark = QRect(rect.left() + pad, rect.top() + theme.pixels(6), side, side)
        index.data(Qt.ItemDataRole.DecorationRole).paint(painter, mark)
        left = mark.right() + theme.space("s")
        width = rect.right() - left - theme.space("s")
        top = rect.top() + theme.pixels(4)
        for text, role, colour, offset in (
            (index.data(), "name", theme.text.primary, 0),
            (index.data(SUBTITLE), "small", theme.text.secondary, theme.pixels(18)),
        ):
            font = theme.font(role)
            painter.setFont(font)
            painter.setPen(colour)
            metrics = QFontMetrics(font)
            cut = metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)
            line = QRect(left, top + offset, width, theme.pixels(18))
            painter.drawText(line, int(Qt.AlignmentFlag.AlignVCenter), cut)
