"""The start page: templates, recent projects, and what it asks the window for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QListWidget, QWidget

from graph.analysis.analysis import Analysis
from graph.blocks.block import Block
from graph.blocks.block_use import use_of
from graph.blocks.library_edits import DefineBlock
from graph.layers.convolution.plain import Conv2d
from graph.layers.io import Input, Output
from graph.layers.merge import Add
from graph.network.edits import AddNode, Connect
from graph.network.network import Network, Node, Wire
from graph.templates.registry import TEMPLATES
from graph.values.message import UserError, say
from gui.language.text import short
from gui.session.preferences import Preferences
from gui.session.session import Session
from gui.templates.card_filler import CardFiller
from gui.templates.drawing import drawing_of
from gui.templates.gallery import categories
from gui.templates.start import StartPage
from gui.templates.template_card import TemplateCard


@pytest.fixture
def preferences(tmp_path, qapp: Any) -> Preferences:
    preferences = Preferences()
    present = tmp_path / "present.cloom"
    present.write_text("{}", encoding="utf-8")
    preferences.add_recent(tmp_path / "gone.cloom")
    preferences.add_recent(present)
    return preferences


@pytest.fixture
def page(qtbot: Any, preferences: Preferences) -> StartPage:
    page = StartPage(Session(), preferences)
    qtbot.addWidget(page)
    page.resize(1280, 800)
    page.show()
    return page


def fill(qtbot, page):
    qtbot.waitUntil(lambda: all(card.filled for card in page.gallery.cards), timeout=60_000)


def test_every_template_has_a_card_and_its_words_are_there_at_once(page):
    assert {card.template for card in page.gallery.cards} == set(TEMPLATES)
    for card in page.gallery.cards:
        texts = {label.text() for label in card.findChildren(QLabel)}
        assert str(card.template.year) in texts
        assert "×".join(map(str, card.template.shape)) in texts


def test_cards_fill_with_drawing_and_figures_in_the_background(qtbot, page):
    fill(qtbot, page)
    for card in page.gallery.cards:
        totals = Analysis(card.template.build().network).totals()
        assert short(totals.parameters) in card.figures.text()
        assert short(totals.macs) in card.figures.text()
        assert card.picture.drawing.bars


def test_a_second_page_is_filled_at_once(qtbot, page, preferences):
    fill(qtbot, page)
    again = StartPage(Session(), preferences)
    qtbot.addWidget(again)
    assert all(card.filled for card in again.gallery.cards)


def test_a_template_that_fails_says_so_and_the_others_are_filled(qtbot):
    def broken(fit):
        raise UserError(say("No such network"))

    bad = replace(TEMPLATES[0], name="broken", network=broken)
    good = replace(TEMPLATES[0], name="whole")
    parent = QWidget()
    qtbot.addWidget(parent)
    cards = [TemplateCard(bad, parent), TemplateCard(good, parent)]
    filler = CardFiller(cards, lambda _card: True, parent)
    assert not cards[0].filled
    filler.start()
    qtbot.waitUntil(lambda: all(card.filled for card in cards))
    assert cards[0].figures.text() == "Could not be built"
    assert cards[0].figures.toolTip() == "No such network"
    assert "parameters" in cards[1].figures.text()


def test_cards_stand_under_the_names_of_their_categories(page):
    gallery = page.gallery
    assert list(gallery.titles) == categories()
    for card in gallery.cards:
        title = gallery.titles[card.template.category]
        assert title.isVisibleTo(page)
        assert title.y() < card.y()
    order = [categories().index(card.template.category) for card in gallery.cards]
    assert order == sorted(order)


def test_search_sifts_and_enter_opens_the_first(qtbot, page):
    wanted = TEMPLATES[-1]
    qtbot.keyClick(page.side.new_button, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert page.gallery.search.hasFocus()
    qtbot.keyClicks(page.gallery.search, f"{wanted.name} {wanted.year}")
    assert [card.template for card in page.gallery.shown()] == [wanted]
    with qtbot.waitSignal(page.template_chosen) as chosen:
        qtbot.keyClick(page.gallery.search, Qt.Key.Key_Return)
    assert chosen.args == [wanted]


def test_a_search_without_result_says_so_and_escape_ends_it(qtbot, page):
    qtbot.keyClicks(page.gallery.search, "zebra")
    assert page.gallery.shown() == []
    assert "zebra" in page.gallery.nothing.text()
    assert page.gallery.nothing.isVisible()
    qtbot.keyClick(page.gallery.search, Qt.Key.Key_Escape)
    assert len(page.gallery.shown()) == len(TEMPLATES)


def test_a_category_sifts(qtbot, page):
    category = TEMPLATES[-1].category
    qtbot.mouseClick(page.gallery.filters[category], Qt.MouseButton.LeftButton)
    assert {card.template.category for card in page.gallery.shown()} == {category}


def test_the_authors_of_the_paper_find_a_template(qtbot, page):
    wanted = next(t for t in TEMPLATES if t.literature is not None)
    qtbot.keyClicks(page.gallery.search, wanted.literature.authors.split(",")[0])
    assert wanted in [card.template for card in page.gallery.shown()]


def test_cards_work_with_the_keyboard(qtbot, page):
    cards = page.gallery.cards
    cards[0].setFocus()
    qtbot.keyClick(cards[0], Qt.Key.Key_Right)
    assert cards[1].hasFocus()
    with qtbot.waitSignal(page.template_chosen) as chosen:
        qtbot.keyClick(cards[1], Qt.Key.Key_Return)
    assert chosen.args == [cards[1].template]
    with qtbot.waitSignal(page.fit_wanted) as chosen:
        qtbot.keyClick(cards[1], Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert chosen.args == [cards[1].template]


def test_down_and_up_walk_through_all_rows(qtbot, page):
    cards = page.gallery.cards
    heights = sorted({card.y() for card in cards})
    assert len(heights) > 1
    cards[0].setFocus()
    for key, step in ((Qt.Key.Key_Down, 1), (Qt.Key.Key_Up, -1)):
        walked = []
        for _ in heights:
            here = next(card for card in cards if card.hasFocus())
            walked.append(here.y())
            qtbot.keyClick(here, key)
        assert walked == heights[::step]


def test_few_cards_are_no_taller_than_many(qtbot, page):
    before = page.gallery.cards[0].height()
    wanted = page.gallery.cards[0].template
    qtbot.keyClicks(page.gallery.search, wanted.name)
    qtbot.waitUntil(lambda: abs(page.gallery.cards[0].height() - before) < 30)


def test_the_button_of_a_card_asks_to_fit_it(qtbot, page):
    card = page.gallery.cards[0]
    with qtbot.waitSignal(page.fit_wanted) as chosen, qtbot.assertNotEmitted(page.template_chosen):
        qtbot.mouseClick(card.fit_button, Qt.MouseButton.LeftButton)
    assert chosen.args == [card.template]


def test_a_click_chooses_a_card(qtbot, page):
    with qtbot.waitSignal(page.template_chosen) as chosen:
        qtbot.mouseClick(page.gallery.cards[0], Qt.MouseButton.LeftButton)
    assert chosen.args == [page.gallery.cards[0].template]


def test_missing_projects_are_marked(page, preferences):
    texts = page.side.recent_texts()
    assert [path.name for path in page.recent_paths()] == ["present.cloom", "gone.cloom"]
    assert "(missing)" not in texts[0]
    assert "(missing)" in texts[1]


def test_recent_projects_open_by_enter_and_leave_by_delete(qtbot, page, preferences):
    rows = page.side.findChild(QListWidget)
    rows.setFocus()
    rows.setCurrentRow(0)
    with qtbot.waitSignal(page.project_chosen) as chosen:
        qtbot.keyClick(rows, Qt.Key.Key_Return)
    assert chosen.args[0].name == "present.cloom"
    with qtbot.waitSignal(page.forget_wanted) as forgotten:
        qtbot.keyClick(rows, Qt.Key.Key_Delete)
    assert forgotten.args[0].name == "present.cloom"


def test_the_buttons_ask_for_new_open_and_folder(qtbot, page):
    cards = page.side.findChildren(type(page.side.new_button))
    for card, signal in zip(
        cards, (page.new_wanted, page.open_wanted, page.folder_wanted), strict=True
    ):
        with qtbot.waitSignal(signal):
            qtbot.keyClick(card, Qt.Key.Key_Return)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda t: t.name)
def test_a_drawing_runs_forward_and_leaves_nothing_between(template):
    network = template.build().network
    drawing = drawing_of(network, Analysis(network))
    columns = sorted({bar.column for bar in drawing.bars})
    assert columns == list(range(len(columns)))
    assert drawing.bars[0].category == "input_output"
    for first, last in drawing.skips:
        assert drawing.bars[last].column - drawing.bars[first].column > 1


def test_residual_templates_show_their_skips():
    skips = {t.category: drawing_of(n := t.build().network, Analysis(n)).skips for t in TEMPLATES}
    assert skips["residual"]
    assert not skips["classic"]


def test_blocks_are_looked_into():
    for template in TEMPLATES:
        network = template.build().network
        drawn = {bar.category for bar in drawing_of(network, Analysis(network)).bars}
        assert "block" not in drawn, template.name
        assert drawn & {"convolution", "linear"}, template.name


def test_a_block_in_a_chain_is_drawn_as_often_as_it_stands_there():
    block = Block("Residual")
    inside = block.network
    for node, layer in (("in", Input()), ("conv", Conv2d(out_channels=4, padding=(1, 1)))):
        inside.do(AddNode(Node(node, node, layer)))
    inside.do(AddNode(Node("add", "add", Add())))
    inside.do(AddNode(Node("out", "out", Output())))
    for number, (source, target, port) in enumerate(
        (
            ("in", "conv", "input"),
            ("conv", "add", "inputs"),
            ("in", "add", "inputs"),
            ("add", "out", "input"),
        )
    ):
        inside.do(Connect(Wire(f"w{number}", source, "output", target, port)))
    main = Network()
    main.do(DefineBlock(block))
    main.do(AddNode(Node("image", "image", Input(shape=(4, 8, 8)))))
    main.do(AddNode(Node("stage", "stage", use_of(block, repeat=3))))
    main.do(Connect(Wire("w", "image", "output", "stage", block.ports.inputs[0].name)))
    drawing = drawing_of(main, Analysis(main))
    assert [bar.category for bar in drawing.bars] == ["input_output", *["convolution", "merge"] * 3]
    assert drawing.skips == ((0, 2), (2, 4), (4, 6))
