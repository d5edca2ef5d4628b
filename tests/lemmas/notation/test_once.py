"""What is measured of one instance is computed once, and anew for the next."""

from __future__ import annotations

import itertools

from lemmas.notation.once import once
from verify.statement import Instance


def test_each_instance_is_computed_once_while_it_is_asked_for() -> None:
    seen: list[Instance] = []

    @once
    def total(at: Instance) -> int:
        seen.append(at)
        return int(at["p"]) + int(at["q"])

    first, second = {"p": 1, "q": 2}, {"p": 3, "q": 4}
    assert [total(first), total(first), total(second), total(second)] == [3, 3, 7, 7]
    assert [at is first for at in seen] == [True, False]


def test_equal_instances_are_not_taken_for_each_other() -> None:
    """Balls of another precision compare equal where they overlap, so equality is no ground for sharing."""
    calls = itertools.count()
    number = once(lambda at: next(calls))
    assert [number({"p": 1}), number({"p": 1})] == [0, 1]
