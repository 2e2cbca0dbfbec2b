"""All layer types, gathered from the files of their families.

A type is declared and registered in its family's file (graph.layers.base.registration). Here
stands the order of the families alone: with the order of the types in each file it is that of the
palette, of the search and of the tables in README.md.
"""

from __future__ import annotations

from types import ModuleType

from graph.layers import (
    expectation,
    io,
    linear,
    matrix,
    merge,
    normalisation,
    radial,
    regularisation,
)
from graph.layers.activation import along_axis, piecewise, smooth
from graph.layers.attention import dot_product, efficient, maps, squeeze
from graph.layers.base.layer import Category, Layer
from graph.layers.base.registration import registered
from graph.layers.convolution import deformable, fixed_kernel, local, shortcut, table, transposed
from graph.layers.convolution import plain as convolution
from graph.layers.pooling import adaptive, unpooling, weighted
from graph.layers.pooling import plain as pooling
from graph.layers.reshaping import (
    axes,
    flatten,
    identity,
    mean_over,
    padding,
    reshape,
    slicing,
    upsampling,
)

FAMILIES: tuple[ModuleType, ...] = (
    io,
    *(convolution, transposed, local, table, shortcut, deformable, fixed_kernel),
    *(pooling, adaptive, weighted, unpooling, upsampling),
    normalisation,
    *(piecewise, smooth, along_axis),
    *(linear, radial, expectation, matrix),
    merge,
    *(squeeze, efficient, maps, dot_product),
    *(flatten, padding, reshape, axes, slicing, mean_over, identity),
    regularisation,
)
"""The files that declare layer types, in palette order."""

LAYERS: tuple[type[Layer], ...] = tuple(kind for family in FAMILIES for kind in registered(family))
REGISTRY: dict[str, type[Layer]] = {layer.type_name(): layer for layer in LAYERS}
RENAMED: dict[str, str] = {old: layer.type_name() for layer in LAYERS for old in layer.renamed}


def by_category() -> dict[Category, list[type[Layer]]]:
    """The layer types in palette order; no family is empty."""
    found: dict[Category, list[type[Layer]]] = {category: [] for category in Category}
    for layer in LAYERS:
        found[layer.category].append(layer)
    return {category: layers for category, layers in found.items() if layers}
