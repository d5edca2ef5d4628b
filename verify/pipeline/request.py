"""What the user asked for."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from verify.errors import BadInput

Edits = tuple[tuple[str, str, str], ...]  # (lemma, constant, value): a what-if
Engine = Literal["local", "dask"]
Listener = Callable[[int, int, str], None]  # tasks done, tasks in all, what was done last


@dataclass(frozen=True)
class Request:
    """targets: ids, globs, groups, files or folders; none means everything. jobs: processes on this machine."""

    targets: tuple[str, ...] = ()
    paths: tuple[Path, ...] = ()
    effort: str = "quick"
    seed: int = 0
    jobs: int = 1
    engine: Engine = "local"
    scheduler: str | None = None
    out: Path = Path("reports")
    cache: bool = True
    baseline: Path | None = None
    resume: Path | None = None
    allow_assumed: bool = False
    edits: Edits = ()

    def __post_init__(self) -> None:
        if self.jobs < 1:
            raise BadInput(f"--jobs is {self.jobs}; it must be at least 1")
        if self.seed < 0:
            raise BadInput(f"--seed is {self.seed}; it must not be negative")
        if self.engine == "dask" and not self.scheduler:
            raise BadInput("--engine dask needs --scheduler ADDRESS, such as tcp://127.0.0.1:8786")
        if self.baseline is not None and not self.baseline.is_file():
            raise BadInput(f"--baseline {self.baseline}: no such file")


def make_folders(request: Request) -> None:
    """The folders that the run writes to. Raises BadInput for one that cannot be written."""
    writable(request.out, "--out")
    if request.resume:
        writable(request.resume, "--resume")


def writable(folder: Path, option: str) -> None:
    """Make the folder if need be. Raises BadInput if it cannot hold files."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise BadInput(f"{option} {folder} cannot be made: {problem.strerror}") from None
    if not os.access(folder, os.W_OK | os.X_OK):
        raise BadInput(f"{option} {folder} is not writable")
