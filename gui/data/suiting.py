"""Whether the network of a template suits the chosen data, and what would.

A template opens with its original images and classes; a person who trains it on other data is told
so beforehand, in one sentence, with what can be done.
"""

from __future__ import annotations

from dataclasses import dataclass

from backend.data.base.source import DataLook, DataSource
from backend.data.catalogue import list_sources
from graph.calls.call import Shape
from graph.layers.base.layer import dims
from graph.layers.io import Input, Output
from graph.templates.registry import find_template
from graph.templates.template import Template, TemplateSize
from graph.values.message import Message, say, say_count
from gui.session.session import Session

MUCH = 4
"""Pixels for each pixel of an image from which on enlarging is told."""
SMALL = 64
"""Inputs of at most this side are cheap, however small the images are."""


@dataclass(frozen=True, slots=True)
class Unsuited:
    """Why the network and the data do not go together. ``fits`` tells that the template can be
    fitted; ``trains`` that it can be trained nevertheless; ``other`` is data that would do."""

    reason: Message
    fits: bool = False
    trains: bool = False
    other: DataSource | None = None


def unsuited(session: Session, look: DataLook | None) -> Unsuited | None:
    """What a person should know before a template is trained on the data; None if it suits them,
    if little is known, or if the network is of no template."""
    template = find_template(session.template)
    network, facts = session.project.network, session.main_analysis.facts
    nodes = network.nodes.items()
    inputs = [node.layer.shape for _, node in nodes if isinstance(node.layer, Input)]
    ends = [(key, node.layer) for key, node in nodes if isinstance(node.layer, Output)]
    main = [key for key, layer in ends if not layer.auxiliary]
    if template is None or look is None or len(inputs) != 1 or len(main) != 1:
        return None
    shape = facts(main[0]).inputs[0]
    if shape is None:
        return None
    return _other_kind(template, look, shape) or _other_sizes(template, look, inputs[0], shape)


def _other_kind(template: Template, look: DataLook, shape: Shape) -> Unsuited | None:
    """Pixels are told apart, or whole images; the data has the answers for one of them."""
    source, pixels = look.source, len(shape) == 3
    if pixels == source.masks or len(shape) not in (1, 3):
        return None
    other = next((s for s in list_sources() if s.masks == pixels and s.available), None)
    reason = (
        say(
            "{title} gives every pixel a class, and {data} has one class for each image.",
            title=template.title,
            data=source.title,
        )
        if pixels
        else say(
            "{title} gives every image a class, and {data} has one for each pixel.",
            title=template.title,
            data=source.title,
        )
    )
    return Unsuited(reason, other=other)


def _other_sizes(
    template: Template, look: DataLook, image: Shape, result: Shape
) -> Unsuited | None:
    wanted, classes = look.shape, look.source.classes
    if wanted is None or classes is None or len(image) != 3:
        return None
    pixels, there = image[1] * image[2], wanted[1] * wanted[2]
    enlarged = pixels > MUCH * there and max(image[1:]) > SMALL
    if image[0] == wanted[0] and result[0] == len(classes) and not enlarged:
        return None
    what = say(
        "{title} is built for {image} and {classes}, and {data} has {shape} and {n}",
        title=template.title,
        image=dims(image),
        classes=say_count("{n} class", "{n} classes", result[0]),
        data=look.source.title,
        shape=dims(wanted),
        n=len(classes),
    )
    trains = result[0] >= len(classes)
    reason = (
        say(
            "{what}: as it is, every image is resized and most of the work is for nothing.",
            what=what,
        )
        if trains
        else say("{what}.", what=what)
    )
    return Unsuited(reason, fits=True, trains=trains)


def fit_to(template: Template, look: DataLook | None) -> TemplateSize | None:
    """What a template is fitted to for data: its images, or the smallest that are large enough."""
    if look is None or look.shape is None or look.source.classes is None:
        return None
    small = template.has_small and max(look.shape[1:]) <= SMALL
    least = 1 if small else template.least
    channels, height, width = look.shape
    return TemplateSize(
        (channels, max(height, least), max(width, least)), len(look.source.classes), small
    )
