"""Every text of the window is translated: in a language of accents no plain word is left.

What may stay plain has a reason in ``KEPT``. Whatever else is found is a text that no tool has
collected, or one that is shown past the translator.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pytest
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from backend.data.catalogue import NAMES
from backend.training.settings import TrainingSettings
from graph.blocks.block_use import BlockUse
from graph.blocks.library import library_of
from graph.layers.convolution.plain import Conv2d
from graph.layers.linear import Linear
from graph.layers.registry import LAYERS, REGISTRY
from graph.network.edits import SetLayer
from graph.network.network import Network
from graph.network.scope import CHAIN_WORDS, NODE_WORDS
from graph.ready.registry import READY
from graph.templates.registry import TEMPLATES, find_template
from graph.values.declaration import fields_of
from graph.values.names import class_name
from gui.appearance.dress import apply_theme
from gui.code.source_view import SourceView
from gui.forms.form import ZERO_WIDTH_SPACE, Form
from gui.language.text import tr
from gui.session.preferences import Preferences
from gui.session.session import Session
from gui.templates.fit import FitDialog
from gui.verbs.block_import import BlockImport
from gui.widgets.dialogs import unsaved_box
from gui.window.window import MainWindow
from tests.gui.helpers import add, open_template, show_canvas
from tests.gui.nested import nested_project
from tests.gui.seen import texts_in
from tests.gui.training_window import open_room, tiny_network
from tests.pseudo import has_plain_words, pseudo_language
from tools.house import ROOT

CLASSES = (ROOT / "resources/data/fashion-sample/classes.txt").read_text().splitlines()
FORMULA_WORDS = (*NODE_WORDS, *CHAIN_WORDS, "input_channels", "input_height", "input_width")
LITERATURE = [t.literature for t in TEMPLATES if t.literature is not None]


def words_of_settings() -> Iterator[str]:
    for kind in (*LAYERS, TrainingSettings):
        for spec in fields_of(kind).values():
            yield from spec.words


def ready_blocks() -> Iterator[str]:
    for maker in READY.values():
        library = library_of(Network())
        maker.make(library)
        yield from library.blocks


KEPT: Mapping[str, Iterable[str]] = {
    "layers are called as in torch": REGISTRY,
    "so are their settings": {name for kind in (*LAYERS, BlockUse) for name in fields_of(kind)},
    "projects and the command line hold these words": {*words_of_settings(), *FORMULA_WORDS},
    "blocks are called by their names in a project": set(ready_blocks()),
    "templates, families and data sets are called as in the literature": {
        *(template.title for template in TEMPLATES),
        *("U-Net", "YOLO", "Fashion-MNIST"),
        *(part for name in NAMES for part in (name, *name.split("-"))),
    },
    "classes are called as their data set calls them": CLASSES,
    "papers are cited as they were printed": {
        text
        for paper in LITERATURE
        for text in (paper.title, paper.authors, paper.venue, paper.link)
    },
    "formulas are signs": ("C_in", "C_out", "H_out", "W_out", "in · out", "max", "min"),
    "keys are written by Qt, which has its own translation": (
        *("Ctrl", "Shift", "Alt", "Del", "Esc", "Tab", "Return", "Enter", "Space", "Backspace"),
        *("PgUp", "PgDown", "Up", "Down", "Left", "Right", *(f"F{n}" for n in range(1, 13))),
    ),
    "Qt has them ready; they are hidden, or Qt translates them": (
        *("Float", "Undocks and re-attaches the dock widget", "Close", "Closes the dock widget"),
        *("Scroll Left", "Scroll Right"),
    ),
    "pyqtgraph has them ready; no chart opens this menu": ("Export", "Export..."),
    "units": ("KiB", "MiB", "GiB", "px"),
    "the name of the program, the type of its numbers and the code of the system's language": (
        *("ConvLoom", "float32", "EN"),
    ),
    "a project that nobody has named": ("network",),
}
SIGNS = re.compile(
    r"\S*/\S*"  # paths
    r"|\b[kspdg]\d+\b"  # a setting on a node by its first letter
    r"|\b\w+\.(py|cloom|safetensors)\b"
)


class Reader:
    """Collects the texts of widgets that stayed plain."""

    def __init__(self) -> None:
        self.plain: set[str] = set()

    def read(self, widget: QWidget, names: Iterable[str] = ()) -> None:
        """Look at all texts of a widget; ``names`` are those that the test gave to things."""
        QApplication.processEvents()
        kept = frozenset(names).union(*KEPT.values())
        for where, text in set(texts_in(widget)):
            words = SIGNS.sub("", text.replace(ZERO_WIDTH_SPACE, ""))
            cut = where == "painted" and _is_part(text, kept)
            if not cut and has_plain_words(words, kept):
                self.plain.add(f"{where}: {text}")


def _is_part(text: str, names: Iterable[str]) -> bool:
    """Whether a text is a line of a longer name, or one cut short."""
    text = text.replace(ZERO_WIDTH_SPACE, "").rstrip("…").strip()
    return any(text in name for name in names if " " in name or "_" in name or "-" in name)


def names_in(session: Session) -> set[str]:
    """What a project calls its parts, and what a person wrote of its blocks."""
    library = session.project.library
    blocks = library.blocks.values()
    words = {*library.blocks, *(block.summary for block in blocks)}
    words |= {session.project.name, class_name(session.project.name)}
    words |= {node.name for network in library.networks() for node in network.nodes.values()}
    return words | {p.name for block in blocks for p in block.parameters}


@pytest.fixture(autouse=True)
def accents() -> Iterator[None]:
    with pseudo_language():
        yield


@pytest.fixture
def reader() -> Iterator[Reader]:
    reader = Reader()
    yield reader
    assert not reader.plain, "\n".join(["plain text:", *sorted(reader.plain)])


def test_plain_texts_are_found(qtbot: Any) -> None:
    page, reader = QWidget(), Reader()
    qtbot.addWidget(page)
    column = QVBoxLayout(page)
    tree = QTreeWidget()
    tree.setHeaderLabels(["Headline"])
    tree.addTopLevelItem(QTreeWidgetItem(["Twig"]))
    field, box, button = QLineEdit(), QComboBox(), QPushButton(tr("Open"))
    field.setPlaceholderText("Type here")
    box.addItems(["one two", "same"])
    button.setToolTip("Opens a Conv2d")
    for part in (QLabel("Painted"), QLabel(tr("Cancel")), tree, field, box, button):
        column.addWidget(part)
    reader.read(page)
    assert reader.plain == {
        *("QLabel: Painted", "painted: Painted", "QTreeWidget: Twig", "painted: Twig"),
        *("QHeaderView: Headline", "painted: Headline", "QLineEdit: Type here"),
        *("painted: Type here", "QComboBox: one two", "painted: one two"),
        *("QListView: one two", "QPushButton: Opens a Conv2d"),
    }


@pytest.fixture
def window(qtbot: Any) -> MainWindow:
    apply_theme(QApplication.instance(), "dark")
    window = MainWindow(Preferences())
    qtbot.addWidget(window, before_close_func=lambda w: w.session.new())
    window.resize(1440, 900)
    window.canvas.scene().set_reduce_motion(True)
    window.show()
    qtbot.waitExposed(window)
    window.activateWindow()
    return window


def trigger(window: MainWindow, *actions: str) -> None:
    for action in actions:
        window.bars.actions[action].trigger()
        QApplication.processEvents()


def test_the_start_page_and_all_menus(window: MainWindow, reader: Reader) -> None:
    for menu in window.findChildren(QMenu):
        menu.aboutToShow.emit()
    reader.read(window)
    window.resize(900, 600)
    reader.read(window)


def test_every_workspace_and_every_page(qtbot: Any, window: MainWindow, reader: Reader) -> None:
    open_template(qtbot, window, find_template("lenet5"))
    names = names_in(window.session)
    for action in ("design", "training", "literature", "commands", "keys", "about"):
        trigger(window, action)
        reader.read(window, names)
    trigger(window, "code")
    window.code.findChild(SourceView).hide()
    reader.read(window, names)


def test_whatever_is_chosen(qtbot: Any, window: MainWindow, reader: Reader) -> None:
    open_template(qtbot, window, find_template("lenet5"))
    names, network = names_in(window.session), window.session.network
    for node in network.nodes:
        window.session.select([node])
        reader.read(window.inspector, names)
    window.session.select(list(network.nodes))
    reader.read(window, names)
    window.session.select([], list(network.wires)[:1])
    reader.read(window, names)


def test_what_is_wrong_and_how_to_mend_it(qtbot: Any, window: MainWindow, reader: Reader) -> None:
    open_template(qtbot, window, find_template("lenet5"))
    session = window.session
    conv = next(n for n, node in session.network.nodes.items() if isinstance(node.layer, Conv2d))
    layer = session.network.nodes[conv].layer
    for change in ({"groups": 7}, {"kernel_size": (90, 90)}, {"padding": "same", "stride": (2, 2)}):
        assert session.do(SetLayer(conv, layer.changed(**change))) is None
        session.select([conv])
        window.problems.refresh()
        trigger(window, "next_problem")
        reader.read(window, names_in(session))
    names = names_in(session)
    session.new()
    window.front.show_editor()
    reader.read(window, names)
    add(session, "αβγ", Linear(), 400, 200)
    window.problems.refresh()
    trigger(window, "next_problem")
    reader.read(window, names)


@pytest.mark.parametrize("text", ["", "conv", "conv 64 3 s2", "linear", "conv 0", "ééé", "fire"])
def test_the_search_for_layers(qtbot: Any, window: MainWindow, reader: Reader, text: str) -> None:
    open_template(qtbot, window, find_template("lenet5"))
    names = {*names_in(window.session), *text.split()}
    trigger(window, "add_layer")
    search = window.canvas.adding.search
    search.field.setText(text)
    reader.read(search, names)
    window.folding.whole.field.setText(text)
    reader.read(window.folding, names)


def test_blocks_inside_and_outside(window: MainWindow, reader: Reader) -> None:
    session = window.session
    session.new(nested_project())
    window.front.show_editor()
    names = names_in(session)
    uses = [n for n, node in session.network.nodes.items() if node.name.startswith("stage")]
    for use in uses:
        session.select([use])
        reader.read(window, names)
    trigger(window, "open_block")
    reader.read(window, names)
    for node in session.network.nodes:
        session.select([node])
        reader.read(window.inspector, names)
    for menu in window.findChildren(QMenu):
        menu.aboutToShow.emit()
    reader.read(window, names)


@pytest.mark.parametrize("kind", [*LAYERS, TrainingSettings], ids=lambda kind: kind.__name__)
def test_the_form_of_every_declaration(qtbot: Any, kind: type, reader: Reader) -> None:
    form = Form(kind)
    qtbot.addWidget(form)
    form.show()
    for field in form.fields():
        form.editor(field).edited.emit()
    reader.read(form)


def test_every_layer_on_the_canvas(qtbot: Any, reader: Reader) -> None:
    session = Session()
    view = show_canvas(qtbot, session)
    for number, kind in enumerate(LAYERS):
        add(session, f"{number}", kind(), 200 * (number % 12), 150 * (number // 12))
    view.camera.fit_all()
    reader.read(view)


def test_dialogs(qtbot: Any, window: MainWindow, reader: Reader) -> None:
    fit = FitDialog(find_template("resnet18"), parent=window)
    qtbot.addWidget(fit)
    fit.open()
    qtbot.waitUntil(lambda: fit.ready)
    reader.read(fit)
    project = nested_project()
    blocks = list(project.library.blocks.values())
    window.session.new(project)
    names = names_in(window.session)
    for library in (Session().project.library, project.library):
        dialog = BlockImport(library, blocks, "αβγ", window)
        qtbot.addWidget(dialog)
        reader.read(dialog, names)
    box = unsaved_box(window, "αβγ")
    qtbot.addWidget(box)
    reader.read(box)


@pytest.mark.parametrize("outputs", [10, 9], ids=["runs", "fails"])
def test_a_training(qtbot: Any, reader: Reader, outputs: int) -> None:
    room = open_room(qtbot, tiny_network(outputs), epochs=2)
    names = names_in(room.session)
    reader.read(room.window, names)
    room.panel.train_or_pause()
    room.wait(lambda: room.losses() > 0 or not room.run.is_running)
    reader.read(room.window, names)
    room.wait(lambda: not room.run.is_running)
    reader.read(room.window, names)
