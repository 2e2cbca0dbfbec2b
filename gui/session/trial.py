"""What a repair would cost: tried on a copy of the network, so that nobody sees it happen."""

from __future__ import annotations

from dataclasses import dataclass

from graph.analysis.analysis import Analysis
from graph.network.edits import AddNode, Batch, Connect
from graph.network.network import Change, Edit, EditRefused, Network


@dataclass(frozen=True, slots=True)
class Cost:
    """Differences to the network as it is; memory in bytes for one image. ``faults`` is how many
    errors would be left."""

    parameters: int
    macs: int
    memory: int
    faults: int


def copied(network: Network) -> Network:
    """The same nodes and wires, with the same ids and blocks, and no listeners."""
    result = Network(network.guard)
    order = network.order()
    edits: list[Edit] = [AddNode(network.nodes[node]) for node in order]
    # In this order no wire has to look for a cycle behind its target.
    edits += [Connect(wire) for node in order for wire in network.inputs(node)]
    result.do(Batch(tuple(edits)))
    return result


def cost_of(known: Analysis, edit: Edit) -> Cost | None:
    """What the nodes that the edit makes or sets, and those already known, would cost more.

    None if the network would refuse the edit.
    """
    trial = copied(known.network)
    before = {node: known.facts(node) for node in trial.nodes}
    analysis = known.of_copy(trial)
    analysis.follow()
    changes: list[Change] = []
    trial.listen(changes.append)
    try:
        trial.do(edit)
    except EditRefused:
        return None
    own = changes[-1].added | changes[-1].updated
    parameters = macs = memory = 0
    for node in trial.nodes:
        old, new = before.get(node), analysis.facts(node)
        if node not in own and (old is None or old.assumed):
            continue  # only now computed: what it costs is not the repair's
        parameters += new.parameters - (old.parameters if old else 0)
        macs += new.macs - (old.macs if old else 0)
        memory += new.memory - (old.memory if old else 0)
    return Cost(parameters, macs, memory, len(analysis.errors()))
