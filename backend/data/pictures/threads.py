"""Reading many files at once, in order: what comes does not depend on the threads."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from backend.data.pictures.picture import BadPicture
from graph.values.message import Message

_WORKERS = min(8, os.cpu_count() or 1)
_ROUND = 64 * _WORKERS

Item = TypeVar("Item")
Result = TypeVar("Result")


def in_threads(
    read: Callable[[Item], Result], items: Sequence[Item]
) -> Generator[Result | Message, None, None]:
    """``read`` of every item in order, or the reason of its BadPicture.

    Works in rounds, so that few results wait in memory and cancelling takes effect at once.
    """

    def attempt(item: Item) -> Result | Message:
        try:
            return read(item)
        except BadPicture as bad:
            return bad.reason

    with ThreadPoolExecutor(_WORKERS, thread_name_prefix="decode") as pool:
        for start in range(0, len(items), _ROUND):
            futures = [pool.submit(attempt, item) for item in items[start : start + _ROUND]]
            try:
                for future in futures:
                    yield future.result()
            finally:
                for future in futures:
                    future.cancel()
