"""A look at data before it is loaded: only names and file headers are read.

It still takes long on a large folder, so the window looks in a thread.
"""

from __future__ import annotations

from collections.abc import Callable

from backend.data.base.format import Wish
from backend.data.base.source import DataLook, Watch
from backend.data.catalogue import find


def look_at(
    spec: str,
    cancelled: Callable[[], bool] | None = None,
    *,
    threshold: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> DataLook:
    """Read names and headers; ``threshold`` parts masks in shades of grey.

    Raises UserError for unusable data, ThresholdWanted for masks that need a threshold,
    LoadCancelled on request.
    """
    watch = Watch(progress, cancelled)
    watch.check()
    form, place = find(spec, watch)
    return form.look(place, Wish(threshold=threshold), watch)
