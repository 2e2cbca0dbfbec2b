"""The tables of README.md that follow from the program: keys, architectures, layers and more.

Run from the root of the repository, this writes them anew:

    python -m tools.readme_tables

Each stands between two comments that name it. A test compares them with the program.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from types import MappingProxyType

from backend.data.catalogue import known_sets, openings
from graph.analysis.analysis import Analysis
from graph.layers.base.layer import Category, dims
from graph.layers.registry import by_category
from graph.ready.registry import READY
from graph.templates.registry import TEMPLATES
from tools.house import concepts, read_house

README = Path(__file__).resolve().parents[1] / "README.md"
GIGA = 10**9
FEW = 0.01
"""GMACs below which two more digits are shown."""


def table(head: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[int] = ()) -> str:
    """A Markdown table; the columns ``right`` hold numbers."""
    rule = ["---:" if column in right else "---" for column in range(len(head))]
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, rule, *rows))


def architectures() -> str:
    """Name, title, input, parameters and GMACs of every template."""
    rows = []
    for template in TEMPLATES:
        totals = Analysis(template.build().network).totals()
        giga = totals.macs / GIGA
        rows.append(
            (
                f"`{template.name}`",
                template.title,
                dims(template.shape),
                f"{totals.parameters:,}",
                f"{giga:.4f}" if giga >= FEW else f"{giga:.6f}",
            )
        )
    head = ("name", "architecture", "input", "parameters", "GMACs")
    return table(head, rows, right=(2, 3, 4))


def layers() -> str:
    """The layer types by family."""
    rows = [
        (_family(category), ", ".join(layer.type_name() for layer in found))
        for category, found in by_category().items()
    ]
    return table(("family", "layer types"), rows)


def _family(category: Category) -> str:
    return category.value.replace("_", ", ")


def blocks() -> str:
    """The ready blocks by family."""
    families: dict[str, list[str]] = {}
    for maker in READY.values():
        families.setdefault(maker.family, []).append(maker.name)
    rows = [(family, ", ".join(names)) for family, names in families.items()]
    return table(("family", "ready blocks"), rows)


def data() -> str:
    """What `--data` takes: data sets with names, and what else may be opened."""
    rows = [(f"`{known.name}`", str(known.words)) for known in known_sets()]
    rows += [(_marked(str(opening.what)), str(opening.words)) for opening in openings()]
    return table(("`--data`", "is"), [(what, _marked(words)) for what, words in rows])


def _marked(text: str) -> str:
    """A text whose names of data sets, folders and files stand as code."""
    names = "|".join(re.escape(known.name) for known in known_sets() if "-" in known.name)
    return re.sub(rf"(?<![\w-])(?:{names}|[\w-]+/|[\w-]+\.(?:txt|csv))(?![\w-])", r"`\g<0>`", text)


def rooms() -> str:
    """The rooms from the ground up, with the concept of each."""
    rows = [
        (f"`{room.replace('.', '/')}/`", concept.removesuffix("."))
        for room, concept in concepts(read_house()).items()
    ]
    return table(("room", "holds"), rows)


def keys() -> str:
    """All keys, group by group of the menus, as a window has them."""
    from gui.actions.key_list import in_words, way_to
    from gui.session.preferences import Preferences
    from gui.window.app import make_application
    from gui.window.window import MainWindow

    make_application(["convloom"])
    window = MainWindow(Preferences())
    groups = groupby(window.bars.actions.key_rows(), lambda row: (way_to(row.menu), row.group))
    rows = []
    for (way, _), group in groups:
        found = list(group)
        pressed = (" or ".join(in_words(row.keys)) for row in found)
        rows.append((way, " · ".join(pressed), " · ".join(row.text for row in found)))
    window.close()
    window.deleteLater()
    return table(("menu", "keys", "do"), rows)


TABLES: Mapping[str, Callable[[], str]] = MappingProxyType(
    {
        "keys": keys,
        "architectures": architectures,
        "layers": layers,
        "blocks": blocks,
        "data": data,
        "rooms": rooms,
    }
)


def _place(name: str) -> re.Pattern[str]:
    return re.compile(f"(?<=<!-- {name} -->\n).*?(?=<!-- end of {name} -->)", re.DOTALL)


def written(text: str, name: str) -> str:
    """A table as it stands in a text."""
    found = _place(name).search(text)
    assert found is not None, f"no place for the table {name}"
    return found.group().strip()


def renewed(text: str) -> str:
    """A text with its tables made anew."""
    for name, make in TABLES.items():
        fresh = f"{make()}\n"
        text = _place(name).sub(lambda _, fresh=fresh: fresh, text)  # type: ignore[misc]
    return text


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="convloom-tables-") as home:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        os.environ["XDG_CONFIG_HOME"] = os.environ["XDG_DATA_HOME"] = home
        text = renewed(README.read_text(encoding="utf-8"))
    README.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
