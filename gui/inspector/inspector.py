"""The inspector: all about what is chosen, and about the whole network when nothing is.

It has four pages: a node, several nodes, a wire, the network. ``head`` is the title of its dock.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from math import prod

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLabel, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from graph.network.edits import Rename
from graph.network.network import Change
from gui.appearance.glyphs import glyph_icon
from gui.appearance.theme import current, notifier
from gui.inspector.block_page import BlockPage
from gui.inspector.node_page import NodePage
from gui.language.kinds import kind_name
from gui.language.text import full, memory, shape, short, tr, tr_count
from gui.session.session import Session
from gui.widgets.parts import Elided, Figures, Label, PanelTitle, Section


class Inspector(QScrollArea):
    """Shows what is chosen in the session."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.head = InspectorHead(session)
        self.node_page = NodePage(session)
        self.block_page = BlockPage(session)
        self.sums = SumsPage(session)
        self.setWidgetResizable(True)
        self.setFrameShape(self.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inside = QWidget()
        self._column = QVBoxLayout(inside)
        self._column.addWidget(self.node_page)
        self._column.addWidget(self.block_page)
        self._column.addWidget(self.sums)
        self.setWidget(inside)
        self._restyle()
        notifier.changed.connect(self._restyle)
        session.selection_changed.connect(self.refresh)
        session.document_replaced.connect(self._another)
        session.level_changed.connect(self._another)
        session.blocks_changed.connect(self.refresh)
        session.changed.connect(self._changed)
        self.refresh()

    def sizeHint(self) -> QSize:
        theme = current()
        return QSize(theme.size("dock_right"), theme.pixels(480))

    def _restyle(self) -> None:
        theme = current()
        side = theme.space("m")
        self._column.setContentsMargins(side, theme.space("s"), side, side)
        self.setMinimumWidth(theme.pixels(290))

    def _changed(self, change: Change) -> None:
        if change.meaning or change.renamed:
            self.refresh()

    def _another(self) -> None:
        self.node_page.leave()  # ids of another network mean other nodes
        self.head.forget()
        self.refresh()

    def refresh(self) -> None:
        """Show the present selection with its present figures."""
        session = self._session
        nodes = [n for n in session.selection if n in session.network.nodes]
        single = len(nodes) == 1
        self.head.show_selection(nodes)
        self.node_page.setVisible(single)
        alone = not nodes and not session.selected_wires and session.block is not None
        self.block_page.setVisible(alone)
        if alone:
            self.block_page.refresh()
        self.sums.setVisible(not single)
        if not single:
            self.node_page.leave()
        if single:
            self.node_page.show_node(nodes[0])
        elif nodes:
            self.sums.show_nodes(nodes)
        elif len(session.selected_wires) == 1:
            self.sums.show_wire(session.selected_wires[0])
        else:
            self.sums.show_network()

    def edit_first_field(self) -> None:
        """Put the keyboard into the first field of the node, or into its name."""
        form = self.node_page.form if len(self._session.selection) == 1 else None
        if form is None or form.isHidden() or not form.focus_first():
            self.head.edit_name()


class InspectorHead(PanelTitle):
    """Glyph, name and type; the name can be edited in place."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(tr("Inspector"), parent)
        self._session = session
        self._node = ""
        self._glyph = QLabel(self)
        self.name = _Name(self)
        self.name.setAccessibleName(tr("Name"))
        self.name.setPlaceholderText(tr("Name"))
        self.name.editingFinished.connect(self._rename)
        self.kind = Elided("", "small", self, colour="secondary")
        self.row.insertWidget(0, self._glyph)
        self.row.insertWidget(1, self.name, 3)
        self.row.insertWidget(2, self.kind, 2)
        notifier.changed.connect(self._repaint_glyph)

    def show_selection(self, nodes: list[str]) -> None:
        """Show the one node chosen, or say how many things are."""
        session = self._session
        node = session.network.nodes.get(nodes[0]) if len(nodes) == 1 else None
        for widget in (self._glyph, self.name, self.kind):
            widget.setVisible(node is not None)
        self.title.setVisible(node is None)
        if node is not None:
            side = current().pixels(14)
            self._glyph.setPixmap(glyph_icon(node.layer.category.value).pixmap(side, side))
            if node.id != self._node or not self.name.isModified():
                self.name.setText(node.name)
                self.name.setCursorPosition(0)
            self.kind.set_text(kind_name(node.layer))
        elif nodes:
            self.title.set_text(tr_count("{n} layer chosen", "{n} layers chosen", len(nodes)))
        elif session.selected_wires:
            self.title.set_text(tr("Wire"))
        elif session.block is not None:
            self.title.set_text(tr("Block {name}", name=session.block.name))
        else:
            self.title.set_text(tr("Network"))
        self._node = node.id if node else ""

    def forget(self) -> None:
        """Another network: a name half typed belongs to none of its nodes."""
        self._node = ""
        self.name.setModified(False)

    def _repaint_glyph(self) -> None:
        self.show_selection(self._session.selection)

    def edit_name(self) -> None:
        """Put the keyboard into the name."""
        if self._node:
            self.name.setFocus()
            self.name.selectAll()

    def _rename(self) -> None:
        node = self._session.network.nodes.get(self._node)
        if node is None or not self.name.isModified():
            return
        self.name.setModified(False)
        wanted = self.name.text().strip()
        if wanted == node.name or self._session.do(Rename(node.id, wanted)) is not None:
            self.name.setText(self._session.network.nodes[node.id].name)


class _Name(QLineEdit):
    """Escape takes the old name back."""

    def __init__(self, head: InspectorHead) -> None:
        super().__init__(head)
        self._head = head
        self.setMinimumWidth(40)
        self._restyle()
        notifier.changed.connect(self._restyle)

    def _restyle(self) -> None:
        """Looks like a title until it is pointed at or has the keyboard."""
        self.setStyleSheet(
            "QLineEdit { font-weight: 600; }"
            "QLineEdit:!focus:!hover { background: transparent; border-color: transparent; }"
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.isModified():
            self.setModified(False)
            self._head.show_selection(self._head._session.selection)
        else:
            super().keyPressEvent(event)


class SumsPage(QWidget):
    """Figures of the network, of several nodes, or of a wire."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self._name = Label("", "section_title", self, wrap=True)
        column.addWidget(self._name)
        self.first, self.second = Section(tr("Totals"), self), Section("", self)
        self.figures, self.more = Figures(self), Figures(self)
        self.first.content.addWidget(self.figures)
        self.second.content.addWidget(self.more)
        for part in (self.first, self.second):
            column.addWidget(part)
        column.addStretch(1)

    def show_network(self) -> None:
        """Totals, and the layers that are largest in something."""
        session = self._session
        totals = session.analysis.totals()
        self._name.setText(session.project.name)
        self._name.setVisible(session.block is None)
        self.first.figure.set_text(tr("one image, float32"))
        self.figures.show_rows(
            (
                (tr("Layers"), full(totals.layers)),
                (tr("Parameters"), full(totals.parameters)),
                (tr("Multiply-accumulates"), full(totals.macs)),
                (tr("Outputs in memory"), memory(totals.memory)),
                (tr("Weights in memory"), memory(4 * totals.parameters)),
            )
        )
        self.second.title.setText(tr("Largest"))
        facts = session.analysis.facts
        outputs = {n: o for n in session.network.nodes if (o := facts(n).output)}
        rows = []
        figures: tuple[tuple[str, Callable[[str], int], Callable[[int], str]], ...] = (
            (tr("Widest"), lambda n: outputs.get(n, (0,))[0], full),
            (tr("Most memory"), lambda n: facts(n).memory, memory),
            (tr("Most parameters"), lambda n: facts(n).parameters, short),
            (tr("Most work"), lambda n: facts(n).macs, short),
        )
        for title, figure, write in figures:
            best = max(session.network.nodes, key=figure, default=None)
            if best is not None and figure(best):
                name = session.network.nodes[best].name
                rows.append((f"{title}: {name}", write(figure(best))))
        self.second.setVisible(bool(rows))
        self.more.show_rows(rows)

    def show_nodes(self, nodes: list[str]) -> None:
        """Count and sums of several nodes."""
        session = self._session
        facts = [session.analysis.facts(node) for node in nodes]
        self._name.show()
        self._name.setText(tr_count("{n} layer", "{n} layers", len(nodes)))
        self.first.figure.set_text(tr("one image, float32"))
        self.figures.show_rows(
            (
                (tr("Parameters"), full(sum(f.parameters for f in facts))),
                (tr("Multiply-accumulates"), full(sum(f.macs for f in facts))),
                (tr("Outputs in memory"), memory(sum(f.memory for f in facts))),
            )
        )
        self.second.title.setText(tr("Kinds"))
        self.second.show()
        kinds = Counter(kind_name(session.network.nodes[n].layer) for n in nodes)
        self.more.show_rows((name, full(count)) for name, count in kinds.most_common())

    def show_wire(self, wire: str) -> None:
        """Shape and ends of a wire."""
        session = self._session
        found = session.network.wires[wire]
        nodes = session.network.nodes
        known, assumed = session.analysis.wire_shape(wire)
        source, target = nodes[found.source].name, nodes[found.target].name
        self._name.setText(f"{source} → {target}")
        self._name.show()
        self.first.figure.set_text(tr("one image, float32"))
        rows = [
            (tr("Shape"), tr("not known") if known is None else shape(known)),
            (tr("From"), f"{source} · {found.output}"),
            (tr("To"), f"{target} · {found.input}"),
        ]
        if known is not None:
            rows[1:1] = [
                (tr("Values"), full(prod(known))),
                (tr("In memory"), memory(4 * prod(known))),
            ]
        if assumed:
            rows.append((tr("Assumed, behind a problem"), tr("yes")))
        self.figures.show_rows(rows)
        self.second.hide()
