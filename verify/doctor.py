"""What is installed, and does it work?"""

from __future__ import annotations

import os
import platform
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import NamedTuple

PACKAGE = "theorem-verify"
REQUIREMENT = re.compile(r"(?P<name>[\w.-]+)\s*(?P<needs>[^;]*?)\s*(;.*extra\s*==\s*[\"'](?P<extra>[^\"']+).*)?$")


class Finding(NamedTuple):
    """needed: whether nothing works without it."""

    name: str
    works: bool
    detail: str
    needed: bool = True


def examine() -> list[Finding]:
    """Everything that is looked at, in a fixed order."""
    python = Finding("python", sys.version_info >= (3, 11), f"{platform.python_version()} on {platform.machine()}")
    tried = [_tried(name, trial) for name, trial in TRIALS.items()]
    return [python, *_libraries(), *tried, _browser()]


def _libraries() -> Iterator[Finding]:
    for text in requires(PACKAGE) or []:
        requirement = REQUIREMENT.match(text)
        assert requirement is not None, text
        name, needs, extra = requirement.group("name", "needs", "extra")
        try:
            yield Finding(name, True, f"{version(name)} (asked for: {needs or 'any'})", needed=not extra)
        except PackageNotFoundError:
            detail = f"not installed; pip install '{PACKAGE}[{extra}]'" if extra else "not installed"
            yield Finding(name, False, detail, needed=not extra)


def _tried(name: str, trial: Callable[[], str]) -> Finding:
    try:
        return Finding(name, True, trial())
    except Exception as problem:
        return Finding(name, False, " ".join(f"{type(problem).__name__}: {problem}".split()))


def _balls() -> str:
    """Ball arithmetic: an enclosure of e that is narrow and contains it."""
    from flint import arb, ctx, fmpq

    with ctx.workprec(128):
        e, near = arb(1).exp(), arb(fmpq(27182818284590452353, 10**19))
        if not (abs(e - near) < arb(2) ** -60) or e.rad() > arb(2) ** -100:
            raise ArithmeticError(f"exp(1) was enclosed as {e}")
        return f"exp(1) in {e.str(20)}"


def _lemmas() -> str:
    from verify.pipeline.select import installed

    return f"{len(installed().entries)} lemmas found"


def _cache() -> str:
    import tempfile

    from verify.pipeline.sealed import cache_folder

    folder = cache_folder()
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder):
        return str(folder)


TRIALS = {"ball arithmetic": _balls, "packs": _lemmas, "cache": _cache}


def _browser() -> Finding:
    names = ("chromium", "chromium-browser", "google-chrome", "chrome")
    found = next((path for name in names if (path := shutil.which(name))), None)
    given = os.environ.get("CHROMIUM")
    found = given if given and Path(given).is_file() else found
    return Finding("browser", found is not None, found or "none; only tests of the page need one", needed=False)


def text(findings: list[Finding]) -> str:
    """One line each, what is missing marked."""
    width = max(len(finding.name) for finding in findings)
    marks = {(True, True): "ok", (True, False): "ok", (False, True): "FAILS", (False, False): "absent"}
    return "\n".join(f"{marks[f.works, f.needed]:<7} {f.name:<{width}}  {f.detail}" for f in findings)
