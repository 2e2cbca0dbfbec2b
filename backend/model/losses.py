"""The loss that fits what a network gives (graph.planning.ending); logarithms are taken once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from backend.data.base.void import IGNORED
from graph.calls.plan import Name, Plan, Step
from graph.planning.ending import Values, ending_of
from graph.values.message import Message, UserError, say, say_count

Outputs = Tensor | tuple[Tensor, ...]
"""What a module gives: N×C, with masks N×C×H×W, or one such tensor for each output."""

OneLoss = Callable[[Tensor, Tensor], Tensor]

_TINY = 1e-12
_NEAREST = 2.0**-24  # 1 minus this is the largest float32 below 1


@dataclass(frozen=True, slots=True)
class Loss:
    """The weighted sum of the losses of all outputs; without the auxiliary ones when the module
    does not give them. ``void``: some pixels are of no class and count for nothing."""

    parts: tuple[OneLoss, ...]
    weights: tuple[float, ...]
    void: bool = False

    def __call__(self, outputs: Outputs, labels: Tensor) -> Tensor:
        """(outputs, labels int64 N or N×H×W) -> mean loss, a float32 scalar; 0 if all is void."""
        given = outputs if isinstance(outputs, tuple) else (outputs,)
        total: Tensor | None = None
        for part, weight, values in zip(self.parts, self.weights, given, strict=False):
            values = values.float()
            loss = _of_known(part, values, labels) if self.void else part(values, labels)
            loss = loss if weight == 1 else loss * weight
            total = loss if total is None else total + loss
        assert total is not None
        return total


def main_output(outputs: Outputs) -> Tensor:
    """The output that predicts, the first, in float32: N×C, or N×C×H×W for masks."""
    return (outputs[0] if isinstance(outputs, tuple) else outputs).float()


def make_loss(
    plan: Plan, label_smoothing: float, n_classes: int, *, masks: bool = False, void: bool = False
) -> Loss:
    """Cross entropy, in nats, of what the plan gives, with ``masks`` the mean of all pixels, with
    ``void`` of those that have a class.

    ``label_smoothing`` 0..1 mixes each label with the uniform distribution over the classes
    (Szegedy et al., "Rethinking the Inception Architecture", 2016), as torch's cross_entropy.
    Raises UserError if the plan's output cannot be compared with ``n_classes`` classes.
    """
    check_output(plan, n_classes, masks=masks)
    parts = tuple(
        _one_loss(ending_of(plan, output).values, label_smoothing) for output in plan.outputs
    )
    return Loss(parts, plan.weights or (1.0,) * len(parts), void)


def _of_known(part: OneLoss, outputs: Tensor, labels: Tensor) -> Tensor:
    """The loss of the pixels that have a class; outputs N×C×H×W, labels N×H×W."""
    known = labels != IGNORED
    if not known.any():
        return outputs.sum() * 0
    return part(outputs.movedim(1, -1)[known], labels[known])


def _one_loss(values: Values, label_smoothing: float) -> OneLoss:

    def from_scores(outputs: Tensor, labels: Tensor) -> Tensor:
        return F.cross_entropy(outputs, labels, label_smoothing=label_smoothing)

    def from_logarithms(outputs: Tensor, labels: Tensor) -> Tensor:
        loss = F.nll_loss(outputs, labels)
        return loss if not label_smoothing else torch.lerp(loss, -outputs.mean(), label_smoothing)

    def from_probabilities(outputs: Tensor, labels: Tensor) -> Tensor:
        return from_logarithms(outputs.clamp_min(_TINY).log(), labels)

    def from_shares(outputs: Tensor, labels: Tensor) -> Tensor:
        return from_scores(_logit(outputs), labels)

    def from_log_shares(outputs: Tensor, labels: Tensor) -> Tensor:
        return from_scores(_log_logit(outputs), labels)

    return {
        Values.SCORES: from_scores,
        Values.LOGARITHMS: from_logarithms,
        Values.PROBABILITIES: from_probabilities,
        Values.SHARES: from_shares,
        Values.LOG_SHARES: from_log_shares,
    }[values]


def _logit(shares: Tensor) -> Tensor:
    """The scores x of σ(x): log y − log (1 − y)."""
    return shares.clamp(_TINY, 1 - _NEAREST).logit()


def _log_logit(logarithms: Tensor) -> Tensor:
    """The scores x of log σ(x)."""
    return logarithms - torch.log1p(-logarithms.exp().clamp_max(1 - _NEAREST))


def right_share(outputs: Tensor, labels: Tensor) -> Tensor:
    """For each image whether its class is right: outputs N×C and labels N to bool N. For masks,
    outputs N×C×H×W and labels N×H×W, the share 0..1 of its pixels that are, of those that have a
    class: float32 N."""
    hits = outputs.argmax(dim=1) == labels
    if hits.dim() == 1:
        return hits
    known = (labels != IGNORED).flatten(1).sum(dim=1).clamp_min(1)
    return hits.flatten(1).sum(dim=1) / known


def pixel_counts(outputs: Tensor, labels: Tensor) -> Tensor:
    """Pixels by true class (row) and likeliest class (column), int64 C×C on the device; outputs
    N×C×H×W, labels N×H×W. Void pixels are in no row."""
    n_classes = outputs.shape[1]
    n_pairs = n_classes**2
    pairs = labels * n_classes + outputs.argmax(dim=1)
    pairs = pairs.masked_fill(labels == IGNORED, n_pairs).flatten()
    return torch.bincount(pairs, minlength=n_pairs + 1)[:n_pairs].view(n_classes, n_classes)


def make_probabilities(plan: Plan) -> Callable[[Tensor], Tensor]:
    """What turns the plan's first output N×C into probabilities 0..1 N×C, and those of a map
    N×C×H×W into their mean N×C over the pixels."""
    normalised = _normalised(plan)
    return lambda outputs: (
        normalised(outputs).flatten(2).mean(2) if outputs.dim() > 2 else (normalised(outputs))
    )


def _normalised(plan: Plan) -> Callable[[Tensor], Tensor]:
    def of_scores(scores: Tensor) -> Tensor:
        return scores.softmax(dim=1)

    known: dict[Values, Callable[[Tensor], Tensor]] = {
        Values.SCORES: of_scores,
        Values.LOGARITHMS: torch.exp,
        Values.PROBABILITIES: lambda outputs: outputs,
        Values.SHARES: lambda outputs: of_scores(_logit(outputs)),
        Values.LOG_SHARES: lambda outputs: of_scores(_log_logit(outputs)),
    }
    return known[ending_of(plan, plan.outputs[0]).values]


def check_output(plan: Plan, n_classes: int, *, masks: bool = False) -> None:
    """Raise UserError unless the plan turns one image into values for each class; with ``masks``
    for each pixel, too."""
    if len(plan.inputs) != 1 or not plan.outputs:
        raise UserError(
            say(
                "The network has {inputs} and {outputs}; training takes one input and at least "
                "one output.",
                inputs=say_count("{n} input", "{n} inputs", len(plan.inputs)),
                outputs=say_count("{n} output", "{n} outputs", len(plan.outputs)),
            )
        )
    if plan.auxiliary >= len(plan.outputs):
        raise UserError(
            say("All outputs are auxiliary, so none is left to predict; turn it off for one.")
        )
    for output in plan.outputs:
        shape = _shape(plan, output)
        if masks:
            _check_map(shape, plan.inputs[0][1])
        elif len(shape) != 1:
            raise _no_vector(shape)
        _check_classes(shape[0], n_classes)


def spare_outputs(plan: Plan, n_classes: int) -> Message | None:
    """What to tell of a plan whose first output has more values than the data has classes."""
    n_outputs = _shape(plan, plan.outputs[0])[0]
    if n_outputs <= n_classes:
        return None
    return say(
        "The network has {outputs} and the data {kinds}, so some outputs are never right; a "
        "template is fitted with --classes {classes}, or set the last layer's size to {classes}.",
        outputs=say_count("{n} output", "{n} outputs", n_outputs),
        kinds=say_count("{n} class", "{n} classes", n_classes),
        classes=n_classes,
    )


def _no_vector(shape: tuple[int, ...]) -> UserError:
    return UserError(
        say(
            "The network's output has shape {shape}; training needs one value per class. "
            "Put Flatten and Linear before the output.",
            shape=_written(shape),
        )
    )


def _check_map(shape: tuple[int, ...], image: tuple[int, ...]) -> None:
    if len(shape) != 3 or shape[1:] != tuple(int(size) for size in image[1:]):
        raise UserError(
            say(
                "The data has a mask for each image and the network's output has shape {shape}; "
                "training needs values for each class and pixel of {image}. Let the last layer "
                "be a convolution of the image's height and width.",
                shape=_written(shape),
                image=_written(image),
            )
        )


def _check_classes(outputs: int, n_classes: int) -> None:
    if outputs < n_classes:
        raise UserError(
            say(
                "The network has {outputs} and the data has {classes}; give the last layer "
                "{wanted}.",
                outputs=say_count("{n} output", "{n} outputs", outputs),
                classes=say_count("{n} class", "{n} classes", n_classes),
                wanted=say_count("{n} output", "{n} outputs", n_classes),
            )
        )


def _written(shape: tuple[int, ...]) -> str:
    return "×".join(str(int(size)) for size in shape)


def _maker(plan: Plan, output: Name) -> Step | None:
    return next((step for step in plan.steps if step.name == output[0]), None)


def _shape(plan: Plan, output: Name) -> tuple[int, ...]:
    step = _maker(plan, output)
    shape = step.shapes[output[1]] if step else dict(plan.inputs)[output[0]]
    return tuple(int(size) for size in shape)
