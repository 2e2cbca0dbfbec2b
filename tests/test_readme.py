"""README.md says what the program does: its tables, its commands and its options."""

from __future__ import annotations

import re

import pytest

from backend.command_line.parser import COMMANDS, make_parser
from tools.readme_tables import README, TABLES, written

TEXT = README.read_text(encoding="utf-8")
OPTION = re.compile(r"--[a-z][a-z-]+")
COMMAND = re.compile(r"python main\.py ((?:train|export|check|templates)\b[^\n`|]*)")


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.usefixtures("qapp")
def test_a_table_says_what_the_program_has(name: str) -> None:
    assert written(TEXT, name) == TABLES[name]()


def commands() -> list[str]:
    """The commands that stand whole in the text, without placeholders."""
    found = {match.split("#")[0].strip() for match in COMMAND.findall(TEXT)}
    return sorted(line for line in found if "…" not in line and "NETWORK" not in line)


@pytest.mark.parametrize("line", commands())
def test_a_command_is_understood(line: str) -> None:
    assert make_parser().parse_args(line.split())


def test_every_option_that_is_named_exists(capsys: pytest.CaptureFixture[str]) -> None:
    for command in COMMANDS:
        with pytest.raises(SystemExit):
            make_parser().parse_args([command, "--help"])
    known = set(OPTION.findall(capsys.readouterr().out))
    section = TEXT.partition("## The command line")[2].partition("\n## ")[0]
    assert set(OPTION.findall(section)) <= known
