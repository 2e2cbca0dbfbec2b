"""The palette in a narrow window: one button per category, each with a menu of its layers."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QMenu, QSizePolicy, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from graph.layers.base.layer import Category, Layer
from graph.layers.registry import by_category
from graph.ready.presets import Preset
from graph.ready.registry import FAMILY_TITLES
from graph.values.language import declared
from gui.appearance.glyphs import glyph_icon
from gui.appearance.theme import current, notifier
from gui.language.kinds import category_title
from gui.language.text import tr
from gui.palette.block_shelf import BlockShelf
from gui.palette.palette import LayerPalette, presets_of, split_by_axes
from gui.palette.stock import Offer

STRIP = 40
FOLD_BELOW = 1360
"""In a narrower window the palette is folded to the strip."""


class IconStrip(QWidget):
    """40 pixels of category glyphs."""

    layer_chosen = Signal(str)
    preset_chosen = Signal(object)

    def __init__(self, shelf: BlockShelf | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(3, 6, 3, 6)
        column.setSpacing(4)
        for category, layers in by_category().items():
            button = QToolButton(self)
            title = category_title(category)
            button.setIcon(glyph_icon(category.value))
            button.setToolTip(title)
            button.setAccessibleName(title)
            button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            menu = QMenu(button)
            first, forms = split_by_axes(layers)
            self._add(menu, first)
            presets = presets_of(category)
            if presets:
                self._add_presets(menu.addMenu(tr("Ready-made")), presets)
            if forms:
                self._add(menu.addMenu(tr("1-D and 3-D")), forms)
            button.setMenu(menu)
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            column.addWidget(button)
        if shelf is not None:
            column.addWidget(self._block_button(shelf))
        column.addStretch(1)

    def _block_button(self, shelf: BlockShelf) -> QToolButton:
        button = QToolButton(self)
        title = category_title(Category.BLOCK)
        button.setIcon(glyph_icon(Category.BLOCK.value))
        button.setToolTip(title)
        button.setAccessibleName(title)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        menu = QMenu(button)
        menu.setToolTipsVisible(True)
        menu.aboutToShow.connect(lambda: self._fill_blocks(menu, shelf))
        button.setMenu(menu)
        return button

    def _fill_blocks(self, menu: QMenu, shelf: BlockShelf) -> None:
        menu.clear()
        self._add_offers(menu, shelf.here())
        for family, offers in shelf.ready().items():
            self._add_offers(menu.addMenu(FAMILY_TITLES[family].text()), offers)
        if shelf.own():
            self._add_offers(menu.addMenu(tr("My library")), shelf.own())

    def _add_offers(self, menu: QMenu, offers: Iterable[Offer]) -> None:
        for offer in offers:
            action = menu.addAction(offer.title.replace("&", "&&"))
            action.setToolTip(offer.summary)
            action.triggered.connect(lambda _=False, k=offer.key: self.layer_chosen.emit(k))

    def _add_presets(self, menu: QMenu, presets: Iterable[Preset]) -> None:
        menu.setToolTipsVisible(True)
        for preset in presets:
            action = menu.addAction(preset.title.text())
            action.setToolTip(preset.summary.text())
            action.triggered.connect(lambda _=False, p=preset: self.preset_chosen.emit(p))

    def _add(self, menu: QMenu, layers: Iterable[type[Layer]]) -> None:
        menu.setToolTipsVisible(True)
        for layer in layers:
            name = layer.type_name()
            action = menu.addAction(name)
            action.setToolTip(declared(layer.summary))
            action.triggered.connect(lambda _=False, n=name: self.layer_chosen.emit(n))


class FoldingPalette(QStackedWidget):
    """The whole palette where there is room, else the strip."""

    layer_chosen = Signal(str)
    preset_chosen = Signal(object)

    def __init__(
        self, whole: LayerPalette, shelf: BlockShelf | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.whole = whole
        self.strip = IconStrip(shelf, self)
        for part in (self.whole, self.strip):
            self.addWidget(part)
            part.layer_chosen.connect(self.layer_chosen)
            part.preset_chosen.connect(self.preset_chosen)
        notifier.changed.connect(self._limit)
        self._limit()

    @property
    def folded(self) -> bool:
        return self.currentWidget() is self.strip

    def fold(self, folded: bool) -> None:
        """Show the strip, or the whole palette."""
        self.setCurrentWidget(self.strip if folded else self.whole)
        self._limit()

    def _limit(self) -> None:
        theme = current()
        if self.folded:
            self.setFixedWidth(theme.pixels(STRIP))
        else:
            self.setMinimumWidth(theme.pixels(160))
            self.setMaximumWidth(theme.pixels(420))

    def sizeHint(self) -> QSize:
        width = STRIP if self.folded else current().size("dock_left")
        return QSize(width, 400)
