"""The line above the canvas: which block is open and what is chosen, and how much there is."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QWidget

from graph.network.network import Change
from gui.appearance.glyphs import glyph_icon
from gui.appearance.icons import icon
from gui.appearance.theme import current, notifier
from gui.bars.copy_chooser import CopyChooser
from gui.language.text import tr, tr_count
from gui.session.session import Session
from gui.widgets.parts import Elided, Label


class Breadcrumb(QFrame):
    """The way to the level shown and the selection at the left, counts at the right."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setObjectName("breadcrumb")
        self._way = QHBoxLayout()
        self._steps: list[QToolButton] = []
        self._choosers: list[CopyChooser] = []
        self._arrows: list[QLabel] = []
        self._here = Elided("", "name", self)
        self._counts = Label("", "hint", self)
        self.leave = QPushButton(tr("Leave block"), self)
        self.leave.setToolTip(tr("Back to where the block is used (Esc)"))
        self.leave.clicked.connect(session.leave)
        self._row = QHBoxLayout(self)
        self._row.addLayout(self._way)
        self._row.addWidget(self._here, 1)
        self._row.addStretch(1)
        self._row.addWidget(self._counts)
        self._row.addWidget(self.leave)
        session.selection_changed.connect(self.refresh)
        session.document_replaced.connect(self._rebuild)
        session.level_changed.connect(self._rebuild)
        session.main_changed.connect(self._changed)
        session.changed.connect(self._changed)
        session.blocks_changed.connect(self._rebuild)
        notifier.changed.connect(self._restyle)
        self._rebuild()

    def _restyle(self) -> None:
        theme = current()
        side = theme.pixels(12)
        for arrow in self._arrows:
            arrow.setPixmap(icon("right", "tertiary").pixmap(side, side))
        self.setFixedHeight(theme.size("breadcrumb"))
        self._row.setContentsMargins(theme.space("xs"), 0, theme.space("m"), 0)
        self._row.setSpacing(theme.space("s"))
        self._way.setSpacing(0)
        self.leave.setStyleSheet(
            f"QPushButton {{ padding: 0 {theme.space('s')}px; min-height: 0;"
            f" max-height: {theme.size('breadcrumb') - 8}px; }}"
        )
        self.setStyleSheet(
            f"#breadcrumb {{ background: {theme.background.panel.name()};"
            f" border-bottom: 1px solid {theme.border.subtle.name()}; }}"
        )

    def _changed(self, change: Change) -> None:
        if change.updated or change.renamed:
            self._name_steps()
        if change.structural or change.renamed:
            self.refresh()

    def texts(self) -> tuple[str, str]:
        """What is chosen, and the counts."""
        return self._here.text(), self._counts.text()

    def way(self) -> list[str]:
        """The names of the levels from the network to the one shown."""
        return [step.text().strip() for step in self._steps]

    def step(self, depth: int) -> QToolButton:
        """The button of a level."""
        return self._steps[depth]

    def chooser(self, depth: int) -> CopyChooser:
        """Beside it, which one of a chain is looked at; hidden where there is no chain."""
        return self._choosers[depth]

    def _rebuild(self) -> None:
        """Another level: one button for each on the way."""
        for widget in (*self._steps, *self._choosers, *self._arrows):
            self._way.removeWidget(widget)
            widget.hide()
            widget.deleteLater()
        self._steps, self._choosers, self._arrows = [], [], []
        for depth in range(self._session.depth + 1):
            step = QToolButton(self)
            step.clicked.connect(lambda _=False, d=depth: self._go(d))
            arrow = QLabel(self)
            chooser = CopyChooser(self._session, depth, self)
            self._choosers.append(chooser)
            for widget in (step, chooser, arrow):
                self._way.addWidget(widget)
            step.show()
            arrow.show()
            self._steps.append(step)
            self._arrows.append(arrow)
        self._name_steps()
        self._restyle()
        self.refresh()

    def _name_steps(self) -> None:
        levels = self._session.levels
        if len(levels) != len(self._steps):
            return  # told of the new level in a moment
        titles = [tr("Network"), *self._session.levels.titles()]
        for depth, (step, title) in enumerate(zip(self._steps, titles, strict=True)):
            door = levels[depth].door
            if door is None:
                step.setText(title)
                step.setToolTip(tr("The whole network"))
                continue
            copies = self._session.levels.copies(depth)
            self._choosers[depth].show_copy(door.copy, copies)
            step.setText(f" {title}  ×{copies}" if copies > 1 else f" {title}")
            step.setIcon(glyph_icon("block"))
            step.setToolButtonStyle(step.toolButtonStyle().ToolButtonTextBesideIcon)
            step.setToolTip(tr("The block {name}", name=door.block.name))

    def _go(self, depth: int) -> None:
        if depth == self._session.depth:
            self._session.select([])
        else:
            self._session.go_to(depth)

    def refresh(self) -> None:
        """Name what is chosen and count again."""
        session = self._session
        nodes, chosen, wires = session.network.nodes, session.selection, session.selected_wires
        here = ""
        if len(chosen) == 1:
            here = nodes[chosen[0]].name
        elif not chosen and len(wires) == 1:
            wire = session.network.wires[wires[0]]
            here = f"{nodes[wire.source].name} → {nodes[wire.target].name}"
        self._here.set_text(here)
        self._arrows[-1].setVisible(bool(here))
        self.leave.setVisible(session.depth > 0)
        counts = [tr_count("{n} node", "{n} nodes", len(nodes))]
        if chosen or wires:
            counts.append(tr_count("{n} selected", "{n} selected", len(chosen) + len(wires)))
        self._counts.setText("   ".join(counts))
