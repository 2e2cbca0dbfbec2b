"""The names of layer types and of their families as a person reads them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from graph.blocks.block_use import BlockUse
from graph.layers.base.layer import Category, Layer
from graph.values.message import Message, say

CATEGORY_TITLES: Mapping[Category, Message] = MappingProxyType(
    {
        Category.INPUT_OUTPUT: say("Input, output"),
        Category.CONVOLUTION: say("Convolution"),
        Category.POOLING: say("Pooling"),
        Category.NORMALISATION: say("Normalisation"),
        Category.ACTIVATION: say("Activation"),
        Category.LINEAR: say("Linear"),
        Category.MERGE: say("Merge"),
        Category.ATTENTION: say("Attention"),
        Category.RESHAPE: say("Reshape"),
        Category.REGULARISATION: say("Regularisation"),
        Category.BLOCK: say("Block"),
    }
)


def kind_name(layer: Layer | type[Layer]) -> str:
    """The name of a layer's type: torch's, or that of the block it uses."""
    kind = layer if isinstance(layer, type) else type(layer)
    return kind.block.name if issubclass(kind, BlockUse) else kind.type_name()


def category_title(category: Category) -> str:
    """The name of a category in the user's language."""
    return CATEGORY_TITLES[category].text()
