"""What several quantities measure of one instance, one after the other, computed once."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from verify.statement import Instance

T = TypeVar("T")


def once(compute: Callable[[Instance], T]) -> Callable[[Instance], T]:
    """The function, which remembers what it said of the last instance; nobody changes that instance or the result."""
    last: list[tuple[Instance, T]] = []

    @wraps(compute)
    def found(at: Instance) -> T:
        if not (last and last[0][0] is at):
            last[:] = [(at, compute(at))]
        return last[0][1]

    return found
