"""Writes the golden copies: python -m tests.golden.make. Look at the difference before committing.

Each is the exported file of one architecture, as a reader gets it.
"""

from __future__ import annotations

from pathlib import Path

from graph.analysis.analysis import Analysis
from graph.export.export import source
from graph.planning.planner import make_plan
from graph.templates.registry import TEMPLATES
from graph.templates.template import Template

FOLDER = Path(__file__).parent


def exported(template: Template) -> str:
    """The exported file of a template for its original input."""
    network = template.build().network
    return source(make_plan(network, Analysis(network), template.title)).text


def path_of(template: Template) -> Path:
    return FOLDER / f"{template.name.replace('-', '_')}.txt"


if __name__ == "__main__":
    for template in TEMPLATES:
        path_of(template).write_text(exported(template), encoding="utf-8")
