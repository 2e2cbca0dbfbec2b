"""Where images enter and results leave."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from graph.calls.call import Shape
from graph.layers.base.layer import INPUT, Category, FaultKind, Layer, Port, Problem, dims
from graph.layers.base.registration import register
from graph.values.fields import choice, extent, flag, real
from graph.values.message import say


@register
class Input(Layer):
    """The image that enters the network."""

    category = Category.INPUT_OUTPUT
    summary = "The image that enters the network: channels, height, width."
    search = ("image", "start", "data")

    shape: tuple[int, ...] = extent((1, 28, 28), 1, 8192, "Channels, height and width.")

    def input_ports(self) -> tuple[Port, ...]:
        return ()

    def shapes(self, inputs: Sequence[Shape]) -> tuple[Shape, ...]:
        return (self.shape,)

    def face(self, inputs: Sequence[Shape]) -> tuple[str, str]:
        return (dims(self.shape), "float32")


@register
class Output(Layer):
    """The result of the network: one value per class, not yet normalised (logits), for the image
    or for each of its pixels."""

    category = Category.INPUT_OUTPUT
    summary = "The result that the loss compares with the labels."
    search = (
        "end",
        "result",
        "logits",
        "loss",
        "cross entropy",
        "mask",
        "auxiliary",
        "head",
        "deep supervision",
    )

    loss_weight: float = real(
        1.0, 0.0, 1000.0, "The loss of this output counts so much in the sum of all outputs'."
    )
    auxiliary: bool = flag(
        False, "Only helps to train: neither this output nor what only it needs runs afterwards."
    )

    target: str = choice(
        "class",
        ("class", "mask", "boxes"),
        "What it tells: the class of the image, the class of each pixel, or boxes around objects, "
        "which cannot be trained here.",
    )

    def output_ports(self) -> tuple[Port, ...]:
        return ()

    def input_ports(self) -> tuple[Port, ...]:
        return (INPUT,)

    def shapes(self, inputs: Sequence[Shape]) -> tuple[Shape, ...]:
        return ()

    def face(self, inputs: Sequence[Shape]) -> tuple[str, str]:
        weight = "" if self.loss_weight == 1 else f"{self.loss_weight:g}"
        words = f"aux {weight}" if self.auxiliary else weight and f"loss ×{weight}"
        return (words.strip(), dims(inputs[0]) if inputs else "")

    def problems(self, inputs: Sequence[Shape]) -> Iterator[Problem]:
        (shape,) = inputs
        if self.target == "boxes":
            yield Problem(
                FaultKind.LOSS,
                say("Boxes cannot be trained here: there is no loss and no data for them"),
                say("Look at the network, export it, and train it elsewhere"),
                field="target",
                value=self.target,
                warning=True,
            )
        elif self.target == "mask" and len(shape) != 3:
            yield Problem(
                FaultKind.LOSS,
                say("A mask needs values for each pixel: classes, height, width"),
                say("Take the output of a convolution, or set target to class"),
                port="input",
                value=dims(shape),
                warning=True,
            )
        elif self.target == "class" and len(shape) != 1:
            yield Problem(
                FaultKind.LOSS,
                say("Classification compares one value per class, a vector"),
                say("Put a global pooling and a flatten before the output, or set target to mask")
                if len(shape) == 3
                else say("Put a global pooling and a flatten before the output"),
                port="input",
                value=dims(shape),
                warning=True,
            )
