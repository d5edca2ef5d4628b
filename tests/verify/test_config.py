"""[tool.verify] is found from any folder of the project, and a wrong key is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from verify.checks.base import EFFORTS
from verify.config import EFFORT_NAMES, Config, load
from verify.errors import BadInput


def write(folder: Path, text: str) -> None:
    (folder / "pyproject.toml").write_text(text)


def test_the_efforts_are_those_of_the_checks() -> None:
    assert set(EFFORT_NAMES) == set(EFFORTS)


def test_defaults(tmp_path: Path) -> None:
    write(tmp_path, "[project]\nname = 'x'\n")
    assert load(tmp_path) == Config((), "quick", 0, None)


def test_it_is_found_from_below_and_paths_are_relative_to_the_file(tmp_path: Path) -> None:
    write(tmp_path, '[tool.verify]\npaths = ["claims"]\neffort = "standard"\nseed = 3\nbaseline = "b.json"\n')
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    assert load(below) == Config((tmp_path / "claims",), "standard", 3, tmp_path / "b.json")


def test_the_nearest_file_counts(tmp_path: Path) -> None:
    write(tmp_path, "[tool.verify]\nseed = 3\n")
    (tmp_path / "a").mkdir()
    write(tmp_path / "a", "")
    assert load(tmp_path / "a").seed == 0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[tool.verify]\nsed = 3\n", "no key 'sed'"),
        ("[tool.verify]\nseed = '3'\n", "seed is '3', which is no int"),
        ("[tool.verify]\nseed = true\n", "no int"),
        ("[tool.verify]\neffort = 'huge'\n", "not one of quick, standard, thorough"),
        ("[tool.verify]\npaths = [1]\n", "paths must be texts"),
        ("[tool]\nverify = 3\n", "not a table"),
        ("[tool.verify\n", "pyproject.toml: "),
    ],
)
def test_a_wrong_configuration(tmp_path: Path, text: str, message: str) -> None:
    write(tmp_path, text)
    with pytest.raises(BadInput, match=message):
        load(tmp_path)
