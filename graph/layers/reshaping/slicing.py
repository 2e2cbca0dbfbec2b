"""Layers that give parts of their input."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate

from graph.calls.call import Apply, Shape
from graph.layers.base.axis_number import no_dimension, position
from graph.layers.base.layer import Category, Explanation, FaultKind, Layer, Port, Problem, dims
from graph.layers.base.reach import SAME, WHOLE, Axis, Picked
from graph.layers.base.registration import register
from graph.values.declaration import show
from graph.values.fields import integer, integers, optional_integer
from graph.values.message import say, say_count


class _Parts(Layer):
    """Base: parts one behind the other along one dimension, each on an output of its own."""

    category = Category.RESHAPE
    passes_input = True
    outputs_differ = True

    dim: int

    def _count(self) -> int:
        raise NotImplementedError

    def _sizes(self, length: int) -> tuple[int, ...]:
        raise NotImplementedError

    def _place(self, shape: Shape) -> int:
        return position(self.dim, len(shape)) or 0

    def output_ports(self) -> tuple[Port, ...]:
        return tuple(Port(f"out{number}") for number in range(1, self._count() + 1))

    def shapes(self, inputs: Sequence[Shape]) -> tuple[Shape, ...]:
        shape = inputs[0]
        place = self._place(shape)
        before, after = shape[:place], shape[place + 1 :]
        return tuple((*before, size, *after) for size in self._sizes(shape[place]))

    def reach(self, inputs: Sequence[Shape], index: int) -> tuple[Axis, ...]:
        place = self._place(inputs[0])
        return tuple(WHOLE if axis == place else SAME for axis in range(1, len(inputs[0])))

    def reach_to(self, inputs: Sequence[Shape], index: int, output: int) -> tuple[Axis, ...]:
        shape = inputs[0]
        place = self._place(shape)
        start = (0, *accumulate(self._sizes(shape[place])))[output]
        return tuple(Picked(start) if axis == place else SAME for axis in range(1, len(shape)))

    def explain(self, inputs: Sequence[Shape]) -> Iterator[Explanation]:
        found = ", ".join(dims(shape) for shape in self.shapes(inputs))
        yield Explanation(say("Parts"), "x = (x₁, x₂, …)", dims(inputs[0]), found)


@register
class Split(_Parts):
    """Cuts its input into parts of given sizes along one dimension."""

    summary = "Cuts its input into parts of given sizes, each on an output of its own."
    search = ("divide", "parts", "branches", "cross stage partial")

    split_size: tuple[int, ...] = integers(
        (1, 1),
        1,
        1_000_000,
        "Size of each part; together they are the dimension.",
        least=2,
        most=16,
    )
    dim: int = integer(1, -4, 4, "Dimension to cut; 1 is the channels.")

    def _count(self) -> int:
        return len(self.split_size)

    def _sizes(self, length: int) -> tuple[int, ...]:
        return self.split_size

    def problems(self, inputs: Sequence[Shape]) -> Iterator[Problem]:
        (shape,) = inputs
        yield from no_dimension(shape, "dim", self.dim)
        place = position(self.dim, len(shape))
        if place is None or sum(self.split_size) == shape[place]:
            return
        others = sum(self.split_size[:-1])
        left = shape[place] - others
        yield Problem(
            FaultKind.DIMENSION,
            say(
                "the sizes make {sum}, and dimension {dim} has {n}",
                sum=sum(self.split_size),
                dim=self.dim,
                n=shape[place],
            ),
            say("Use sizes that make {n} together", n=shape[place]),
            field="split_size",
            value=show(self.split_size),
            changes={"split_size": (*self.split_size[:-1], left)} if left > 0 else {},
        )

    def call(self, inputs: Sequence[Shape]) -> Apply:
        return Apply("torch.split", {"split_size_or_sections": self.split_size, "dim": self.dim})

    def face(self, inputs: Sequence[Shape]) -> tuple[str, str]:
        return " + ".join(str(int(size)) for size in self.split_size), ""


@register
class Chunk(_Parts):
    """Cuts its input into a number of parts along one dimension: all of size ⌈n / chunks⌉ but the
    last, which has what is left."""

    summary = "Cuts its input into equal parts, each on an output of its own."
    search = ("divide", "halves", "equal parts", "channel split")

    chunks: int = integer(2, 2, 16, "Number of parts; the last may be smaller.")
    dim: int = integer(1, -4, 4, "Dimension to cut; 1 is the channels.")

    def _count(self) -> int:
        return self.chunks

    def _sizes(self, length: int) -> tuple[int, ...]:
        if length % self.chunks == 0:
            return (length // self.chunks,) * self.chunks
        size = -(-length // self.chunks)
        whole, rest = divmod(length, size)
        return (size,) * whole + ((rest,) if rest else ())

    def problems(self, inputs: Sequence[Shape]) -> Iterator[Problem]:
        (shape,) = inputs
        yield from no_dimension(shape, "dim", self.dim)
        place = position(self.dim, len(shape))
        if place is None:
            return
        count = len(self._sizes(shape[place]))
        if count != self.chunks:
            yield Problem(
                FaultKind.DIMENSION,
                say_count(
                    "{n} position fills {parts} only",
                    "{n} positions fill {parts} only",
                    shape[place],
                    parts=say_count("{n} part", "{n} parts", count),
                ),
                say("Use {count}, or Split with sizes of your own", count=count)
                if count > 1
                else say("Take it away, or cut another dimension"),
                field="chunks",
                value=str(self.chunks),
                changes={"chunks": count} if count > 1 else {},
            )

    def call(self, inputs: Sequence[Shape]) -> Apply:
        return Apply("torch.chunk", {"chunks": self.chunks, "dim": self.dim})

    def face(self, inputs: Sequence[Shape]) -> tuple[str, str]:
        return f"÷ {self.chunks}", ""


@register
class Slice(Layer):
    """Takes the positions start, start + step, … before stop along one dimension."""

    category = Category.RESHAPE
    summary = "Takes a part of its input along one dimension, as x[start:stop:step]."
    search = ("crop", "narrow", "index", "select", "cut", "part")
    passes_input = True

    dim: int = integer(1, -4, 4, "Dimension to take from; 1 is the channels.")
    start: int = integer(0, -1_000_000, 1_000_000, "First position; negative counts from the end.")
    stop: int | None = optional_integer(
        None,
        -1_000_000,
        1_000_000,
        "Position to stop before; negative counts from the end.",
        "the end",
    )
    step: int = integer(1, 1, 1_000_000, "Take every so many.")

    def _taken(self, length: int) -> range:
        return range(length)[self.start : self.stop : self.step]

    def _count(self, length: int) -> int:
        """How many positions are taken, in the expressions of traced settings where it can be."""
        start, stop = self.start, self.stop
        if self.step == 1 and stop is None and -length <= start <= length:
            return -start if start < 0 else length - start
        if self.step == 1 and start == 0 and stop is not None and 0 <= stop <= length:
            return stop
        return len(self._taken(length))

    def problems(self, inputs: Sequence[Shape]) -> Iterator[Problem]:
        (shape,) = inputs
        yield from no_dimension(shape, "dim", self.dim)
        place = position(self.dim, len(shape))
        if place is not None and not self._taken(shape[place]):
            yield Problem(
                FaultKind.DIMENSION,
                say("no position of {n} is left", n=shape[place]),
                say_count(
                    "Start before the stop, and within the {n} position",
                    "Start before the stop, and within the {n} positions",
                    shape[place],
                ),
                field="start",
                value=str(self.start),
                changes={"start": 0, "stop": None},
            )

    def shapes(self, inputs: Sequence[Shape]) -> tuple[Shape, ...]:
        shape = inputs[0]
        place = position(self.dim, len(shape)) or 0
        return ((*shape[:place], self._count(shape[place]), *shape[place + 1 :]),)

    def reach(self, inputs: Sequence[Shape], index: int) -> tuple[Axis, ...]:
        shape = inputs[0]
        place = position(self.dim, len(shape)) or 0
        taken = self._taken(shape[place])
        picked = Picked(taken.start, self.step)
        return tuple(picked if axis == place else SAME for axis in range(1, len(shape)))

    def call(self, inputs: Sequence[Shape]) -> Apply:
        place = position(self.dim, len(inputs[0])) or 0
        arguments = {"dim": place + 1, "start": self.start or None}
        return Apply("operator.getitem", {**arguments, "stop": self.stop, "step": self.step})

    def face(self, inputs: Sequence[Shape]) -> tuple[str, str]:
        stop = "" if self.stop is None else str(self.stop)
        step = f":{self.step}" if self.step != 1 else ""
        return f"dim {self.dim}  {self.start}:{stop}{step}", ""

    def explain(self, inputs: Sequence[Shape]) -> Iterator[Explanation]:
        result = self.shapes(inputs)[0]
        yield Explanation(
            say("Positions"), "⌈(stop − start) / step⌉", dims(inputs[0]), dims(result)
        )
