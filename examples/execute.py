"""Run a notebook and keep its outputs: python examples/execute.py examples/tour.ipynb"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient


def executed(file: Path) -> Any:
    """The notebook with fresh outputs. Raises nbclient's CellExecutionError where a cell fails."""
    book = nbformat.read(file, as_version=4)  # type: ignore[no-untyped-call]
    for cell in book.cells:
        cell.pop("outputs", None)
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    NotebookClient(book, timeout=600, kernel_name="python3", record_timing=False).execute()
    for output in (output for cell in book.cells for output in cell.get("outputs", [])):
        if "text/html" in output.get("data", {}):
            del output["data"]["text/plain"]  # for terminals; it would fill the file
    book.metadata = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    return book


if __name__ == "__main__":
    for name in sys.argv[1:]:
        nbformat.write(executed(Path(name)), name)  # type: ignore[no-untyped-call]
