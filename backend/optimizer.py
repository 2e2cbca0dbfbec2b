"""The optimizer that the settings ask for, with torch's own names and defaults."""

from __future__ import annotations

from torch import nn, optim

from backend.settings import TrainingSettings


def make_optimizer(module: nn.Module, settings: TrainingSettings) -> optim.Optimizer | None:
    """The optimizer of a module that is on its device; None if it has nothing to train."""
    parameters = [parameter for parameter in module.parameters() if parameter.requires_grad]
    if not parameters:
        return None
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
