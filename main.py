"""ConvLoom: draw a convolutional network, train it, look inside, take it away as Python.

Without a command the window opens. The commands do the same work without a screen.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from backend.command_line.ending import FAILED, complain, guarded
from backend.command_line.parser import COMMANDS, make_parser
from graph.document.project import SUFFIX
from graph.values.declaration import show
from graph.values.message import say


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program. Returns the exit code, one of ``backend.command_line.ending``."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if not given or given[0] not in (*COMMANDS, "-h", "--help", "--version"):
        return guarded(lambda: open_window(given))
    return guarded(lambda: run_command(given))


def run_command(given: Sequence[str]) -> int:
    """Run one of the commands. May raise what ``guarded`` catches."""
    options = make_parser().parse_args(given)
    return int(options.run(options))


def open_window(arguments: Sequence[str]) -> int:
    """Open the window, with a project file if one is given."""
    unknown = [a for a in arguments if not a.endswith(SUFFIX)]
    if unknown or len(arguments) > 1:
        complain(
            say(
                "{word} is not a command ({commands}) or a single {suffix} file; see --help",
                word=show((unknown or list(arguments)[1:])[0]),
                commands=", ".join(COMMANDS),
                suffix=SUFFIX,
            )
        )
        return FAILED
    if not has_display():
        complain(
            say(
                "there is no display to open a window on. Without one, use the command line: "
                "python main.py train lenet5 --epochs 5 (more with --help)"
            )
        )
        return FAILED
    os.environ.setdefault("QT_NO_GUI_THREADPOOL", "1")
    from gui.window.app import run  # Qt, which commands do without

    return run(["convloom", *arguments])


def has_display() -> bool:
    """Whether a window can be shown."""
    if not sys.platform.startswith("linux") or os.environ.get("QT_QPA_PLATFORM"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


if __name__ == "__main__":
    sys.exit(main())
