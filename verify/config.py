"""``[tool.verify]`` of the pyproject.toml of the current folder or the nearest one above it."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from verify.errors import BadInput

EFFORT_NAMES = ("quick", "standard", "thorough")
TYPES: dict[str, type] = {"paths": list, "effort": str, "seed": int, "baseline": str}


@dataclass(frozen=True)
class Config:
    """paths: further folders or files of lemmas; they and ``baseline`` are relative to the pyproject.toml."""

    paths: tuple[Path, ...] = ()
    effort: str = "quick"
    seed: int = 0
    baseline: Path | None = None


def load(folder: Path | None = None) -> Config:
    """The configuration that applies in a folder. Raises BadInput, naming the file and the key."""
    start = (folder or Path.cwd()).resolve()
    for place in (start, *start.parents):
        file = place / "pyproject.toml"
        if file.is_file():
            return _config(file, _table(file))
    return Config()


def _table(file: Path) -> dict[str, Any]:
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8")).get("tool", {}).get("verify", {})
    except (OSError, ValueError) as problem:
        raise BadInput(f"{file}: {problem}") from None
    if not isinstance(table, dict):
        raise BadInput(f"{file}: [tool.verify] is not a table")
    return table


def _config(file: Path, table: dict[str, Any]) -> Config:
    for key, value in table.items():
        if key not in TYPES:
            raise BadInput(f"{file}: [tool.verify] has no key {key!r} (it has: {', '.join(TYPES)})")
        if not isinstance(value, TYPES[key]) or isinstance(value, bool):
            raise BadInput(f"{file}: [tool.verify] {key} is {value!r}, which is no {TYPES[key].__name__}")
    paths = table.get("paths", [])
    if not all(isinstance(path, str) for path in paths):
        raise BadInput(f"{file}: [tool.verify] paths must be texts")
    if table.get("effort", "quick") not in EFFORT_NAMES:
        raise BadInput(f"{file}: [tool.verify] effort is {table['effort']!r}, not one of {', '.join(EFFORT_NAMES)}")
    baseline = file.parent / table["baseline"] if "baseline" in table else None
    places = tuple(file.parent / path for path in paths)
    return Config(places, table.get("effort", "quick"), table.get("seed", 0), baseline)
