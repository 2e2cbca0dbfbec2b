"""The start page: templates, recent projects, and what it asks the window for."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidget

from graph.analysis import Analysis
from graph.templates import TEMPLATES
from gui.miniature import drawing_of
from gui.preferences import Preferences
from gui.start import StartPage


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
    page = StartPage(preferences)
    qtbot.addWidget(page)
    page.resize(1280, 800)
    page.show()
    return page


def test_every_template_has_a_card_with_figures(qtbot, page):
    assert [card.template for card in page.gallery.cards] == list(TEMPLATES)
    qtbot.waitUntil(lambda: all("parameters" in c._figures.text() for c in page.gallery.cards))


def test_search_sifts_and_enter_opens_the_first(qtbot, page):
    wanted = TEMPLATES[-1]
    qtbot.keyClicks(page.gallery.search, wanted.title)
    assert [card.template for card in page.gallery.shown()] == [wanted]
    with qtbot.waitSignal(page.template_chosen) as chosen:
        qtbot.keyClick(page.gallery.search, Qt.Key.Key_Return)
    assert chosen.args == [wanted]


def test_a_search_without_result_says_so_and_escape_ends_it(qtbot, page):
    qtbot.keyClicks(page.gallery.search, "zebra")
    assert page.gallery.shown() == []
    assert "zebra" in page.gallery._nothing.text()
    assert page.gallery._nothing.isVisible()
    qtbot.keyClick(page.gallery.search, Qt.Key.Key_Escape)
    assert len(page.gallery.shown()) == len(TEMPLATES)


def test_a_category_sifts(qtbot, page):
    category = TEMPLATES[-1].category
    button = next(
        b for b in page.gallery._group.buttons() if b.text().casefold() == category.casefold()
    )
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert {card.template.category for card in page.gallery.shown()} == {category}


def test_cards_work_with_the_keyboard(qtbot, page):
    cards = page.gallery.cards
    cards[0].setFocus()
    qtbot.keyClick(cards[0], Qt.Key.Key_Right)
    assert cards[1].hasFocus()
    with qtbot.waitSignal(page.template_chosen) as chosen:
        qtbot.keyClick(cards[1], Qt.Key.Key_Return)
    assert chosen.args == [TEMPLATES[1]]


def test_a_click_chooses_a_card(qtbot, page):
    with qtbot.waitSignal(page.template_chosen) as chosen:
        qtbot.mouseClick(page.gallery.cards[0], Qt.MouseButton.LeftButton)
    assert chosen.args == [TEMPLATES[0]]


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
