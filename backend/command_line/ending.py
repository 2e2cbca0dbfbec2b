"""How the program ends: its exit codes, and what becomes of errors nobody else took.

A script that runs the program reads the exit code, so each has one meaning:

- DONE: all is done;
- FAULTS: ``check`` has found faults;
- FAILED: it could not be done; one sentence on the error stream says why;
- 128 + a signal's number: it was interrupted, by Ctrl+C 130.
"""

from __future__ import annotations

import io
import os
import signal
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from typing import TextIO

from graph.document.files import reason_of
from graph.values.message import Message, UserError, say

DONE, FAULTS, FAILED = 0, 1, 2
INTERRUPTED = 128 + signal.SIGINT

TRACE = "CONVLOOM_TRACE"
"""With this in the environment an unexpected error is printed with all that led to it."""


def guarded(run: Callable[[], int]) -> int:
    """Run a command and give its exit code; whatever it raises becomes a sentence and FAILED.

    SystemExit passes: ``argparse`` has said what was wrong, with FAILED as well.
    """
    _escape_what_streams_lack()
    try:
        try:
            code = run()
        finally:
            if sys.stdout is not None:
                sys.stdout.flush()  # here, where a full disk can still be told
        return code
    except UserError as error:
        complain(error.message)
    except KeyboardInterrupt:
        complain(say("interrupted"))
        return INTERRUPTED
    except BrokenPipeError:
        _abandon(sys.stdout)
        complain(say("whoever reads the output has closed it before all was written"))
    except OSError as error:
        _abandon(sys.stdout)
        place = say("the output") if error.filename is None else str(error.filename)
        complain(
            say(
                "{path} could not be read or written: {reason}", path=place, reason=reason_of(error)
            )
        )
    except MemoryError:
        complain(say("there is not enough memory"))
    except Exception as error:
        if os.environ.get(TRACE):
            traceback.print_exc()
        complain(
            say(
                "an error of the program itself: {type}: {what} ({trace}=1 in the environment "
                "shows where)",
                type=type(error).__name__,
                what=" ".join(str(error).split()) or say("no more is known"),
                trace=TRACE,
            )
        )
    finally:
        _settle_errors()
    return FAILED


def complain(sentence: Message) -> None:
    """A sentence on the error stream, if there is one that takes it."""
    if sys.stderr is None:
        return
    try:
        print(f"convloom: {sentence.text()}", file=sys.stderr, flush=True)
    except OSError:
        _abandon(sys.stderr)


def _settle_errors() -> None:
    """Let the error stream end here: failing later, it would take the exit code."""
    try:
        if sys.stderr is not None:
            sys.stderr.flush()
    except OSError:
        _abandon(sys.stderr)


def encodable(text: str) -> bool:
    """Whether the output stream has all characters of a text."""
    try:
        text.encode(getattr(sys.stdout, "encoding", None) or "utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _escape_what_streams_lack() -> None:
    """Let characters that a stream cannot show appear as escapes such as ``\\xd7``, not raise."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _abandon(stream: TextIO | None) -> None:
    """Let a stream that takes no more lead nowhere, or the interpreter trips over it at its end."""
    if stream is not None:
        with suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
