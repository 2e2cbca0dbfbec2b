"""From which grey on a pixel of a mask is object: asked where masks are in shades of grey."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSpinBox, QWidget

from gui.data.choice import DataChoice
from gui.language.text import tr
from gui.widgets.parts import Label


class ThresholdRow(QWidget):
    """A grey and a button that takes it; hidden where no mask needs one."""

    def __init__(self, choice: DataChoice, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._choice = choice
        self.grey = QSpinBox(self)
        self.grey.setRange(1, 255)
        self.grey.setAccessibleName(tr("Threshold of the masks"))
        self.take = QPushButton(tr("Take"), self)
        self.take.clicked.connect(lambda: choice.set_threshold(self.grey.value()))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(Label(tr("Object from grey"), "hint", self))
        row.addWidget(self.grey)
        row.addWidget(self.take)
        choice.changed.connect(self._refresh)
        self._refresh()

    def _refresh(self) -> None:
        """Offer what would do, or show what is set."""
        shown = self._choice.threshold or self._choice.offer
        self.setVisible(shown is not None)
        if shown is not None and not self._choice.busy:
            self.grey.setValue(shown)
