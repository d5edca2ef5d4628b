"""The instances that a check looks at, with what is measured there; planted faults of one lemma share them."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, NamedTuple

import numpy as np

from verify.checks.reading import Point, Reader, Reading
from verify.lemma import Search
from verify.statement import Instance
from verify.stats.streams import StreamKey


class Looked(NamedTuple):
    """An instance, and what a lemma says there."""

    instance: Instance
    reading: Reading


class Instances:
    """Draws and builds instances. One that remembers keeps all of them, by key, for whoever asks again.

    A variant of a lemma that is drawn and measured as the lemma itself gets the very same numbers, and what it says
    in the same words is evaluated once.
    """

    def __init__(self, remember: bool = False) -> None:
        self._remember = remember
        self._kept: dict[Hashable, Point] = {}

    def drawn(self, reader: Reader, key: StreamKey, seed: int) -> Looked:
        """The instance of a stream, read. Raises StatementError if it lacks a value."""
        draw = reader.lemma.draw
        assert draw is not None
        address = (draw, seed, key.check, key.case, key.trial)
        return self._look(reader, address, lambda: draw(key.generator(seed), key.case))

    def searched(self, reader: Reader, search: Search, at: np.ndarray[Any, Any]) -> Looked:
        """The instance of a family at a point of its unit cube, read."""
        return self._look(reader, (search.build, at.tobytes()), lambda: search.build(at))

    def _look(self, reader: Reader, address: Hashable, build: Callable[[], Instance]) -> Looked:
        point = self._kept.get(address)
        if point is None:
            with np.errstate(all="ignore"):
                point = Point(build())
            if self._remember:
                self._kept[address] = point
        return Looked(point.instance, reader.look(point))
