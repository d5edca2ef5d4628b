"""What was read of lemma files before, by their content: to parse forty takes longer than all else `list` does."""

from __future__ import annotations

import contextlib
import hashlib
import inspect
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from verify import entries
from verify.entries import Head, Parse, parsed
from verify.formats.canonical import write_atomically
from verify.pipeline.sealed import cache_folder, seal, unseal, warn

FILE = "heads.json"


@contextmanager
def remembered() -> Iterator[Parse]:
    """`entries.parsed` with a memory, which is written at the end; without the memory where it cannot be kept."""
    place = cache_folder() / FILE
    before, now = _read(place), dict[str, Head | None]()

    def head(path: Path, source: bytes) -> Head | None:
        key = _key(path, source)
        now[key] = before[key] if key in before else parsed(path, source)
        return now[key]

    yield head
    if now.keys() != before.keys():
        with contextlib.suppress(OSError):
            _write(place, now)


def _key(path: Path, source: bytes) -> str:
    return hashlib.sha256(b"\0".join((path.stem.encode(), source, *_reader()))).hexdigest()


def _reader() -> tuple[bytes, bytes]:
    """The code that reads a file and the Python whose grammar it uses: others may find something else in it."""
    return Path(inspect.getfile(entries)).read_bytes(), sys.version.encode()


def _read(place: Path) -> dict[str, Head | None]:
    try:
        found = unseal(place.read_text(encoding="utf-8"))
        return {key: _head(value) for key, value in found.items()}
    except OSError:
        return {}
    except (ValueError, TypeError, AttributeError) as problem:
        warn(f"{place} is dropped: {problem}")
        return {}


def _head(value: Any) -> Head | None:
    if value is None:
        return None
    title, line, uses = value
    if type(line) is not int:  # JSON as Python reads it has Infinity and NaN
        raise ValueError(f"{line} is no line number")
    return Head(str(title), line, tuple(map(str, uses)))


def _write(place: Path, heads: dict[str, Head | None]) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(place, seal({key: head and (head.title, head.line, head.uses) for key, head in heads.items()}))
