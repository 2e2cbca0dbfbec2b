"""Which one of a chain the canvas looks at: ``1 of 3``, with a menu that tells them apart."""

from __future__ import annotations

from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from graph.blocks.block_use import BlockUse
from gui.appearance.icons import icon
from gui.language.text import full, shape, tr, tr_count
from gui.session.session import Session


class CopyChooser(QToolButton):
    """The one for the level of a depth; hidden where no chain is."""

    def __init__(self, session: Session, depth: int, parent: QWidget) -> None:
        super().__init__(parent)
        self._session, self._depth = session, depth
        self.setAutoRaise(True)
        self.setIcon(icon("down"))
        self.setToolButtonStyle(self.toolButtonStyle().ToolButtonTextBesideIcon)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setToolTip(tr("Which one of the chain is shown (Ctrl+PgUp, Ctrl+PgDown)"))
        self.list = QMenu(self)
        self.list.aboutToShow.connect(self._fill)
        self.setMenu(self.list)
        self.hide()

    def show_copy(self, copy: int, count: int) -> None:
        """Say which one it is, counted from 0."""
        text = tr("{n} of {count}", n=full(copy + 1), count=full(count))
        self.setText(text)
        self.setAccessibleName(text)
        self.setVisible(count > 1)

    def _fill(self) -> None:
        """One row for each, with what comes in and what goes out there."""
        self.list.clear()
        session, depth = self._session, self._depth
        door = session.levels[depth].door
        if door is None or door.use is None:
            return
        facts = session.levels[depth - 1].analysis.facts(door.use)
        use, known = facts.layer, facts.known_inputs()
        assert isinstance(use, BlockUse)
        chain = use.chain(known) if known else ()
        shapes = list(known or ())
        for copy in range(use.repeat):
            text = full(copy + 1)
            if copy < len(chain):
                before, shapes = shapes, [known for known in chain[copy].outputs if known]
                sides = [", ".join(map(shape, side)) for side in (before, shapes)]
                sizes = " → ".join(side or "?" for side in sides)
                cost = tr_count("{n} parameter", "{n} parameters", chain[copy].parameters)
                text = f"{text}   {sizes}   {cost}"
            action = self.list.addAction(text)
            action.setCheckable(True)
            action.setChecked(copy == door.copy)
            action.triggered.connect(lambda _=False, n=copy: session.choose_copy(depth, n))
