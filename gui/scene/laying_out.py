"""Laying out what is not open yet: a fresh template, a new block. No undo step is made."""

from __future__ import annotations

from graph.analysis.analysis import Analysis
from graph.calls.call import Shape
from graph.document.project import Project
from graph.network.edits import Move
from graph.network.network import Network, Position
from graph.network.scope import MAIN, Scope
from gui.scene.arrange import ViewSize, arrange, moved
from gui.session.levels import sample_scope


def lay_out_project(project: Project, view: ViewSize | None = None) -> None:
    """Arrange the network of a fresh project and the inside of each of its blocks."""
    lay_out(project.network, view=view)
    for block in project.library.blocks.values():
        lay_out(block.network, sample_scope(block), view)


def lay_out(network: Network, scope: Scope = MAIN, view: ViewSize | None = None) -> None:
    """Arrange a whole network that is not open yet (a fresh template), without an undo step."""
    positions = positions_of(network, scope, view)
    if positions:
        network.do(Move(positions))


def positions_of(
    network: Network, scope: Scope = MAIN, view: ViewSize | None = None
) -> dict[str, Position]:
    """Where the nodes of a whole network that is not open would stand, of those that would move."""
    analysis = Analysis(network, scope)

    def shape_of(node: str) -> tuple[Shape | None, Shape | None]:
        facts = analysis.facts(node)
        return (facts.inputs[0] if facts.inputs else None), facts.output

    return moved(network, arrange(network, network.nodes, shape_of, view))
