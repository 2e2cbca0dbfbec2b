"""Networks of a single layer, between its inputs and its outputs."""

from __future__ import annotations

from graph.calls.call import Shape
from graph.layers.base.layer import Layer
from graph.layers.io import Input, Output
from graph.layers.registry import LAYERS
from graph.network.edits import Connect
from graph.network.network import Network, Wire
from tests.generators import chain, place


def wire(network: Network, source: str, output: str, target: str, port: str) -> None:
    """Draw a wire between two ports."""
    network.do(Connect(Wire(network.new_id("w"), source, output, target, port)))


def single(layer: Layer, shapes: list[Shape]) -> tuple[Network, str]:
    """A network of one layer behind its inputs, and its node; positions come from a pooling."""
    network = Network()
    ports = layer.input_ports()
    if any(port.indices for port in ports):
        return _unpooled(layer)
    starts = [place(network, Input(shape=shape)) for shape in shapes]
    node = place(network, layer)
    names = [port.name for port in ports] if len(ports) > 1 else [ports[0].name] * len(starts)
    for start, name in zip(starts, names, strict=True):
        wire(network, start, "output", node, name)
    return network, node


def _unpooled(layer: Layer) -> tuple[Network, str]:
    """The layer behind the pooling that it undoes."""
    name = type(layer).__name__.replace("Unpool", "Pool")
    pooling = next(kind for kind in LAYERS if kind.__name__ == name)
    shape = (2, *(6,) * (pooling.ranks[0] - 1))
    network, (_, pool) = chain(Input(shape=shape), pooling.make({"return_indices": True}))
    node = place(network, type(layer)())
    output, indices = (port.name for port in network.nodes[pool].layer.output_ports())
    value, positions = (port.name for port in layer.input_ports())
    wire(network, pool, output, node, value)
    wire(network, pool, indices, node, positions)
    return network, node


def with_outputs(network: Network, node: str) -> Network:
    """The network with an Output on every output of the node; positions need none."""
    for port in network.nodes[node].layer.output_ports():
        if not port.indices:
            wire(network, node, port.name, place(network, Output()), "input")
    return network
