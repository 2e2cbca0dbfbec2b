"""Torch's random state, lent to a training only while it works.

Dropout draws from torch's one generator. A training seeds it from (seed, epoch) and puts the
state of the others back before it hands out an event, so that neither disturbs the other.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from backend.channel.events import Event


def seed_random(device: torch.device, seed: int) -> None:
    """Seed what random layers on ``device`` draw from."""
    torch.default_generator.manual_seed(seed)
    if device.type == "cuda":
        torch.cuda.manual_seed(seed)
    elif device.type == "mps":
        torch.mps.manual_seed(seed)


def apart(events: Iterator[Event], device: torch.device) -> Iterator[Event]:
    """The same events, with a random state of their own between them."""
    own = _state(device)
    while True:
        others = _state(device)
        _restore(device, own)
        try:
            event = next(events, None)
        finally:
            own = _state(device)
            _restore(device, others)
        if event is None:
            return
        yield event


def _state(device: torch.device) -> tuple[Tensor, Tensor | None]:
    if device.type == "cuda":
        return torch.get_rng_state(), torch.cuda.get_rng_state(device)
    if device.type == "mps":
        return torch.get_rng_state(), torch.mps.get_rng_state()
    return torch.get_rng_state(), None


def _restore(device: torch.device, state: tuple[Tensor, Tensor | None]) -> None:
    torch.set_rng_state(state[0])
    if state[1] is None:
        return
    if device.type == "cuda":
        torch.cuda.set_rng_state(state[1], device)
    else:
        torch.mps.set_rng_state(state[1])
