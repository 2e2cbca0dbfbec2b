"""A layer that does nothing."""

from __future__ import annotations

from collections.abc import Sequence

from graph.calls.call import Call, Shape
from graph.layers.base.layer import Category, Layer
from graph.layers.base.registration import register


@register
class Identity(Layer):
    """Gives its input unchanged: a place to name, or to replace later."""

    category = Category.RESHAPE
    summary = "Gives its input unchanged: a place to name, or to replace later."
    search = ("nothing", "pass", "skip", "no operation")
    passes_input = True

    def call(self, inputs: Sequence[Shape]) -> Call:
        return Call("nn.Identity", {})
