"""What was published on the architectures, one family per file, by the template's name."""

from __future__ import annotations

from graph.templates.literature import Literature
from graph.templates.notes import classic, inception, others, residual

NOTES: dict[str, Literature] = {
    **classic.NOTES,
    **residual.NOTES,
    **inception.NOTES,
    **others.NOTES,
}

__all__ = ["NOTES"]
