"""The steps of CONTRIBUTING.md, taken from its text and run as they stand, lead to a verdict."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def steps() -> str:
    """The first block of commands in CONTRIBUTING.md."""
    found = re.search(r"## A lemma in ten minutes.*?```sh\n(.*?)```", (ROOT / "CONTRIBUTING.md").read_text(), re.DOTALL)
    assert found is not None
    return found.group(1)


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A copy of the sources, with a .venv that leads to this interpreter."""
    for name in ("verify", "lemmas"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    activate = tmp_path / ".venv" / "bin" / "activate"
    activate.parent.mkdir(parents=True)
    activate.write_text(f'PATH="{Path(sys.executable).parent}:$PATH"\n')
    return tmp_path


def test_a_first_lemma(clone: Path) -> None:
    done = subprocess.run(
        ["bash", "-e"], input=steps(), cwd=clone, capture_output=True, text=True, check=False, env=dict(os.environ)
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert (clone / "lemmas" / "scalar" / "my_first_lemma.py").is_file()
    report = json.loads((clone / "reports" / "report.json").read_text())
    [lemma] = report["lemmas"]
    assert (lemma["id"], lemma["verdict"]) == ("my-first-lemma", "certified")
    assert lemma["file"] == "lemmas/scalar/my_first_lemma.py"
    assert {fault["outcome"] for fault in lemma["planted"]} == {"refuted"}
    assert "x*(1 - x) <= C" in done.stdout


@pytest.mark.slow
def test_the_smaller_constant_it_suggests_is_refuted(clone: Path) -> None:
    command = re.search(
        r"`python -m (verify audit my-first-lemma --set C=\S+)`", (ROOT / "CONTRIBUTING.md").read_text()
    )
    assert command is not None
    new = ["verify", "new", "my-first-lemma", "--group", "scalar"]
    for arguments, code in ((new, 0), (command.group(1).split(), 1)):
        done = subprocess.run(
            [sys.executable, "-m", *arguments], cwd=clone, capture_output=True, text=True, check=False
        )
        assert done.returncode == code, done.stdout + done.stderr
    assert "refuted" in done.stdout
