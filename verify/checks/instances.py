"""The instances that a check looks at, with what is measured there; planted faults of one lemma share them."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

import numpy as np

from verify.checks.reading import Point
from verify.lemma import Draw, Search
from verify.statement import Instance
from verify.stats.streams import StreamKey


class Instances:
    """Draws and builds instances. One that remembers keeps all of them, by key, for whoever asks again.

    A variant of a lemma that is drawn and measured as the lemma itself gets the very same numbers, and what it says
    in the same words is evaluated once.
    """

    def __init__(self, remember: bool = False) -> None:
        self._remember = remember
        self._kept: dict[Hashable, Point] = {}

    def drawn(self, draw: Draw, key: StreamKey, seed: int) -> Point:
        """The instance of a stream."""
        return self._point((draw, seed, key.check, key.case, key.trial), lambda: draw(key.generator(seed), key.case))

    def searched(self, search: Search, at: np.ndarray[Any, Any]) -> Point:
        """The instance of a family at a point of its unit cube."""
        return self._point((search.build, at.tobytes()), lambda: search.build(at))

    def _point(self, address: Hashable, build: Callable[[], Instance]) -> Point:
        if address in self._kept:
            return self._kept[address]
        with np.errstate(all="ignore"):  # overflow gives infinities, which a reading calls undefined
            point = Point(build())
        if self._remember:
            self._kept[address] = point
        return point
