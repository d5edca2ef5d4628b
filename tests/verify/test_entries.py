"""Lemma files are read without importing them; a wrong one is named, with the reason."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from verify.entries import RegistryError, read_one, scan
from verify.registry import Library


def library(folder: Path) -> Library:
    return Library(scan(folder))


def test_reads_id_group_title_line_and_uses_without_importing(write: Any) -> None:
    write("scalar/first-fact", title="First line.\n\nSecond.")
    path = write("scalar/second-fact", uses=("first-fact",), preamble="raise RuntimeError('imported')")
    found = library(path.parents[1])
    entry = found.entry("second-fact")
    assert (entry.group, entry.title, entry.uses) == ("scalar", "The square of a sum.", ("first-fact",))
    assert path.read_text().splitlines()[entry.line - 1].startswith("lemma = Lemma(")
    assert found.entry("first-fact").title == "First line."


def test_files_without_a_lemma_are_no_lemmas(write: Any) -> None:
    path = write("scalar/fact")
    (path.parents[1] / "symbols.py").write_text("x = 1\n")
    (path.parent / "helpers.py").write_text("def lemma(): ...\nlemmas = 2\n")
    (path.parent / "__pycache__").mkdir()
    (path.parent / "__pycache__" / "junk.py").write_text("lemma = (")
    assert list(library(path.parents[1]).entries) == ["fact"]


def test_an_annotated_assignment_counts(tmp_path: Path) -> None:
    path = tmp_path / "a_fact.py"
    path.write_text('"""T."""\nlemma: object = 3\n')
    assert read_one(path).id == "a-fact"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("lemma = 1\n", "no docstring"),
        ('"""T."""\nlemma = (\n', "never closed"),
        ('"""T."""\nother = 1\n', "defines no lemma"),
        ('"""T."""\nlemma = L(uses=[n for n in x])\n', "literal tuple"),
        ('"""T."""\nlemma = L(uses=("a", 1))\n', "literal tuple"),
    ],
)
def test_a_wrong_file_is_named_with_the_reason(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "fact.py"
    path.write_text(text)
    with pytest.raises(RegistryError, match=message) as caught:
        read_one(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("name", "message"), [("fact.txt", "not a Python file"), ("gone.py", "no such file")])
def test_a_target_that_is_no_lemma_file(tmp_path: Path, name: str, message: str) -> None:
    (tmp_path / "fact.txt").write_text("")
    with pytest.raises(RegistryError, match=message):
        read_one(tmp_path / name)


def test_the_file_name_must_be_an_id(write: Any) -> None:
    with pytest.raises(RegistryError, match="file name is the id"):
        read_one(write("scalar/Fact"))
