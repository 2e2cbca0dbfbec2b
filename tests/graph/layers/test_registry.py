"""A layer type is registered where it is declared, under names that no other has."""

from __future__ import annotations

import pkgutil
from importlib import import_module

import pytest

import graph.layers
from graph.layers import merge
from graph.layers.base.layer import Layer
from graph.layers.base.registration import register, registered
from graph.layers.linear import Linear
from graph.layers.registry import FAMILIES, LAYERS, REGISTRY, RENAMED, by_category


def declared(name: str, *older: str) -> type[Layer]:
    """A new class of this name, not registered."""
    return type(name, (Linear,), {"renamed": older, "__module__": __name__})


def test_every_file_that_registers_a_type_is_a_family() -> None:
    found = pkgutil.walk_packages(graph.layers.__path__, "graph.layers.")
    modules = [import_module(module.name) for module in found]
    assert {module for module in modules if registered(module)} == set(FAMILIES)
    assert len(FAMILIES) == len(set(FAMILIES))


def test_types_stand_in_the_order_of_the_families_and_of_their_files() -> None:
    assert [kind for family in FAMILIES for kind in registered(family)] == list(LAYERS)
    own = [value for value in vars(merge).values() if value in LAYERS]
    assert list(registered(merge)) == own
    assert len(LAYERS) == len(REGISTRY) > 100


def test_every_type_has_one_place_in_the_palette() -> None:
    shown = [kind for kinds in by_category().values() for kind in kinds]
    assert len(shown) == len(LAYERS)
    assert set(shown) == set(LAYERS)


@pytest.mark.parametrize(
    ("name", "older", "taken", "other"),
    [
        ("Conv2d", (), "Conv2d", "graph.layers.convolution.plain.Conv2d"),
        ("Pad", (), "Pad", "graph.layers.reshaping.padding.Pad2d"),
        ("Fresh", ("Pad",), "Pad", "graph.layers.reshaping.padding.Pad2d"),
        ("Fresh", ("Stale", "Conv2d"), "Conv2d", "graph.layers.convolution.plain.Conv2d"),
        ("Fresh", ("Fresh",), "Fresh", f"{__name__}.Fresh"),
        ("Fresh", ("Stale", "Stale"), "Stale", f"{__name__}.Fresh"),
    ],
)
def test_a_name_that_is_taken_is_refused(
    name: str, older: tuple[str, ...], taken: str, other: str
) -> None:
    with pytest.raises(ValueError, match="cannot be called") as caught:
        register(declared(name, *older))
    assert str(caught.value) == f"{__name__}.{name} cannot be called {taken}: that is {other}"


def test_a_type_that_is_refused_leaves_no_trace() -> None:
    before = [registered(family) for family in FAMILIES]
    with pytest.raises(ValueError, match="cannot be called Conv2d"):
        register(declared("NeverRegistered", "NeverCalledSo", "Conv2d"))
    assert [registered(family) for family in FAMILIES] == before
    with pytest.raises(ValueError, match="cannot be called Conv2d"):  # and not NeverRegistered
        register(declared("NeverRegistered", "NeverCalledSo", "Conv2d"))


def test_an_older_name_leads_to_the_type_of_today() -> None:
    assert RENAMED["Pad"] == "Pad2d"
    assert not RENAMED.keys() & REGISTRY.keys()
