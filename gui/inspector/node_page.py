"""The inspector's page of one node: its form, and under it all that follows from the settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import groupby
from math import gcd
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from graph.analysis.analysis import Analysis
from graph.analysis.facts import Facts
from graph.layers.base.composite import Composite
from graph.layers.base.initialisation import unused
from graph.layers.base.layer import Explanation, Layer
from graph.layers.base.reach import reaches_all
from graph.network.edits import SetLayer
from graph.network.network import Network
from graph.network.scope import resolve, words
from graph.values.declaration import FieldError, fields_of
from graph.values.message import Message, UserError
from gui.appearance.theme import current
from gui.forms.form import Form
from gui.inspector.block_row import BlockRow
from gui.inspector.figures import FieldPicture, Formula
from gui.inspector.inputs import InputOrder
from gui.language.described import has_settings, reach_words, sizes_of, summary_of
from gui.language.text import full, memory, shape, tr, tr_count
from gui.session.session import Session
from gui.widgets.parts import Figures, Label, Section

PATH_ROWS = 6


class NodePage(QWidget):
    """What one layer is, computes and costs. Legal values take effect while they are typed."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._node = ""
        self._visit = 0
        self._forms: dict[type[Layer], Form] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self.summary = Label("", "hint", self, wrap=True)
        self._column.addWidget(self.summary)
        self.block = BlockRow(session, self)
        self._column.addWidget(self.block)
        self._forms_at = QVBoxLayout()
        self._column.addLayout(self._forms_at)
        self._plain = Label("", "error", self, wrap=True)
        self._column.addWidget(self._plain)
        self._inputs = Section(tr("Order of inputs"), self)
        self.order = InputOrder(session, self)
        self._inputs.content.addWidget(self.order)
        self._computes = Section(tr("What it computes"), self)
        self._formulas: list[tuple[Label, Formula]] = []
        self._cost = Section(tr("Cost"), self)
        self._cost.figure.set_text(tr("one image, float32"))
        self.figures = Figures(self)
        self._cost.content.addWidget(self.figures)
        self.reach = Section(tr("Receptive field"), self)
        self._picture = FieldPicture(self)
        self.path = Figures(self)
        row = QHBoxLayout()
        row.setSpacing(current().space("m"))
        row.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.path, 1, Qt.AlignmentFlag.AlignTop)
        self.reach.content.addLayout(row)
        for part in (self._inputs, self._computes, self.reach, self._cost):
            self._column.addWidget(part)
        self._column.addStretch(1)

    @property
    def form(self) -> Form | None:
        """The form of the layer shown."""
        node = self._session.network.nodes.get(self._node)
        return self._forms.get(type(node.layer)) if node else None

    def formulas(self) -> list[str]:
        """What stands under "What it computes"."""
        return [formula.text() for _, formula in self._formulas if not formula.isHidden()]

    def _put_away(self, kind: type[Layer], form: Form) -> None:
        """Keep a form for the next node of its type; one of a block goes, as its type may."""
        form.hide()
        if issubclass(kind, Composite):
            del self._forms[kind]
            form.deleteLater()

    def show_node(self, node: str) -> None:
        """Show another node, or the same one again after a change."""
        found = self._session.network.nodes[node]
        fresh = node != self._node
        self._node = node
        self._visit += fresh
        kind = type(found.layer)
        if kind not in self._forms:
            form = Form(kind, found.layer.values(), self)
            form.changed.connect(self._change)
            form.formula_typed.connect(self._give_formula)
            form.formula_ended.connect(self._end_formula)
            self._forms[kind] = form
            self._forms_at.addWidget(form)
        for other, form in tuple(self._forms.items()):
            if other is not kind:
                self._put_away(other, form)
        self._show_values(fresh=fresh)
        inside = self._session.block is not None
        self._forms[kind].setVisible(has_settings(found.layer, inside=inside))
        self.summary.setText(summary_of(found.layer, inside=inside))
        self.block.show_use(found.layer)
        self.show_figures()

    def _show_values(self, *, fresh: bool = False) -> None:
        """Values in the form; where formulas give them, those with their values now."""
        node = self._session.network.nodes[self._node]
        layer = self._session.analysis.facts(node.id).layer
        form = self._forms[type(node.layer)]
        form.set_words(self._words())
        form.set_values(layer.values(), node.formulas, fresh=fresh)
        dimmed = unused(layer)
        for field in fields_of(type(layer)):
            form.editor(field).setEnabled(field not in dimmed)

    def _words(self) -> dict[str, Any]:
        """What formulas of the node may speak of; nothing for one without inputs."""
        session = self._session
        shapes = session.analysis.facts(self._node).known_inputs()
        return words(session.analysis.scope, shapes) if shapes else {}

    def leave(self) -> None:
        """No single node is shown any more: what comes next is a new visit."""
        self._node = ""

    def show_figures(self) -> None:
        """Read figures and faults of the node again."""
        network, analysis = self._session.network, self._session.analysis
        node = network.nodes[self._node]
        facts = analysis.facts(node.id)
        self._show_faults()
        self._show_formulas(facts.layer, facts)
        self._show_cost(facts)
        self._show_reach(facts)
        many = any(port.many for port in node.layer.input_ports())
        self._inputs.setVisible(many)
        if many:
            self.order.show_node(node.id)
        form = self._forms[type(node.layer)]
        inputs = facts.known_inputs()
        if inputs and len(inputs[0]) == 3 and "groups" in form.fields():
            form.set_hint("groups", _allowed_groups(facts.layer, inputs[0][0]))

    def _show_faults(self) -> None:
        form = self.form
        assert form is not None
        plain: list[str] = []
        by_field: dict[str, str] = {}
        for fault in self._session.analysis.faults():
            if fault.node != self._node:
                continue
            text = tr("{why}. {mend}.", why=fault.why, mend=fault.mend)
            text = text[:1].upper() + text[1:]
            if fault.field in form.fields():
                by_field.setdefault(str(fault.field), text)
            else:
                place = f"{fault.place.text()}: " if fault.place else ""
                plain.append(f"{place}{text}")
        for field in form.fields():
            form.set_fault(field, by_field.get(field, ""))
        self._plain.setText("\n".join(plain))
        self._plain.setVisible(bool(plain))

    def _show_formulas(self, layer: Layer, facts: Facts) -> None:
        inputs = facts.known_inputs()
        blocked = any(not problem.warning for problem in facts.problems)
        empty = inputs is None or blocked or len(inputs) < len(layer.input_ports())
        shown = [] if empty or inputs is None else _merged(list(layer.explain(inputs)))
        while len(self._formulas) < len(shown):
            pair = (Label("", "hint", self), Formula(self))
            for widget in pair:
                self._computes.content.addWidget(widget)
            self._formulas.append(pair)
        for index, (title, formula) in enumerate(self._formulas):
            visible = index < len(shown)
            title.setVisible(visible)
            formula.setVisible(visible)
            if visible:
                name, line = shown[index]
                title.setText(name)
                result = full(int(line.result)) if line.result.isdigit() else line.result
                formula.show_formula(_written(line.rule), _written(line.numbers), result)
        sides = [_shapes(facts.inputs), _shapes(facts.outputs or facts.inputs)]
        self._computes.figure.set_text(" → ".join(side for side in sides if side))
        self._computes.setVisible(bool(shown or facts.outputs))

    def _show_cost(self, facts: Facts) -> None:
        rows = [
            (tr("Parameters"), full(facts.parameters)),
            (tr("Multiply-accumulates"), full(facts.macs)),
            (tr("Output in memory"), memory(facts.memory)),
            (tr("Weights in memory"), memory(4 * facts.parameters)),
        ]
        self.figures.show_rows(rows)

    def _show_reach(self, facts: Facts) -> None:
        fields = facts.receptive_field()
        image = self._session.analysis.image()
        output = facts.output
        self.reach.setVisible(len(fields) == len(image) == 2)
        if not len(fields) == len(image) == 2 or output is None:
            return
        cells = output[1:] if len(output) == 3 else (1, 1)
        self._picture.show_field(image, fields, cells)
        self.reach.figure.set_text(reach_words(fields, cells, image))
        self.path.show_rows(reach_path(self._session.network, self._session.analysis, self._node))

    def _change(self, field: str, value: Any) -> None:
        node = self._session.network.nodes[self._node]
        form = self._forms[type(node.layer)]
        try:
            layer = node.layer.changed(**{field: value})
        except FieldError as error:
            form.set_fault(field, error.message.text())
            return
        self._set(field, layer, {f: t for f, t in node.formulas.items() if f != field})

    def _set(self, field: str, layer: Layer, formulas: Mapping[str, str]) -> None:
        form = self._forms[type(layer)]
        place = self._session.place
        key = hash((self._node, field, self._visit, place)) & 0x3FFFFFFF
        refusal = self._session.do(SetLayer(self._node, layer, formulas), key)
        if refusal is not None:
            self._show_values()
            form.set_fault(field, refusal.text())

    def _give_formula(self, field: str, text: str) -> None:
        """Take a formula that has a value here; say under the field why another has none."""
        session = self._session
        node = session.network.nodes[self._node]
        form = self._forms[type(node.layer)]
        formulas = {**node.formulas, field: text}
        shapes = session.analysis.facts(node.id).known_inputs() or ()
        try:
            # Judged alone: another formula's fault is not this one's.
            alone = replace(node, formulas={field: text})
            layer = resolve(alone, session.analysis.scope, shapes).layer
        except UserError as error:
            form.set_refusal(field, error.message.text() if text else tr("Type a formula"))
            return
        form.set_refusal(field, "")
        if node.formulas.get(field) != text:
            self._set(field, layer, formulas)

    def _end_formula(self, field: str) -> None:
        """The value that the formula has here, from now on."""
        node = self._session.network.nodes[self._node]
        value = getattr(self._session.analysis.facts(node.id).layer, field)
        self._change(field, value)


def _written(part: str | Message) -> str:
    """A part of a formula: signs alone, or a message where words stand among them."""
    return part if isinstance(part, str) else part.text()


def _merged(lines: list[Explanation]) -> list[tuple[str, Explanation]]:
    """Lines that say the same of height and width become one, with both titles."""
    result = []
    for _, group in groupby(lines, lambda line: (line.numbers, line.result)):
        same = list(group)
        result.append((" · ".join(line.title.text() for line in same), same[0]))
    return result


def _shapes(shapes: tuple[Any, ...]) -> str:
    texts = ["?" if known is None else shape(known) for known in shapes]
    if len(set(texts)) == 1:
        return texts[0]
    return tr_count("{n} shape", "{n} shapes", len(texts)) if texts else ""


def _allowed_groups(layer: Layer, channels: int) -> str:
    """The values of groups that divide both channel counts, as many as there is room for."""
    common = gcd(channels, int(getattr(layer, "out_channels", channels)))
    divisors = [str(d) for d in range(1, min(common, 4096) + 1) if common % d == 0]
    kept = divisors if len(divisors) <= 6 else [*divisors[:3], "…", *divisors[-2:]]
    return " ".join(kept)


def reach_path(network: Network, analysis: Analysis, node: str) -> list[tuple[str, str]]:
    """Names and receptive fields from the input to a node, along its widest-seeing inputs.

    Layers that leave the size as it was are left out, and so is the middle of a long path.
    """
    path: list[tuple[str, str]] = []
    image = analysis.image()
    here: str | None = node
    while here is not None:
        fields = analysis.facts(here).receptive_field()
        text = sizes_of(fields, image)
        if path and path[-1][1] == text and len(path) > 1:
            path.pop()
        path.append((network.nodes[here].name, text))
        sources = [wire.source for wire in network.inputs(here)]
        seeing = [s for s in sources if analysis.facts(s).receptive_field()]
        here = max(seeing, key=lambda s: _width(analysis, s), default=None)
    path.reverse()
    if len(path) > PATH_ROWS:
        path = [*path[:2], ("…", ""), *path[-(PATH_ROWS - 3) :]]
    return path


def _width(analysis: Analysis, node: str) -> tuple[bool, float]:
    """How much of the image a node sees, to compare: the whole is more than any number."""
    fields = analysis.facts(node).receptive_field()
    return reaches_all(fields, analysis.image()), max(field.size for field in fields)
