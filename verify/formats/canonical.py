"""One byte sequence for one report: sorted keys, shortest exact floats, no NaN, a newline at the end."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

VOLATILE = ("run", "timings")


def to_json(value: Any) -> str:
    """The canonical JSON text of a value.

    Floats are written by ``repr``, the shortest text that reads back to the same double.
    Raises ValueError for NaN and infinities, TypeError for what JSON cannot hold.
    """
    return json.dumps(value, sort_keys=True, ensure_ascii=False, allow_nan=False, indent=1) + "\n"


def strip_volatile(report: dict[str, Any]) -> dict[str, Any]:
    """The report without ``run`` and ``timings``: what must not change from run to run."""
    return {key: value for key, value in report.items() if key not in VOLATILE}


def write_atomically(path: Path, text: str) -> None:
    """Write UTF-8 text so that a reader sees the old file or the new one, never a part.

    Raises OSError if the folder is missing or not writable; then nothing is left behind.
    """
    scratch = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        scratch.write_text(text, encoding="utf-8", newline="\n")
        scratch.replace(path)
    finally:
        scratch.unlink(missing_ok=True)
