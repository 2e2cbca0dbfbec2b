"""Auxiliary outputs: heads that help to train and are gone afterwards.

In training mode the module gives all outputs, in evaluation mode the main ones alone, and what
only the auxiliary ones need is not run at all. Both ways share every part, so that names, weights
and modes are those of one module.
"""

from __future__ import annotations

from typing import Any

from torch import fx

MAIN = "main"
"""``meta[MAIN]`` of a graph's output is the number of main outputs, which come first."""


class HeadedModule(fx.GraphModule):
    """A module whose graph ends with auxiliary outputs. ``graph`` is the one of training.

    No layer is called like an attribute that begins with an underscore, so none is hidden.
    """

    _evaluation: fx.Graph
    """The graph without them."""

    def recompile(self) -> Any:
        """Make the code of both graphs."""
        code = super().recompile()
        self._evaluation = _without_auxiliary(self.graph)
        kind: Any = type(self)  # every module of fx has a class of its own
        training = kind.forward
        evaluation = type(fx.GraphModule(self, self._evaluation)).forward

        def forward(self: HeadedModule, *inputs: Any) -> Any:
            return (training if self.training else evaluation)(self, *inputs)

        kind.forward = forward
        return code


def running_graph(module: fx.GraphModule) -> fx.Graph:
    """The graph that the module runs in its present mode."""
    if isinstance(module, HeadedModule) and not module.training:
        return module._evaluation
    return module.graph


def _without_auxiliary(graph: fx.Graph) -> fx.Graph:
    output = graph.output_node()
    results: Any = output.args[0]
    main = results[: output.meta[MAIN]]
    needed: set[fx.Node] = set()
    waiting = list(main)
    while waiting:
        node = waiting.pop()
        if node not in needed:
            needed.add(node)
            waiting += node.all_input_nodes
    values: dict[fx.Node, fx.Node] = {}
    smaller = fx.Graph()
    for node in graph.nodes:
        if node in needed or node.op == "placeholder":
            values[node] = smaller.node_copy(node, values.__getitem__)
    kept = tuple(values[node] for node in main)
    smaller.output(kept[0] if len(kept) == 1 else kept)
    return smaller
