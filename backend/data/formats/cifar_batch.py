"""Files of CIFAR's Python version, read without unpickling.

Such a file is a program for a small stack machine that builds one dictionary of lists, texts and an
array of bytes. This reader knows the opcodes that those files use (protocols 0 to 4) and the four
names that make an array, which stand for values here: nothing is looked up, called or imported.
Whatever else it meets is refused. The opcodes are described in Python's module pickletools.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from graph.values.message import Message, say

BatchValue = Any
"""int, bool, bytes, str, None, a list, tuple or dict of values, or one of the classes below."""

_NAMES = frozenset(
    {
        ("numpy.core.multiarray", "_reconstruct"),
        ("numpy._core.multiarray", "_reconstruct"),
        ("numpy", "ndarray"),
        ("numpy", "dtype"),
        ("_codecs", "encode"),
    }
)
_LONG_CEILING = 8
_PROTOCOLS = range(5)


class BadBatch(Exception):
    """A file that is none of CIFAR's; ``reason`` says why."""

    def __init__(self, reason: Message) -> None:
        super().__init__(str(reason))
        self.reason = reason


@dataclass(slots=True)
class ByteArray:
    """An array of unsigned bytes, of which the file is told the shape and the content."""

    shape: tuple[int, ...] = ()
    content: bytes = b""


@dataclass(slots=True)
class _Type:
    """The type of an array's values, such as ``u1``."""

    name: str


@dataclass(frozen=True, slots=True)
class _Named:
    """A name that a file may use."""

    module: str
    name: str


def read_batch(content: bytes) -> dict[str, BatchValue]:
    """The dictionary in a file, its keys as text. Raises BadBatch for anything else."""
    try:
        value = _Machine(content).run()
    except (IndexError, KeyError, TypeError, ValueError, struct.error, RecursionError) as error:
        raise BadBatch(say("it is damaged or no file of CIFAR's Python version")) from error
    if not isinstance(value, dict):
        raise BadBatch(say("it is damaged or no file of CIFAR's Python version"))
    return {text_of(key): found for key, found in value.items()}


def text_of(value: BatchValue) -> str:
    """A text, which Python 2 wrote as bytes. Raises BadBatch for what is none."""
    if isinstance(value, bytes):
        return value.decode("latin-1")
    if isinstance(value, str):
        return value
    raise BadBatch(say("it has a value where a text was expected"))


@dataclass(slots=True)
class _Machine:
    """The stack, what was kept to be used again, and the place in the file."""

    content: bytes
    place: int = 0
    stack: list[BatchValue] = field(default_factory=list)
    below: list[list[BatchValue]] = field(default_factory=list)
    """Stacks under a mark."""
    kept: dict[int, BatchValue] = field(default_factory=dict)

    def run(self) -> BatchValue:
        """Work until the end. Raises BadBatch and what a damaged file makes of the work."""
        while True:
            opcode = self._take(1)
            if opcode == b".":
                return self.stack.pop()
            work = _OPCODES.get(opcode)
            if work is None:
                raise BadBatch(
                    say(
                        "the opcode {code} at byte {place} is none that such files use",
                        code=f"0x{opcode[0]:02x}",
                        place=self.place - 1,
                    )
                )
            work(self)

    # Reading

    def _take(self, count: int) -> bytes:
        found = self.content[self.place : self.place + count]
        if count < 0 or len(found) < count:
            raise ValueError("the file ends early")
        self.place += count
        return found

    def _number(self, form: str) -> int:
        (value,) = struct.unpack(form, self._take(struct.calcsize(form)))
        return int(value)

    def _line(self) -> bytes:
        end = self.content.index(b"\n", self.place)
        found = self.content[self.place : end]
        self.place = end + 1
        return found

    def _marked(self) -> list[BatchValue]:
        """What lies above the last mark."""
        found, self.stack = self.stack, self.below.pop()
        return found

    # Opcodes

    def protocol(self) -> None:
        if self._number("<B") not in _PROTOCOLS:
            raise ValueError("an unknown protocol")

    def frame(self) -> None:
        self._take(8)

    def mark(self) -> None:
        self.below.append(self.stack)
        self.stack = []

    def push(self, value: BatchValue) -> None:
        self.stack.append(value)

    def push_number(self, form: str) -> None:
        self.push(self._number(form))

    def push_long(self) -> None:
        length = self._number("<B")
        if length > _LONG_CEILING:
            raise ValueError("a very long number")
        self.push(int.from_bytes(self._take(length), "little", signed=True))

    def push_bytes(self, form: str) -> None:
        self.push(self._take(self._number(form)))

    def push_text(self, form: str) -> None:
        self.push(self._take(self._number(form)).decode("utf-8"))

    def push_quoted(self) -> None:
        """A text in quotes on a line of its own; one with escapes is refused."""
        line = self._line()
        if len(line) < 2 or line[:1] not in b"'\"" or line[:1] != line[-1:] or b"\\" in line:
            raise ValueError("a text that is not in plain quotes")
        self.push(line[1:-1])

    def push_written_number(self) -> None:
        text = self._line().decode("ascii")
        if len(text) > 20:
            raise ValueError("a very long number")
        self.push({"00": False, "01": True}.get(text, int(text)))

    def keep(self, form: str) -> None:
        self.kept[self._number(form)] = self.stack[-1]

    def keep_next(self) -> None:
        self.kept[len(self.kept)] = self.stack[-1]

    def keep_written(self) -> None:
        self.kept[int(self._line())] = self.stack[-1]

    def use(self, form: str) -> None:
        self.push(self.kept[self._number(form)])

    def use_written(self) -> None:
        self.push(self.kept[int(self._line())])

    def tuple_of(self, count: int) -> None:
        if len(self.stack) < count:
            raise IndexError
        found = tuple(self.stack[len(self.stack) - count :])
        del self.stack[len(self.stack) - count :]
        self.push(found)

    def marked_tuple(self) -> None:
        found = tuple(self._marked())
        self.push(found)

    def marked_list(self) -> None:
        found = self._marked()
        self.push(found)

    def marked_dict(self) -> None:
        found = self._marked()
        self.push(_pairs(found))

    def append(self) -> None:
        value = self.stack.pop()
        _as(list, self.stack[-1]).append(value)

    def appends(self) -> None:
        found = self._marked()
        _as(list, self.stack[-1]).extend(found)

    def set_item(self) -> None:
        value, key = self.stack.pop(), self.stack.pop()
        _as(dict, self.stack[-1]).update(_pairs([key, value]))

    def set_items(self) -> None:
        found = self._marked()
        _as(dict, self.stack[-1]).update(_pairs(found))

    def name(self) -> None:
        self._push_name(self._line().decode("ascii"), self._line().decode("ascii"))

    def stacked_name(self) -> None:
        name, module = self.stack.pop(), self.stack.pop()
        self._push_name(_as(str, module), _as(str, name))

    def _push_name(self, module: str, name: str) -> None:
        if (module, name) not in _NAMES:
            raise BadBatch(
                say("it names {name}, which such files do not", name=f"{module}.{name}"[:80])
            )
        self.push(_Named(module, name))

    def make(self) -> None:
        """What a name stands for with these arguments, as a value."""
        arguments, named = _as(tuple, self.stack.pop()), _as(_Named, self.stack.pop())
        if named.name == "_reconstruct" and arguments[0] == _Named("numpy", "ndarray"):
            self.push(ByteArray())
        elif named.name == "dtype":
            self.push(_Type(text_of(arguments[0])))
        elif named.name == "encode" and arguments[1:] == ("latin1",):
            self.push(_as(str, arguments[0]).encode("latin-1"))
        else:
            raise ValueError("a name that cannot be used like this")

    def build(self) -> None:
        """Fill an array with its shape and content."""
        state = _as(tuple, self.stack.pop())
        value = self.stack[-1]
        if isinstance(value, _Type):
            return
        _, shape, kind, fortran, content = state
        array = _as(ByteArray, value)
        if _as(_Type, kind).name.lstrip("|<>=") != "u1" or fortran not in (False, 0):
            raise BadBatch(say("its array does not hold plain bytes"))
        sizes = tuple(_as(int, size) for size in _as(tuple, shape))
        if min(sizes, default=0) < 0 or math.prod(sizes) != len(_as(bytes, content)):
            raise BadBatch(say("its array is not as large as it says"))
        array.shape, array.content = sizes, content


def _as(kind: type[Any], value: BatchValue) -> Any:
    """A value that must be of some type."""
    if not isinstance(value, kind):
        raise TypeError(f"{kind.__name__} expected")
    return value


def _pairs(values: list[BatchValue]) -> dict[BatchValue, BatchValue]:
    """Keys and values in turn; keys are texts."""
    if not all(isinstance(key, (bytes, str)) for key in values[::2]):
        raise TypeError("a key that is no text")
    return dict(zip(values[::2], values[1::2], strict=True))


_OPCODES: dict[bytes, Callable[[_Machine], None]] = {
    b"\x80": _Machine.protocol,
    b"\x95": _Machine.frame,
    b"(": _Machine.mark,
    b"N": lambda machine: machine.push(None),
    b"\x88": lambda machine: machine.push(True),
    b"\x89": lambda machine: machine.push(False),
    b"}": lambda machine: machine.push({}),
    b"]": lambda machine: machine.push([]),
    b")": lambda machine: machine.push(()),
    b"K": lambda machine: machine.push_number("<B"),
    b"M": lambda machine: machine.push_number("<H"),
    b"J": lambda machine: machine.push_number("<i"),
    b"I": _Machine.push_written_number,
    b"\x8a": _Machine.push_long,
    b"U": lambda machine: machine.push_bytes("<B"),
    b"T": lambda machine: machine.push_bytes("<i"),
    b"C": lambda machine: machine.push_bytes("<B"),
    b"B": lambda machine: machine.push_bytes("<I"),
    b"\x8e": lambda machine: machine.push_bytes("<Q"),
    b"\x8c": lambda machine: machine.push_text("<B"),
    b"X": lambda machine: machine.push_text("<I"),
    b"S": _Machine.push_quoted,
    b"q": lambda machine: machine.keep("<B"),
    b"r": lambda machine: machine.keep("<I"),
    b"p": _Machine.keep_written,
    b"\x94": _Machine.keep_next,
    b"h": lambda machine: machine.use("<B"),
    b"j": lambda machine: machine.use("<I"),
    b"g": _Machine.use_written,
    b"\x85": lambda machine: machine.tuple_of(1),
    b"\x86": lambda machine: machine.tuple_of(2),
    b"\x87": lambda machine: machine.tuple_of(3),
    b"t": _Machine.marked_tuple,
    b"l": _Machine.marked_list,
    b"d": _Machine.marked_dict,
    b"a": _Machine.append,
    b"e": _Machine.appends,
    b"s": _Machine.set_item,
    b"u": _Machine.set_items,
    b"c": _Machine.name,
    b"\x93": _Machine.stacked_name,
    b"R": _Machine.make,
    b"b": _Machine.build,
}
