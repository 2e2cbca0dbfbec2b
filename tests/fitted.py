"""Templates fitted to small images, so that tests can run even the largest with real weights."""

from __future__ import annotations

from graph.document.project import Project
from graph.templates.template import Template

SMALLEST = 8
CLASSES = 4


def fitted(template: Template) -> Project:
    """The template for the smallest images that make sense, of its own channels."""
    side = min(max(SMALLEST, template.least), *template.shape[1:])
    return template.build((template.shape[0], side, side), CLASSES)
