"""One problem in full: node, parameter, value, why, how to mend, and repairs to apply."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from graph.analysis.faults import Fault
from graph.analysis.repairs import Repair, repairs
from graph.network.reachable import downstream
from gui.appearance.theme import current, notifier
from gui.language.text import tr, tr_count
from gui.problems.repairs import RepairCard
from gui.session.session import Session
from gui.widgets.parts import Elided, Label


def lies_inside(fault: Fault) -> bool:
    """Whether it is the fault of a use, and lies inside its block."""
    return fault.problem is not None and fault.problem.origin is not None


class ProblemDetail(QScrollArea):
    """One fault: node, parameter, value, why, how to mend, and repairs to apply."""

    jump = Signal()

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self.cards: list[RepairCard] = []
        self.setWidgetResizable(True)
        self.setFrameShape(self.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inside = QWidget()
        self._column = QVBoxLayout(inside)
        head = QHBoxLayout()
        self._title = Elided("", "name", inside)
        self._show = QPushButton(tr("Show on canvas"), inside)
        self._show.clicked.connect(self.jump)
        head.addWidget(self._title, 1)
        head.addWidget(self._show)
        self._why = Label("", "body", inside, wrap=True)
        self._why.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._count = Label("", "hint", inside)
        head.insertWidget(1, self._count)
        self._cards_at = QHBoxLayout()
        self._column.addLayout(head)
        self._column.addWidget(self._why)
        self._column.addLayout(self._cards_at)
        self._column.addStretch(1)
        self.setWidget(inside)
        self._restyle()
        notifier.changed.connect(self._restyle)

    def _restyle(self) -> None:
        theme = current()
        side, small = theme.space("m"), theme.space("s")
        self._column.setContentsMargins(side, small, side, small)
        self._column.setSpacing(theme.space("xs"))
        self._cards_at.setSpacing(theme.space("s"))

    def show_fault(self, fault: Fault | None, *, here: bool = True) -> None:
        """Show a fault with its repairs; those only if it is of the level that is shown."""
        for card in self.cards:
            self._cards_at.removeWidget(card)
            card.hide()
            card.deleteLater()
        self.cards = []
        self._show.setVisible(fault is not None and fault.node is not None)
        inside = fault is not None and lies_inside(fault)
        self._show.setText(tr("Show inside the block") if inside else tr("Show on canvas"))
        if fault is None:
            for widget in (self._title, self._why, self._count):
                widget.hide()
            return
        self._title.set_text(fault.title().text())
        self._title.show()
        parts = (fault.why.text(), fault.mend.text())
        self._why.setText(" ".join(f"{part[:1].upper()}{part[1:]}." for part in parts))
        self._why.show()
        behind = self._assumed_behind(fault) if here else 0
        self._count.setText(
            tr_count(
                "{n} layer after it assumes a shape", "{n} layers after it assume a shape", behind
            )
        )
        self._count.setVisible(behind > 0)
        found = self._repairs(fault) if here else ()
        for number, repair in enumerate(found, 1):
            card = RepairCard(self._session, fault, repair, number, self)
            self._cards_at.addWidget(card, 1)
            self.cards.append(card)
        if len(self.cards) == 1:
            self._cards_at.setAlignment(self.cards[0], Qt.AlignmentFlag.AlignLeft)

    def _repairs(self, fault: Fault) -> tuple[Repair, ...]:
        return repairs(self._session.analysis, fault)[:3]

    def _assumed_behind(self, fault: Fault) -> int:
        if fault.node is None or fault.warning:
            return 0
        analysis = self._session.analysis
        behind = downstream(self._session.network, [fault.node]) - {fault.node}
        return sum(analysis.facts(node).assumed for node in behind)

    def apply(self, index: int) -> None:
        if 0 <= index < len(self.cards):
            self.cards[index].apply()
