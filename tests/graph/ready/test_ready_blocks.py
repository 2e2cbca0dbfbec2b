"""What holds for every ready block: a name of its own, words to find it by, help to use it."""

from __future__ import annotations

from collections import Counter

import pytest

from graph.blocks.library import Library
from graph.layers.registry import LAYERS
from graph.network.network import Network
from graph.ready.maker import Maker
from graph.ready.registry import FAMILIES, READY

EVERY = [maker for family in FAMILIES for maker in family]
each = pytest.mark.parametrize("maker", EVERY, ids=lambda maker: maker.name)


def test_names_are_unlike_each_other_and_the_layers() -> None:
    layers = {kind.type_name().casefold() for kind in LAYERS}
    names = Counter(maker.name.casefold() for maker in EVERY)
    assert [name for name, count in names.items() if count > 1 or name in layers] == []
    assert list(READY.values()) == EVERY


@each
def test_it_says_what_it_is_and_can_be_searched(maker: Maker) -> None:
    assert str(maker.help)
    assert maker.family
    assert all(word == word.strip() and word for word in maker.search)
    assert maker.search


@each
def test_it_keeps_its_name_and_explains_its_parameters(maker: Maker) -> None:
    block = maker.make(Library(Network()))
    assert block.name == maker.name
    assert block.summary.endswith(".")
    assert [parameter.name for parameter in block.parameters if not parameter.help] == []
