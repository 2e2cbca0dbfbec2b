"""Where blocks come from: this project, the ready ones, and the person's own folder.

Each has a key by which it is dragged and chosen. ``layer`` makes a use of it; a block that the
project does not have is defined with its first use, in the same step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from platformdirs import user_data_path
from PySide6.QtCore import QObject, Signal

from graph.blocks.adopting import adopt, adopt_all, copy_block
from graph.blocks.block import Block
from graph.blocks.block_use import use_of, use_type
from graph.blocks.library import Library, library_of
from graph.blocks.library_edits import DefineBlock, RemoveBlock
from graph.document.project import read_project
from graph.document.saved_blocks import SavedBlock, load_block, save_block, saved_blocks
from graph.layers.base.layer import Layer
from graph.layers.registry import REGISTRY
from graph.network.edits import Batch
from graph.network.network import Network
from graph.ready.registry import READY
from graph.values.language import declared
from graph.values.message import Message, UserError, message_of, say
from gui.language.text import tr
from gui.palette.stock import Offer
from gui.scene.laying_out import lay_out
from gui.session.levels import sample_scope
from gui.session.session import Session
from gui.widgets.background import BackgroundTask

HERE, READY_MADE, OWN = "block:", "ready:", "own:"


class BlockShelf(QObject):
    """All blocks within reach."""

    changed = Signal()
    """Other blocks of the project, or of the person's folder."""
    told = Signal(str, str)
    """A sentence for the user, and its kind."""
    found = Signal(list, str)
    """The blocks of a project that was looked into, and the name of its file."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._own: list[SavedBlock] = []
        self._tasks: list[BackgroundTask] = []
        session.blocks_changed.connect(self.changed)
        session.document_replaced.connect(self.changed)
        session.closing.connect(self._end_work)
        self.read_folder()

    @property
    def folder(self) -> Path:
        """The person's own blocks."""
        return user_data_path("ConvLoom", appauthor=False) / "blocks"

    # What there is

    def here(self) -> list[Offer]:
        """The blocks of this project."""
        blocks = self._session.project.library.blocks.values()
        return [Offer(HERE + block.name, block.name, declared(block.summary)) for block in blocks]

    def ready(self) -> dict[str, list[Offer]]:
        """The ready blocks by family."""
        found: dict[str, list[Offer]] = {}
        for name, maker in READY.items():
            offer = Offer(READY_MADE + name, name, maker.help.text(), maker.search)
            found.setdefault(maker.family, []).append(offer)
        return found

    def own(self) -> list[Offer]:
        """The blocks of the person's folder."""
        return [Offer(f"{OWN}{saved.path}", saved.name, saved.summary) for saved in self._own]

    def elsewhere(self) -> Iterator[Offer]:
        """The blocks that the project does not have yet."""
        here = self._session.project.library.blocks
        for offer in self.offers():
            if not offer.key.startswith(HERE) and offer.title not in here:
                yield offer

    def offers(self) -> Iterator[Offer]:
        yield from self.here()
        for family in self.ready().values():
            yield from family
        yield from self.own()

    def title(self, key: str) -> str:
        """What a key names, for a picture of it."""
        return next((offer.title for offer in self.offers() if offer.key == key), key)

    def block(self, key: str) -> Block | None:
        """The block of the project that a key names."""
        if not key.startswith(HERE):
            return None
        return self._session.project.library.blocks.get(key.removeprefix(HERE))

    def usable(self) -> list[type[Layer]]:
        """The types that use a block of the project where one is open: not those that hold it."""
        session = self._session
        here = session.block
        blocks = session.project.library.blocks.values()
        return [use_type(block) for block in blocks if here is None or not block.contains(here)]

    # Placing

    def layer(self, key: str) -> Layer | None:
        """A layer for a type name or a key; None for what is not known (any more)."""
        if key in REGISTRY:
            return REGISTRY[key]()
        library = self._session.project.library
        if key.startswith(HERE):
            here = self.block(key)
            return use_of(here) if here is not None else None
        if key.startswith(READY_MADE) and key.removeprefix(READY_MADE) in READY:
            made = READY[key.removeprefix(READY_MADE)].make(Library(Network()))
            edits, block = adopt(library, made)
            for edit in edits:  # a ready one has no places yet
                lay_out(edit.block.network, sample_scope(edit.block))
            return use_of(block)
        saved = next((s for s in self._own if key == f"{OWN}{s.path}"), None)
        if saved is None:
            return None
        try:
            _, block = adopt(library, load_block(saved.path))
        except UserError as error:
            self._session.refuse(error.message)
            return None
        return use_of(block)

    def remove(self, key: str) -> None:
        """Take a block that nothing uses out of the project."""
        block = self.block(key)
        if block is not None:
            self.remove_block(block)

    def remove_block(self, block: Block) -> None:
        """The same for a block; one that is used is refused with the name of a use."""
        self._session.do(RemoveBlock(block.name))

    def duplicate(self, block: Block) -> None:
        """Define a copy of a block of the project under a free name."""
        copy = copy_block(block, {})
        copy.name = self._session.project.library.free_name(block.name)
        if self._session.do(DefineBlock(copy)) is None:
            self.told.emit(tr("{name} is a copy of {old}", name=copy.name, old=block.name), "info")

    # Keeping and importing

    def read_folder(self) -> None:
        """Look into the person's folder again, in a thread."""
        folder = self.folder
        if folder.is_dir():
            self._run(lambda: saved_blocks(folder), self._take_folder)

    def save(self, block: Block) -> None:
        """Keep a block in the person's folder, with all that it uses."""
        # A copy of its own, which nobody edits meanwhile.
        _, copy = adopt(Library(Network()), block)
        folder = self.folder
        self._run(lambda: save_block(folder, copy), lambda _path: self._saved(block.name))

    def look_into(self, path: Path) -> None:
        """Read another project, in a thread; ``found`` tells its blocks."""
        self._run(lambda: read_project(path), lambda project: self._show(project.network, path))

    def _show(self, network: Network, path: Path) -> None:
        blocks = list(library_of(network).blocks.values())
        if blocks:
            self.found.emit(blocks, path.name)
        else:
            self._session.refuse(say("{name} has no blocks", name=path.name))

    def take(self, blocks: Sequence[Block]) -> None:
        """Take blocks of another project into this one with what they need, as one step."""
        edits, _ = adopt_all(self._session.project.library, blocks)
        if not edits:
            return
        if self._session.do(Batch(tuple(edits), say("Import blocks"))) is None:
            names = ", ".join(edit.block.name for edit in edits)
            self.told.emit(tr("Imported: {names}", names=names), "info")

    def _take_folder(self, found: tuple[list[SavedBlock], list[Message]]) -> None:
        self._own, wrong = found
        for message in wrong:
            self.told.emit(message.text(), "warning")
        self.changed.emit()

    def _saved(self, name: str) -> None:
        self.told.emit(tr("{name} is in your library", name=name), "info")
        self.read_folder()

    def _run(self, work: Callable[[], object], then: Callable[..., None]) -> None:
        task = BackgroundTask(work, "convloom-blocks", self)
        self._tasks.append(task)

        def end(result: object) -> None:
            self._tasks.remove(task)
            then(result)

        def fail(error: Exception) -> None:
            self._tasks.remove(task)
            self._session.refuse(message_of(error))

        task.done.connect(end)
        task.failed.connect(fail)
        task.start()

    def _end_work(self) -> None:
        for task in self._tasks:
            task.wait()
