"""The loss that fits how a network ends: logits, log-probabilities or probabilities."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F

from graph.layer import Call
from graph.message import UserError, say
from graph.plan import Plan, Step

Loss = Callable[[Tensor, Tensor], Tensor]
"""(outputs N×C, labels int64 N) -> mean loss, a scalar."""

_TINY = 1e-12


def make_loss(plan: Plan, label_smoothing: float, n_classes: int) -> Loss:
    """Cross entropy of what the plan gives. Raises UserError if its output cannot be compared."""
    check_output(plan, n_classes)
    ending = _ending(plan)

    def from_logits(outputs: Tensor, labels: Tensor) -> Tensor:
        return F.cross_entropy(outputs, labels, label_smoothing=label_smoothing)

    def from_logarithms(outputs: Tensor, labels: Tensor) -> Tensor:
        loss = F.nll_loss(outputs, labels)
        return loss if not label_smoothing else torch.lerp(loss, -outputs.mean(), label_smoothing)

    def from_probabilities(outputs: Tensor, labels: Tensor) -> Tensor:
        return from_logarithms(outputs.clamp_min(_TINY).log(), labels)

    return {"nn.LogSoftmax": from_logarithms, "nn.Softmax": from_probabilities}.get(
        ending, from_logits
    )


def make_probabilities(plan: Plan) -> Callable[[Tensor], Tensor]:
    """What turns the plan's outputs N×C into probabilities N×C."""
    ending = _ending(plan)
    if ending == "nn.Softmax":
        return lambda outputs: outputs
    return torch.exp if ending == "nn.LogSoftmax" else lambda outputs: outputs.softmax(dim=1)


def check_output(plan: Plan, n_classes: int) -> None:
    """Raise UserError unless the plan turns one image into one value per class."""
    if len(plan.inputs) != 1 or len(plan.outputs) != 1:
        raise UserError(
            say(
                "The network has {inputs} inputs and {outputs} outputs; training takes one of "
                "each. Remove the others.",
                inputs=len(plan.inputs),
                outputs=len(plan.outputs),
            )
        )
    shape = _output_shape(plan)
    if len(shape) != 1:
        raise UserError(
            say(
                "The network's output has shape {shape}; training needs one value per class. "
                "Put Flatten and Linear before the output.",
                shape="×".join(map(str, shape)),
            )
        )
    if shape[0] < n_classes:
        raise UserError(
            say(
                "The network has {outputs} outputs and the data has {classes} classes; give the "
                "last layer {classes} outputs.",
                outputs=shape[0],
                classes=n_classes,
            )
        )


def _last(plan: Plan) -> Step | None:
    return next((step for step in plan.steps if step.name == plan.outputs[0][0]), None)


def _output_shape(plan: Plan) -> tuple[int, ...]:
    name, number = plan.outputs[0]
    step = _last(plan)
    shape = step.shapes[number] if step else dict(plan.inputs)[name]
    return tuple(int(size) for size in shape)


def _ending(plan: Plan) -> str:
    """The torch name of the last module, also inside a nested plan; empty for anything else."""
    step = _last(plan)
    if step is None or len(step.shapes) != 1:
        return ""
    if isinstance(step.operation, Plan):
        return _ending(step.operation)
    return step.operation.target if isinstance(step.operation, Call) else ""
