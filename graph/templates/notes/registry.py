"""What was published on the architectures, one family per file, by the template's name."""

from __future__ import annotations

from graph.templates.notes import classic, inception, others, residual
from graph.templates.notes.literature import Literature

NOTES: dict[str, Literature] = {
    **classic.NOTES,
    **residual.NOTES,
    **inception.NOTES,
    **others.NOTES,
}
