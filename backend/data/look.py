"""A look at data before it is loaded: only names and file headers are read.

It still takes long on a large folder, so the window looks in a thread.
"""

from __future__ import annotations

from collections.abc import Callable

from backend.data.base.source import DataLook, Watch
from backend.data.catalogue import find


def look_at(spec: str, cancelled: Callable[[], bool] | None = None) -> DataLook:
    """Read names and headers. Raises UserError for unusable data, LoadCancelled on request."""
    watch = Watch(cancelled=cancelled)
    watch.check()
    form, place = find(spec, watch)
    return form.look(place, watch)
