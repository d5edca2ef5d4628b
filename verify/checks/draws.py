"""Independent draws of a lemma's instances, each named by its key, and what the lemma says at one of them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from verify.checks.instances import Instances
from verify.checks.reading import Reader, Reading, Side, numbers, plain
from verify.checks.witness import in_balls, is_small
from verify.lemma import Lemma
from verify.statement import Instance, StatementError
from verify.stats.streams import StreamKey, parse_key


@dataclass(frozen=True)
class Draw:
    """One draw, what the lemma says there, and how it counts: drawn within the hypotheses, held, or failed for sure."""

    key: StreamKey
    instance: Instance
    reading: Reading
    admitted: bool
    held: bool
    failed: bool


def draws(reader: Reader, case: str, seed: int, check: str, instances: Instances) -> Iterator[Draw]:
    """Independent draws of a case without end, each from its own stream."""
    for trial in itertools.count():
        yield drawn(reader, StreamKey(f"{reader.lemma.id or 'lemma'}.{check}", case, trial), seed, instances)


def drawn(reader: Reader, key: StreamKey, seed: int, instances: Instances) -> Draw:
    """The draw of a key, read; what floats leave open is recomputed in balls where the instance is small enough."""
    assert reader.lemma.draw is not None
    point = instances.drawn(reader.lemma.draw, key, seed)
    instance, reading = point.instance, reader.look(point)
    if reading.admitted and (reading.unsure or reading.claim.state == "close") and is_small(instance):
        reading = in_balls(reader, instance).reading or reading
    state = reading.claim.state
    failed = not reading.unsure and state == "violated"
    return Draw(key, instance, reading, reading.admitted, state == "holds", failed)


def replay(lemma: Lemma, key: str, seed: int) -> dict[str, Any]:
    """One draw regenerated from its key, with every hypothesis and both sides of the claim, as JSON values.

    Raises ValueError for what is no key, StatementError for a lemma that is not drawn or a case it does not have.
    """
    parsed = parse_key(key)
    if lemma.draw is None:
        raise StatementError(f"{lemma.id} is not checked on random draws")
    if parsed.case not in lemma.cases:
        raise StatementError(f"{lemma.id} has no case {parsed.case} (it has: {', '.join(lemma.cases)})")
    return replayed(drawn(Reader(lemma), parsed, seed, Instances()))


def replayed(draw: Draw) -> dict[str, Any]:
    """A draw as JSON values."""
    return {
        "key": str(draw.key),
        "instance": plain(dict(draw.instance)),
        "values": numbers(draw.reading),
        "hypotheses": {name: _side(side) for name, side in draw.reading.given.items()},
        "claim": {**_side(draw.reading.claim), "ratio": plain(draw.reading.claim.ratio)},
        "violated": draw.failed,
    }


def _side(side: Side) -> dict[str, Any]:
    low, high = (x.str(17, radius=False) for x in (side.low, side.high))
    return {"low": low, "op": side.op, "high": high, "state": side.state}
