"""What was read of a lemma file is remembered by its content, and never believed of another."""

import math
import sys
from pathlib import Path

import pytest

from verify import entries
from verify.entries import Head, RegistryError
from verify.pipeline import heads
from verify.pipeline.sealed import cache_folder, seal

LEMMA = b'"""Title."""\nlemma = Lemma(uses=("one-plus-x",))\n'


@pytest.fixture
def parses(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that were parsed, in order."""
    seen: list[str] = []

    def parsed(path: Path, source: bytes) -> Head | None:
        seen.append(path.name)
        return entries.parsed(path, source)

    monkeypatch.setattr(heads, "parsed", parsed)
    return seen


def read(name: str, source: bytes) -> Head | None:
    with heads.remembered() as parse:
        return parse(Path(name), source)


def test_a_file_is_parsed_once_for_each_content_and_name(parses: list[str]) -> None:
    assert read("a.py", LEMMA) == read("a.py", LEMMA) == Head("Title.", 2, ("one-plus-x",))
    assert parses == ["a.py"]
    assert read("a.py", LEMMA.replace(b"Title", b"Other")) == Head("Other.", 2, ("one-plus-x",))
    assert parses == ["a.py"] * 2
    assert read("one_plus_x.py", LEMMA) == Head("Title.", 2, ("one-plus-x",))
    assert parses[2:] == ["one_plus_x.py"]


def test_a_file_without_a_lemma_is_remembered_too(parses: list[str]) -> None:
    assert read("a.py", b"x = 1\n") is None
    assert read("a.py", b"x = 1\n") is None
    assert parses == ["a.py"]


def test_another_python_reads_it_again(parses: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    read("a.py", LEMMA)
    monkeypatch.setattr(sys, "version", sys.version.replace(".", ".9", 1))
    read("a.py", LEMMA)
    assert parses == ["a.py"] * 2


def test_an_error_is_never_remembered(parses: list[str]) -> None:
    for _ in range(2):
        with pytest.raises(RegistryError, match="no docstring"):
            read("a.py", b"lemma = Lemma()\n")
    assert parses == ["a.py"] * 2


NO_LINES = [math.inf, -math.inf, math.nan, 2.5, "2", True, None]
NO_MEMORIES = ["", "{}", '{"sum": "0", "body": "{}"}', seal([1]), seal({"k": [1]})]


@pytest.mark.parametrize("spoiled", NO_MEMORIES + [seal({"k": ["Title.", line, []]}) for line in NO_LINES])
def test_a_spoiled_memory_is_dropped_with_a_warning(
    spoiled: str, parses: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    place = cache_folder() / heads.FILE
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(spoiled)
    assert read("a.py", LEMMA) == Head("Title.", 2, ("one-plus-x",))
    assert "is dropped" in capsys.readouterr().err
    assert read("a.py", LEMMA) == Head("Title.", 2, ("one-plus-x",))
    assert parses == ["a.py"]


def test_without_a_folder_to_write_to_there_is_no_memory(
    parses: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("VERIFY_CACHE", str(tmp_path / "file" / "cache"))
    assert read("a.py", LEMMA) == read("a.py", LEMMA)
    assert parses == ["a.py"] * 2


def test_what_is_no_longer_there_is_forgotten(parses: list[str]) -> None:
    read("a.py", LEMMA)
    read("b.py", LEMMA)
    read("a.py", LEMMA)
    assert parses == ["a.py", "b.py", "a.py"]
