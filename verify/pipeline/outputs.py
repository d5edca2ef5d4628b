"""Write a report in every format; each file appears whole or not at all."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

from verify.formats.canonical import to_json, write_atomically

FORMATS = {
    "report.md": "markdown",
    "report.html": "html",
    "junit.xml": "junit",
    "report.sarif": "sarif",
    "badge.json": "badge",
}


def write_all(report: dict[str, Any], folder: Path) -> None:
    """Every file of a report. All are rendered before the first is written. Raises OSError."""
    texts = {name: render(report, module) for name, module in FORMATS.items()}
    for name, text in {"report.json": to_json(report), **texts}.items():
        write_atomically(folder / name, text)


def render(report: dict[str, Any], module: str) -> str:
    """The report in one format; a format is a module of verify.formats with ``render(report)``."""
    text: str = importlib.import_module(f"verify.formats.{module}").render(report)
    return text
