"""Which levels are open: the document's own network, and one block in another.

They are walked by doors. Nobody is told here; the session tells.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import overload

from graph.blocks.block import Block
from graph.network.network import Network
from gui.session.levels import (
    Door,
    DoorPath,
    Level,
    Told,
    copies_behind,
    is_open,
    main_level,
    path_in,
    scope_behind,
    settled,
    titles_of,
    way_to,
)


class OpenLevels(Sequence[Level]):
    """The levels from the document's own network to the one that is shown."""

    def __init__(self, network: Network, told: Told) -> None:
        self._told = told
        self._levels = [main_level(network, told)]

    @overload
    def __getitem__(self, index: int) -> Level: ...

    @overload
    def __getitem__(self, index: slice) -> list[Level]: ...

    def __getitem__(self, index: int | slice) -> Level | list[Level]:
        return self._levels[index]

    def __len__(self) -> int:
        return len(self._levels)

    @property
    def place(self) -> DoorPath:
        """The way to the level that is shown."""
        return tuple(level.door for level in self if level.door is not None)

    def titles(self) -> list[str]:
        """The names on the way: of each use, or of the block without one."""
        return titles_of(self)

    def node_path(self, node: str) -> str | None:
        """A node of the level shown as the whole network's plan knows it: ``use/inner``, or
        ``use/0/inner`` in a chain; None in a block without a use."""
        return path_in(self, node)

    def way_to(self, block: Block | None) -> DoorPath:
        """The way to a block: where it is open, else through a use in the network itself, else it
        alone; to the network itself for None."""
        return way_to(self.place, self[0].network, block)

    def copies(self, depth: int) -> int:
        """How many stand in the chain into which a level looks; 1 where there is none."""
        door = self[depth].door
        return copies_behind(self[depth - 1], door) if door is not None else 1

    def with_copy(self, depth: int, copy: int) -> DoorPath:
        """The way to another one of that chain, counted from 0, and to what is open inside."""
        place = list(self.place)
        place[depth - 1] = replace(place[depth - 1], copy=copy)
        return tuple(place)

    def innermost_chain(self) -> int | None:
        """The depth of the last level that looks into a chain of several."""
        depths = range(len(self) - 1, 0, -1)
        return next((depth for depth in depths if self.copies(depth) > 1), None)

    # Opening and closing

    def show(self, place: DoorPath) -> bool:
        """Show another level, or as much of the way to it as there is; whether it is another."""
        present = self.place
        if place == present:
            return False
        same = 0
        while same < min(len(place), len(present)) and place[same].same_way(present[same]):
            same += 1
        self.close_to(same)
        for (above, level), wanted in zip(pairwise(self), place, strict=False):
            self._settle(above, level, wanted)
        for wanted in place[same:]:
            above = self[-1]
            if not is_open(above, wanted):
                break
            door = settled(above, wanted)
            scope = scope_behind(above, door)
            self._levels.append(Level(door.block.network, door, scope, self._told))
        return self.place != present

    def go_up(self, depth: int) -> None:
        """Show the level with so many blocks around it, with the use chosen that was left there."""
        door = self[depth + 1].door
        self.close_to(depth)
        level = self[-1]
        if door is not None and door.use in level.network.nodes:
            level.selection, level.selected_wires = [str(door.use)], []

    def close_to(self, depth: int) -> None:
        """Close all levels that have more blocks around them."""
        while len(self) > depth + 1:
            self._levels.pop().detach()

    def close(self) -> None:
        """Follow no network any more."""
        for level in self:
            level.detach()

    def settle(self) -> list[Level]:
        """After an edit: close what leads nowhere any more. The levels whose values or shapes are
        others, and which were computed anew."""
        renewed = []
        for depth, (above, level) in enumerate(pairwise(list(self))):
            assert level.door is not None
            if not is_open(above, level.door):
                self.close_to(depth)
                break
            if self._settle(above, level, level.door):
                renewed.append(level)
        return renewed

    def _settle(self, above: Level, level: Level, door: Door) -> bool:
        """Let a level look where a door leads now; whether it was computed anew."""
        level.door = settled(above, door)
        return level.rescope(scope_behind(above, level.door))
