"""What equal bits need: the same number of threads, and tensors in torch's own memory.

Torch begins its own memory on the CPU at multiples of 64 bytes. What safetensors reads lies where
the file has it, and there some processors' matrix products (MKL on AMD) round otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from math import prod
from pathlib import Path

import safetensors.torch
import torch
from torch import Tensor

BOUNDARY = 64


@contextmanager
def one_thread() -> Iterator[None]:
    """Torch computes in one thread, as ``alone.py`` does."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def all_in_own_memory(tensors: Iterable[Tensor]) -> bool:
    """Whether each tensor, of any shape, begins where torch's own memory begins."""
    return all(tensor.data_ptr() % BOUNDARY == 0 for tensor in tensors)


def askew(tensor: Tensor) -> Tensor:
    """Equal values, shape and type in foreign memory, one byte beyond a boundary."""
    size = prod(tensor.shape) * tensor.element_size()
    buffer = bytearray(size + BOUNDARY + 1)
    start = torch.frombuffer(buffer, dtype=torch.uint8).data_ptr()
    offset = -start % BOUNDARY + 1
    found = torch.frombuffer(buffer, dtype=tensor.dtype, offset=offset, count=tensor.numel())
    return found.view(tensor.shape).copy_(tensor)


def save_askew(tensors: Mapping[str, Tensor], path: Path) -> None:
    """Write a safetensors file whose values begin 8 bytes beyond a boundary."""
    for blanks in range(0, BOUNDARY, 8):
        data = safetensors.torch.save(dict(tensors), {"blanks": " " * blanks})
        header = int.from_bytes(data[:8], "little")
        if (8 + header) % BOUNDARY == 8:
            path.write_bytes(data)
            return
    raise AssertionError("no header gives the place that is wanted")
