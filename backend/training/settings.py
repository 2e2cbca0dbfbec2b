"""How to train: one declaration that the form, the project file and the command line share.

Nothing here imports torch: the window shows the form before torch is loaded.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from pydantic import model_validator

from graph.calls.plan import Plan
from graph.layers.base.initialisation import (
    CLASSIC_HELP,
    CONSTANT,
    HELP,
    SCHEMES,
    value_field,
    with_initialisation,
)
from graph.values.declaration import Declaration, FieldError
from graph.values.fields import choice, flag, integer, optional_integer, real
from graph.values.message import say

OPTIMISERS = ("SGD", "Adam", "AdamW", "RMSprop")
SCHEDULES = ("constant", "step", "cosine", "one-cycle")
DEVICES = ("best", "cpu", "cuda", "mps")
PRECISIONS = ("float32", "mixed")


class TrainingSettings(Declaration):
    """Everything that decides a training besides the network and the data."""

    epochs: int = integer(5, 1, 10_000, "How often every training image is seen.")
    batch_size: int = integer(64, 1, 65_536, "Images per step.")
    optimizer: str = choice("AdamW", OPTIMISERS, "How the gradients change the weights.")
    learning_rate: float = real(
        5e-3, 0.0, 100.0, "Size of a change; the schedule's highest.", open_minimum=True
    )
    momentum: float = real(
        0.9, 0.0, 1.0, "Share of the last change that is kept (SGD, RMSprop).", open_maximum=True
    )
    nesterov: bool = flag(False, "Look ahead along the momentum (SGD).")
    weight_decay: float = real(0.01, 0.0, 10.0, "Pulls the weights towards zero.")
    schedule: str = choice("one-cycle", SCHEDULES, "How the learning rate changes over the run.")
    step_size: int = integer(
        10, 1, 10_000, "Epochs between two drops (step schedule).", unit="epochs"
    )
    step_factor: float = real(
        0.1, 0.0, 1.0, "Factor of each drop (step schedule).", open_minimum=True
    )
    label_smoothing: float = real(
        0.05, 0.0, 1.0, "Share of the target spread over all classes.", open_maximum=True
    )
    validation_fraction: float = real(
        0.1,
        0.0,
        1.0,
        "Share of the images kept for validation, where the data has no such part.",
        open_minimum=True,
        open_maximum=True,
    )
    initialisation: str = choice(
        "default",
        SCHEMES,
        "For every layer that leaves it at default. "
        f"{HELP} {CLASSIC_HELP.format(which='the first convolution')}",
    )
    initial_value: float = value_field()
    seed: int = integer(0, 0, 2**31 - 1, "Decides first weights, order and dropout.")
    device: str = choice("best", DEVICES, "What computes; best takes the fastest there is.")
    precision: str = choice("float32", PRECISIONS, "mixed is faster where the device supports it.")
    threads: int | None = optional_integer(
        None, 1, 1024, "Processor threads for training on the CPU.", "all cores but one"
    )

    @model_validator(mode="after")
    def _agree(self) -> Self:
        # FieldError is no ValueError, so pydantic passes it on as it is.
        if self.optimizer == "SGD" and self.nesterov and self.momentum == 0:
            raise FieldError(
                say("nesterov needs a momentum above 0; set momentum to 0.9 or turn nesterov off."),
                "nesterov",
                self.nesterov,
            )
        return self

    def started(self, plan: Plan) -> Plan:
        """The plan with the first weights that these settings ask for."""
        return with_initialisation(plan, self.initialisation, self.initial_value)

    def unused(self) -> frozenset[str]:
        """Fields without effect while the others are as they are; the form shows them dimmed."""
        names = set()
        if self.optimizer not in ("SGD", "RMSprop"):
            names.add("momentum")
        if self.optimizer != "SGD":
            names.add("nesterov")
        if self.initialisation != CONSTANT:
            names.add("initial_value")
        if self.schedule != "step":
            names |= {"step_size", "step_factor"}
        if self.device in ("cuda", "mps"):
            names.add("threads")
        return frozenset(names)


def started(plan: Plan, training: Mapping[str, Any]) -> Plan:
    """The plan with the first weights that a project's training asks for, if that is legal."""
    try:
        return TrainingSettings.make(training).started(plan)
    except FieldError:
        return plan
