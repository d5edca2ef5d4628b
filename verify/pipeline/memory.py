"""What remembers results: the cache of this user, and the journal of a run that may be killed."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import Protocol

from verify.formats.canonical import write_atomically
from verify.pipeline.sealed import cache_folder, seal, unseal, warn
from verify.pipeline.worker import Result, from_json, to_json
from verify.verdict import Verdict


class Memory(Protocol):
    """Results by key. A memory that fails warns and forgets; it never stops a run."""

    def get(self, key: str) -> Result | None: ...

    def put(self, key: str, result: Result) -> None: ...


def encode(key: str, result: Result) -> str:
    """One line of JSON with a checksum."""
    return seal([key, to_json(result.evidence), result.seconds])


def decode(line: str) -> tuple[str, Result]:
    """The inverse of encode. Raises ValueError for anything else."""
    found = unseal(line)
    try:
        key, evidence, seconds = found
        return key, Result(from_json(evidence), seconds)
    except (KeyError, TypeError, AttributeError) as problem:
        raise ValueError(f"not a result: {problem}") from None


class Cache:
    """One file a result. Safe under concurrent runs: files are replaced whole, and named by what they depend on."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or cache_folder()
        self._writable = True

    def _file(self, key: str) -> Path:
        return self._folder / key[:2] / f"{key}.json"

    def get(self, key: str) -> Result | None:
        file = self._file(key)
        try:
            found, result = decode(file.read_text(encoding="utf-8"))
            if found != key:
                raise ValueError("it belongs to another key")
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as problem:
            warn(f"the cache entry {file} is unreadable and was dropped: {problem}")
            _drop(file)
            return None
        return result

    def put(self, key: str, result: Result) -> None:
        if not self._writable or result.evidence.verdict is Verdict.ERROR:  # a crash may have been the machine's fault
            return
        try:
            self._file(key).parent.mkdir(parents=True, exist_ok=True)
            write_atomically(self._file(key), encode(key, result))
        except OSError as problem:
            self._writable = False
            warn(f"the cache {self._folder} cannot be written ({problem.strerror}); going on without")


def _drop(file: Path) -> None:
    with contextlib.suppress(OSError):
        file.unlink(missing_ok=True)


class Journal:
    """An append-only file of results, each on the disk before the next task counts as done."""

    def __init__(self, folder: Path) -> None:
        """Raises OSError if the folder cannot be read."""
        self._file = folder / "journal.jsonl"
        self._results: dict[str, Result] = {}
        text = self._file.read_text(encoding="utf-8", errors="replace") if self._file.is_file() else ""
        for number, line in enumerate(text.splitlines(), 1):
            self._read(line, f"{self._file}:{number}")
        if text and not text.endswith("\n"):  # the run was killed while it wrote
            self._append("\n")

    def _read(self, line: str, place: str) -> None:
        try:
            key, result = decode(line)
        except ValueError as problem:
            warn(f"{place} is unreadable and was skipped: {problem}")
        else:
            self._results[key] = result

    def get(self, key: str) -> Result | None:
        return self._results.get(key)

    def put(self, key: str, result: Result) -> None:
        if result.evidence.verdict is not Verdict.ERROR:
            self._append(encode(key, result) + "\n")

    def _append(self, text: str) -> None:
        with self._file.open("a", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
