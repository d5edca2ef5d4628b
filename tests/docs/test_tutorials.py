"""The tutorials in docs/ and the examples of the README do what they say.

Their files are written, their commands run, their outputs compared.

In a ```console block, "$ command" is run in the reader's folder; each line after it must occur, in this order, in what
it prints (runs of blanks counting as one); "# exit code N" is checked, and is 0 where nothing is said. A code block
after a path in backquotes and a colon is that file; a ```diff block replaces each "-" line by the "+" lines below it.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

DOCS = Path(__file__).resolve().parents[2] / "docs"
BLOCK = re.compile(r"(?:`(?P<file>[\w./-]+)`:\n\n)?```(?P<kind>\w+)\n(?P<body>.*?)```", re.DOTALL)


@dataclass
class Command:
    line: str
    shown: list[str] = field(default_factory=list)
    code: int = 0


def commands(body: str) -> Iterator[Command]:
    found: list[Command] = []
    for line in body.splitlines():
        if line.startswith("$ "):
            found.append(Command(line.removeprefix("$ ")))
        elif line.startswith("# exit code "):
            found[-1].code = int(line.removeprefix("# exit code "))
        else:
            found[-1].shown.append(" ".join(line.split()))
    return iter(found)


def run(command: Command, folder: Path) -> None:
    program, *arguments = shlex.split(command.line)
    assert program == "python"
    environment = {**os.environ, "VERIFY_CACHE": str(folder / "cache"), "COLUMNS": "200", "NO_COLOR": "1"}
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, [str(DOCS.parent), os.environ.get("PYTHONPATH", "")]))
    done = subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    printed = " ".join((done.stdout + done.stderr).split())
    assert done.returncode == command.code, f"{command.line}\n{printed}"
    at = 0
    for line in command.shown:
        assert line in printed[at:], f"{command.line} should have printed '{line}':\n{printed}"
        at = printed.index(line, at) + len(line)


def change(file: Path, body: str) -> None:
    lines = body.splitlines()
    while lines:
        old = lines.pop(0).removeprefix("-")
        new = []
        while lines and lines[0].startswith("+"):
            new.append(lines.pop(0).removeprefix("+"))
        text = file.read_text(encoding="utf-8")
        assert text.count(f"{old}\n") == 1, f"{file} has no line '{old}'"
        file.write_text(text.replace(f"{old}\n", "".join(f"{line}\n" for line in new)), encoding="utf-8")


def follow(page: str, folder: Path) -> int:
    """Do what a tutorial says; how many commands were run."""
    count = 0
    for block in BLOCK.finditer((DOCS / page).read_text(encoding="utf-8")):
        if block["kind"] == "console":
            for command in commands(block["body"]):
                run(command, folder)
                count += 1
        elif block["file"] and block["kind"] == "diff":
            change(folder / block["file"], block["body"])
        elif block["file"]:
            (folder / block["file"]).parent.mkdir(parents=True, exist_ok=True)
            (folder / block["file"]).write_text(block["body"], encoding="utf-8")
    return count


@pytest.mark.slow
@pytest.mark.parametrize(
    ("page", "count"),
    [("check-your-own-paper.md", 7), ("add-a-lemma.md", 7), ("audit-a-constant.md", 6), ("../README.md", 2)],
)
def test_a_tutorial_is_true(page: str, count: int, tmp_path: Path) -> None:
    assert follow(page, tmp_path) == count


def test_what_is_not_printed_is_noticed(tmp_path: Path) -> None:
    version = Command("python -m verify --version", ["theorem-verify"])
    run(version, tmp_path)
    with pytest.raises(AssertionError, match="should have printed"):
        run(Command(version.line, ["theorem-verify", "theorem-verify"[::-1]]), tmp_path)
    with pytest.raises(AssertionError, match="should have printed"):
        run(Command(version.line, ["theorem-verify", "theorem-verify"]), tmp_path)  # it says so once
    with pytest.raises(AssertionError):
        run(Command(version.line, [], code=1), tmp_path)
