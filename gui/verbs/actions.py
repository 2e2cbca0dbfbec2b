"""What can be done that concerns several panels: with blocks, files to take away, templates."""

from __future__ import annotations

from gui.actions.action import Action, KeyScope
from gui.actions.menus import BLOCK, FILE, NETWORK, ON_NODES, ON_USE, ON_VOID
from gui.language.text import tr
from gui.verbs.block_importer import BlockImporter
from gui.verbs.block_verbs import BlockVerbs
from gui.verbs.picture_saver import PictureSaver
from gui.verbs.source_saver import SourceSaver
from gui.verbs.template_opener import TemplateOpener

SHORTCUT = KeyScope.CANVAS


def block_actions(blocks: BlockVerbs, importer: BlockImporter) -> tuple[Action, ...]:
    """What is done with blocks."""
    return (
        Action(
            "group",
            tr("Group into a block…"),
            BLOCK.at(1, 1),
            blocks.group,
            ("Ctrl+G",),
            SHORTCUT,
            elsewhere=(ON_NODES.at(1, 1),),
        ),
        Action(
            "unpack",
            tr("Unpack block"),
            BLOCK.at(1, 2),
            blocks.unpack,
            ("Ctrl+Shift+G",),
            SHORTCUT,
            elsewhere=(ON_USE.at(1, 2),),
        ),
        Action(
            "new_block",
            tr("New empty block…"),
            BLOCK.at(3, 1),
            blocks.begin,
            icon="add",
            elsewhere=(ON_VOID.at(2, 1),),
        ),
        Action(
            "rename_block",
            tr("Rename block…"),
            BLOCK.at(3, 2),
            blocks.rename,
            icon="rename",
            elsewhere=(ON_USE.at(1, 3),),
        ),
        Action(
            "keep_block",
            tr("Save block to my library"),
            BLOCK.at(4, 1),
            blocks.keep,
            elsewhere=(ON_USE.at(1, 4),),
        ),
        Action(
            "import_blocks",
            tr("Import blocks from a project…"),
            BLOCK.at(4, 2),
            importer.ask,
        ),
        Action(
            "freeze",
            tr("Freeze weights, or train them again"),
            BLOCK.at(5, 1),
            blocks.freeze,
            ("Z",),
            SHORTCUT,
            elsewhere=(ON_NODES.at(1, 3),),
        ),
    )


def saving_actions(source: SourceSaver, picture: PictureSaver) -> tuple[Action, ...]:
    """What is taken away as a file of another kind."""
    return (
        Action(
            "save_source",
            tr("Save Python source…"),
            FILE.at(3, 1),
            source.ask,
            ("Ctrl+E",),
            icon="export",
            needs_document=True,
        ),
        Action(
            "save_picture",
            tr("Save picture of the canvas…"),
            FILE.at(3, 2),
            picture.ask,
            icon="image",
            needs_document=True,
        ),
    )


def template_actions(templates: TemplateOpener) -> tuple[Action, ...]:
    """What is done with the template that the document came from."""
    return (
        Action(
            "fit_template",
            tr("Fit template to other images…"),
            NETWORK.at(4, 1),
            templates.fit_again,
            enabled=lambda: templates.present is not None,
            needs_document=True,
        ),
    )
