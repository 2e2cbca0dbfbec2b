"""The inspector's line about the block that a node uses: its name, how often, and a way in."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from graph.blocks.block_use import BlockUse
from graph.layers.base.layer import Layer
from gui.language.text import plain, tr
from gui.session.block_uses import all_uses, used_words
from gui.session.session import Session
from gui.widgets.parts import Label


class BlockRow(QWidget):
    """Hidden for a node that uses no block."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self._text = Label("", "body", self, wrap=True)
        self.open = QPushButton(tr("Open"), self)
        self.open.setToolTip(tr("Show and edit what is inside (Enter on the canvas)"))
        self.open.clicked.connect(self._enter)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._text, 1)
        row.addWidget(self.open)
        self.hide()

    def text(self) -> str:
        """The line."""
        return self._text.text()

    def show_use(self, layer: Layer) -> None:
        """Tell of the block of a layer."""
        self.setVisible(isinstance(layer, BlockUse))
        if not isinstance(layer, BlockUse):
            return
        block = layer.block
        used = used_words(block)
        self._text.setText(tr("Block {name}, {used}", name=block.name, used=used))
        self._text.setToolTip(plain(all_uses(block)))

    def _enter(self) -> None:
        if self._session.selection:
            self._session.enter(self._session.selection[0])
