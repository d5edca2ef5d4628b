"""The instances that a check looks at, with what is measured there; planted faults of one lemma share them."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, NamedTuple

import numpy as np

from verify.checks.reading import Reader, Reading, Sides
from verify.lemma import Search, value_at
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
        self._kept: dict[Hashable, Any] = {}

    def drawn(self, reader: Reader, key: StreamKey, seed: int) -> Looked:
        """The instance of a stream, read. Raises StatementError if it lacks a value."""
        draw = reader.lemma.draw
        assert draw is not None
        return self._look(reader, (draw, key, seed), lambda: draw(key.generator(seed), key.case))

    def searched(self, reader: Reader, search: Search, at: np.ndarray[Any, Any]) -> Looked:
        """The instance of a family at a point of its unit cube, read."""
        return self._look(reader, (search.build, at.tobytes()), lambda: search.build(at))

    def _look(self, reader: Reader, key: Hashable, build: Callable[[], Instance]) -> Looked:
        with np.errstate(all="ignore"):  # overflow gives infinities, which the reading calls undefined
            instance, sides = self._once(key, build), self._once((key, "sides"), Sides)
            values = {symbol: self._value(reader, symbol, key, instance) for symbol in reader.symbols}
        return Looked(instance, reader.read(values, known=sides))

    def _value(self, reader: Reader, symbol: Any, key: Hashable, instance: Instance) -> Any:
        return self._once((key, symbol, symbol.measure), lambda: value_at(reader.lemma, symbol, instance))

    def _once(self, key: Hashable, make: Callable[[], Any]) -> Any:
        if not self._remember:
            return make()
        if key not in self._kept:
            self._kept[key] = make()
        return self._kept[key]
