"""Text for a terminal: tables, and lines that cannot steer it."""

from __future__ import annotations

from collections.abc import Collection, Sequence


def print_table(
    rows: Sequence[Sequence[str]], right: Collection[int] = (), *, ruled: bool = True
) -> None:
    """Columns two spaces apart, those of ``right`` flush right; the first row is the head, with a
    rule below it if ``ruled``."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for number, row in enumerate(rows):
        cells = [
            cell.rjust(width) if column in right else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        print("  ".join(cells).rstrip())
        if ruled and number == 0:
            print("  ".join("-" * width for width in widths))


def one_line(text: str) -> str:
    """The text without anything that moves the cursor or turns the direction."""
    return "".join(c if c.isprintable() else "�" for c in text)
