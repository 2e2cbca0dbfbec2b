"""Small pictures and bars on the nodes of the canvas while a network trains."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from backend.channel.events import Probed
from graph.calls.plan import Plan
from gui.appearance.colormaps import Colormap, bars_image, strip_image
from gui.appearance.theme import current
from gui.session.session import Session


def strips(event: Probed, nodes: Collection[str] | None) -> dict[str, QImage]:
    """Feature maps of each node looked at (or of ``nodes`` only); a vector gives bars."""
    theme = current()
    result = {}
    for node, maps in event.maps.items():
        if nodes is not None and node not in nodes:
            continue
        palette = palette_of(maps)
        if maps.shape[:2] == (1, 1):
            result[node] = bars_image(maps, palette, theme)
        elif maps.shape[1:] == (1, 1):
            result[node] = bars_image(maps[:, 0, 0], palette, theme)
        else:
            result[node] = strip_image(maps, palette, theme)
    return result


def palette_of(maps: NDArray[np.float32]) -> Colormap:
    """From zero where nothing lies below it, else around zero."""
    return Colormap.DIVERGING if bool((maps < 0).any()) else Colormap.SEQUENTIAL


def activity_of(plan: Plan, session: Session) -> dict[str, float]:
    """Each node's share of the multiply-accumulates of the plan: where the time goes, about."""
    analysis, known = session.main_analysis, session.project.network.nodes
    macs = {step.node: analysis.facts(step.node).macs for step in plan.steps if step.node in known}
    total = sum(macs.values())
    return {node: count / total for node, count in macs.items()} if total else {}
