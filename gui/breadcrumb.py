"""The line above the canvas: where the selection is, and how much there is."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QWidget

from graph.network import Change
from gui.icons import icon
from gui.parts import Elided, Label
from gui.session import Session
from gui.text import full, tr
from gui.theme import current, notifier


class Breadcrumb(QFrame):
    """Path at the left, counts at the right."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setObjectName("breadcrumb")
        self._root = QToolButton(self)
        self._root.setText(tr("Network"))
        self._root.setToolTip(tr("Choose nothing: figures of the whole network"))
        self._root.clicked.connect(lambda: session.select([]))
        self._arrow = QLabel(self)
        self._here = Elided("", "name", self)
        self._counts = Label("", "hint", self)
        self._row = QHBoxLayout(self)
        self._row.addWidget(self._root)
        self._row.addWidget(self._arrow)
        self._row.addWidget(self._here, 1)
        self._row.addStretch(1)
        self._row.addWidget(self._counts)
        session.selection_changed.connect(self.refresh)
        session.document_replaced.connect(self.refresh)
        session.changed.connect(self._changed)
        notifier.changed.connect(self._restyle)
        self._restyle()
        self.refresh()

    def _restyle(self) -> None:
        theme = current()
        side = theme.pixels(12)
        self._arrow.setPixmap(icon("right", "tertiary").pixmap(side, side))
        self.setFixedHeight(theme.size("breadcrumb"))
        self._row.setContentsMargins(theme.space("xs"), 0, theme.space("m"), 0)
        self._row.setSpacing(theme.space("xs"))
        self.setStyleSheet(
            f"#breadcrumb {{ background: {theme.background.panel.name()};"
            f" border-bottom: 1px solid {theme.border.subtle.name()}; }}"
        )

    def _changed(self, change: Change) -> None:
        if change.structural or change.renamed:
            self.refresh()

    def texts(self) -> tuple[str, str]:
        """Path and counts."""
        return self._here.text(), self._counts.text()

    def refresh(self) -> None:
        session = self._session
        nodes, chosen, wires = session.network.nodes, session.selection, session.selected_wires
        here = ""
        if len(chosen) == 1:
            here = nodes[chosen[0]].name
        elif not chosen and len(wires) == 1:
            wire = session.network.wires[wires[0]]
            here = f"{nodes[wire.source].name} → {nodes[wire.target].name}"
        self._here.set_text(here)
        self._arrow.setVisible(bool(here))
        counts = [tr("1 layer") if len(nodes) == 1 else tr("{n} layers", n=full(len(nodes)))]
        if chosen or wires:
            counts.append(tr("{n} selected", n=full(len(chosen) + len(wires))))
        self._counts.setText("   ".join(counts))
