"""The optimiser that the settings ask for, with torch's own names and defaults."""

from __future__ import annotations

from torch import nn, optim

from backend.training.settings import TrainingSettings
from graph.values.message import UserError, say


def make_optimiser(module: nn.Module, settings: TrainingSettings) -> optim.Optimizer | None:
    """The optimiser of a module that is on its device; None if it has no parameters. Frozen ones
    are left out. Raises UserError if all are frozen."""
    every = list(module.parameters())
    parameters = [parameter for parameter in every if parameter.requires_grad]
    if not every:
        return None
    if not parameters:
        raise UserError(
            say("All weights are frozen, so there is nothing to learn; unfreeze one layer.")
        )
    rate, decay = settings.learning_rate, settings.weight_decay
    if settings.optimizer == "SGD":
        return optim.SGD(
            parameters,
            rate,
            momentum=settings.momentum,
            nesterov=settings.nesterov,
            weight_decay=decay,
            fused=True,
        )
    if settings.optimizer == "RMSprop":
        return optim.RMSprop(parameters, rate, momentum=settings.momentum, weight_decay=decay)
    kind = optim.AdamW if settings.optimizer == "AdamW" else optim.Adam
    return kind(parameters, rate, weight_decay=decay, fused=True)
