"""One independent random stream for every (check, case, trial), the same in every process and on every machine."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.random import SFC64, Generator, SeedSequence

POOL = 4  # words of NumPy's SeedSequence


@dataclass(frozen=True)
class StreamKey:
    """Address of one trial; prints as "check/case/trial".  The check has no slash and neither name is empty."""

    check: str
    case: str
    trial: int

    def __post_init__(self) -> None:
        if not self.check or not self.case or "/" in self.check or self.trial < 0:
            raise ValueError(f"not a stream key: check {self.check!r}, case {self.case!r}, trial {self.trial!r}")

    def __str__(self) -> str:
        return f"{self.check}/{self.case}/{self.trial}"

    def generator(self, seed: int) -> Generator:
        """A fresh generator at the start of this stream; raises ValueError for a negative seed."""
        words = (*_address(seed, self.check, self.case), *_words(self.trial))
        return Generator(SFC64(SeedSequence(np.array(words, dtype=np.uint32))))


def parse_key(text: str) -> StreamKey:
    """Read back what `str(StreamKey(...))` printed; a case may itself contain slashes.  Raises ValueError."""
    check, separator, rest = text.partition("/")
    case, last_separator, trial = rest.rpartition("/")
    if not separator or not last_separator or not (trial.isascii() and trial.isdigit()):
        raise ValueError(f"not a stream key (check/case/trial): {text!r}")
    return StreamKey(check, case, int(trial))


def stream(seed: int, check: str, case: str, trial: int) -> Generator:
    """The generator of trial number `trial` of a case of a check, under the root `seed`."""
    return StreamKey(check, case, trial).generator(seed)


@lru_cache(maxsize=1024)  # each is asked for in every trial
def _address(seed: int, check: str, case: str) -> tuple[int, ...]:
    """What ``SeedSequence(seed, spawn_key=(check, case, trial))`` mixes before the trial, put together once.

    NumPy pads a seed that has fewer words than its pool.
    """
    if seed < 0:
        raise ValueError(f"a seed is not negative, got {seed}")
    root = _words(seed)
    return (*root, *[0] * (POOL - len(root)), _hash32(check), _hash32(case))


def _words(number: int) -> list[int]:
    """A natural number in base 2^32, the lowest digit first."""
    return [number & 0xFFFFFFFF, *(_words(number >> 32) if number >> 32 else [])]


def _hash32(name: str) -> int:
    # The built-in hash() differs from process to process.
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=4).digest(), "big")
