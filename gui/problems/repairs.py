"""One way out of a problem: what it does as a small chain of nodes, what it costs, one button."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from graph.analysis.faults import Fault
from graph.analysis.repairs import Repair
from graph.network.edits import AddNode, Batch, Connect, SetLayer
from graph.network.network import Edit, Network
from gui.appearance.theme import current, set_property
from gui.language.text import MINUS, full, memory, short, tr
from gui.session.session import Session
from gui.session.trial import Cost, cost_of
from gui.widgets.parts import Elided, Label


@dataclass(frozen=True, slots=True)
class Link:
    """One node of the small chain."""

    text: str
    category: str
    new: bool


class RepairCard(QFrame):
    """A repair with its number, chain, cost and button."""

    def __init__(
        self, session: Session, fault: Fault, repair: Repair, number: int, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._repair = repair
        self.setProperty("level", "card")
        self.setMinimumWidth(current().pixels(300))
        self.setMaximumWidth(current().pixels(420))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        title = Elided(repair.title.text(), "name", self)
        self.button = QPushButton(tr("Apply"), self)
        set_property(self.button, "primary", number == 1)
        keys = f"Alt+{number}"
        self.button.setToolTip(tr("Apply this repair ({keys})", keys=keys))
        self.button.setAccessibleName(tr("Apply: {repair}", repair=repair.title))
        self.button.clicked.connect(self.apply)
        head = QHBoxLayout()
        head.addWidget(Label(str(number), "hint", self))
        head.addWidget(title, 1)
        head.addWidget(Label(keys, "hint", self))
        head.addWidget(self.button)
        self.cost = cost_of(session.analysis, repair.edit)
        self.cost_label = Label(cost_text(self.cost), "hint", self)
        self.cost_label.setToolTip(tr("For one image, float32"))
        column = QVBoxLayout(self)
        column.setContentsMargins(*(current().space("s"),) * 4)
        column.setSpacing(current().space("xs"))
        column.addLayout(head)
        column.addWidget(RepairChain(chain_of(session.network, fault, repair.edit), self))
        column.addWidget(self.cost_label)

    def apply(self) -> None:
        """Make the repair, as one step of the undo history."""
        self._session.do(self._repair.edit)


def cost_text(cost: Cost | None) -> str:
    """``Parameters +2 176 · MACs +401 k · memory +12.3 MiB``."""
    if cost is None:
        return tr("The network refuses this now")
    return tr(
        "Parameters {parameters}   MACs {macs}   Memory {memory}",
        parameters=_signed(full(cost.parameters), cost.parameters),
        macs=_signed(short(cost.macs), cost.macs),
        memory=_signed(memory(cost.memory), cost.memory),
    )


def _signed(text: str, value: int) -> str:
    return f"+{text}" if value > 0 else text.replace("-", MINUS)


def chain_of(network: Network, fault: Fault, edit: Edit) -> list[Link]:
    """The nodes a repair touches: the source of the wire, what is added or set, the target."""
    edits = edit.edits if isinstance(edit, Batch) else (edit,)
    chain: list[Link] = []
    for part in edits:
        if isinstance(part, AddNode):
            layer = part.node.layer
            chain.append(Link(layer.type_name(), layer.category.value, True))
        elif isinstance(part, SetLayer):
            old = network.nodes[part.node]
            values = part.layer.differing()
            changed = {k: v for k, v in values.items() if v != old.layer.values().get(k)}
            text = part.layer.face(())[0] if changed else ""
            label = f"{old.name} {text}".strip()
            chain.append(Link(label, part.layer.category.value, True))
        elif isinstance(part, Connect) and not chain:
            ends = [network.nodes[part.wire.source], network.nodes[part.wire.target]]
            chain = [Link(n.name, n.layer.category.value, False) for n in ends]
    wire = network.wires.get(fault.wire or "")
    if wire is not None and any(isinstance(part, AddNode) for part in edits):
        ends = [network.nodes[wire.source], network.nodes[wire.target]]
        first, last = (Link(n.name, n.layer.category.value, False) for n in ends)
        chain = [first, *chain, last]
    return chain


class RepairChain(QWidget):
    """Small nodes in a row, joined by lines; new ones have an accent edge."""

    def __init__(self, links: list[Link], parent: QWidget) -> None:
        super().__init__(parent)
        self._links = links
        self.setAccessibleName(" → ".join(link.text for link in links))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def _widths(self) -> list[int]:
        theme = current()
        metrics = QFontMetrics(theme.font("shape"))
        most = theme.pixels(120)
        return [
            min(most, metrics.horizontalAdvance(link.text) + theme.pixels(20))
            for link in self._links
        ]

    def sizeHint(self) -> QSize:
        theme = current()
        gaps = theme.pixels(14) * max(0, len(self._links) - 1)
        return QSize(sum(self._widths()) + gaps + 2, theme.pixels(24))

    def minimumSizeHint(self) -> QSize:
        return QSize(current().pixels(80), current().pixels(24))

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = theme.font("shape")
        painter.setFont(font)
        metrics = QFontMetrics(font)
        gap, height, x = theme.pixels(14), theme.pixels(20), 1.0
        top = (self.height() - height) / 2
        for index, (link, width) in enumerate(zip(self._links, self._widths(), strict=True)):
            if index:
                painter.setPen(theme.wire.rest)
                middle = top + height / 2
                painter.drawLine(int(x - gap), int(middle), int(x), int(middle))
            box = QRectF(x, top, width, height)
            painter.setPen(theme.accent.base if link.new else theme.border.node)
            painter.setBrush(theme.node_body)
            painter.drawRoundedRect(box, 3, 3)
            painter.fillRect(QRectF(x, top + 1, 3, height - 2), theme.category[link.category])
            painter.setPen(theme.text.primary)
            room = box.adjusted(theme.pixels(9), 0, -theme.pixels(6), 0)
            text = metrics.elidedText(link.text, Qt.TextElideMode.ElideRight, int(room.width()) + 1)
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, text)
            x += width + gap
        painter.end()
