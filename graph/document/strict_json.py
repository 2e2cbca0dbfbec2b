"""Strict JSON: finite numbers, no key twice, limits on depth and size of numbers.

Every refusal is a ProjectError: one sentence with the place and the reason.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any

from graph.values.declaration import show
from graph.values.message import UserError, say

MAX_DEPTH = 32
MAX_INTEGER = 2**53
MAX_ELEMENTS = 2_000_000
"""Values in lists and objects; the largest network has a fourth of them."""


_STRINGS = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)', re.DOTALL)
"""Texts in quotation marks; one that does not end goes on to the end of the file."""
_OTHERS = bytes(set(range(256)) - set(b"[]{}"))


class ProjectError(UserError):
    """A project file that cannot be read or written."""


def too_deep() -> ProjectError:
    return ProjectError(say("it is nested more than {n} deep", n=MAX_DEPTH))


def parse(data: bytes | str) -> Any:
    try:
        text = data.decode("utf-8") if isinstance(data, bytes) else data
        text = text.removeprefix("\ufeff")  # some editors write it in front
        _check_size(text)
        document = json.loads(
            text,
            object_pairs_hook=_unique,
            parse_float=_finite,
            parse_int=_whole,
            parse_constant=_refuse_constant,
        )
        if "\\u" in text:  # an escape may stand for half a character
            json.dumps(document, ensure_ascii=False).encode("utf-8")
        text.encode("utf-8")
    except ProjectError:
        raise
    except UnicodeError:
        raise ProjectError(say("it is not text in UTF-8")) from None
    except (ValueError, RecursionError):
        raise ProjectError(say("it is not JSON")) from None
    return document


def _check_size(text: str) -> None:
    """Refuse many elements and deep nesting before the parser makes objects of them."""
    outside = _STRINGS.sub("", text) if "\\" in text else "".join(text.split('"')[::2])
    if sum(map(outside.count, ",[{")) > MAX_ELEMENTS:
        raise ProjectError(say("it has more than {n} elements", n=f"{MAX_ELEMENTS:,}"))
    depth = 0
    for bracket in outside.encode("utf-8", "surrogatepass").translate(None, _OTHERS):
        if bracket in b"[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise too_deep()
        else:
            depth -= 1


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ProjectError(say("the key {key} stands twice in one place", key=show(key)))
        found[key] = value
    return found


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ProjectError(say("the number {number} is not finite", number=show(text)))
    return value


def _whole(text: str) -> int:
    if len(text) > 17 or abs(int(text)) > MAX_INTEGER:
        raise ProjectError(say("the number {number} is too large", number=show(text)))
    return int(text)


def _refuse_constant(text: str) -> Any:
    raise ProjectError(say("the number {number} is not finite", number=text))


def as_object(value: Any, place: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ProjectError(say("{place} is missing or not an object", place=place))
    return value


def as_list(value: Any, place: str) -> list[Any]:
    if not isinstance(value, list):
        raise ProjectError(say("{place} is missing or not a list", place=place))
    return value


def check_keys(value: dict[str, Any], known: set[str], place: str) -> None:
    for key in value:
        if key not in known:
            raise ProjectError(
                say("{place} has an unknown entry {key}", place=place, key=show(key))
            )
