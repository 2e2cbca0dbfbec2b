"""The name of a layer's type as a person reads it: torch's, or that of the block it uses."""

from __future__ import annotations

from graph.blocks.block_use import BlockUse
from graph.layers.base.layer import Layer


def kind_name(layer: Layer | type[Layer]) -> str:
    """``Conv2d``, or the name of the block that the layer uses."""
    kind = layer if isinstance(layer, type) else type(layer)
    return kind.block.name if issubclass(kind, BlockUse) else kind.type_name()
