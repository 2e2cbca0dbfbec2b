"""Whether data has the answers that an output is to learn: a class for the image or a pixel."""

from __future__ import annotations

from backend.data.catalogue import known_sets
from graph.calls.plan import Plan
from graph.values.message import UserError, say


def check_target(target: str, *, masks: bool) -> None:
    """Raise UserError when an output tells a class and the data has masks, or the reverse."""
    if masks and target == "class":
        raise UserError(
            say(
                "The data has a class for every pixel and the output one for the image; choose "
                "other data, or a network for segmentation such as U-Net."
            )
        )
    if not masks and target == "mask":
        raise UserError(
            say(
                "The output has a class for every pixel and the data one for each image; choose "
                "data with masks, such as {example}.",
                example=next(known.name for known in known_sets() if known.masks),
            )
        )
    if target == "boxes":
        raise UserError(
            say(
                "The output gives boxes, and a detector's boxes cannot be trained here yet; the "
                "network can be opened, counted and exported: train it elsewhere."
            )
        )


def check_trainable(plan: Plan) -> None:
    """Raise UserError if no data could train the plan, before any is loaded."""
    if "boxes" in plan.targets:
        check_target("boxes", masks=False)
