"""The example notebook runs, and what is stored in it is what comes out."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
BOOK = ROOT / "examples" / "tour.ipynb"

nbformat = pytest.importorskip("nbformat", reason="nbformat is not installed (pip install theorem-verify[notebook])")
pytest.importorskip("nbclient", reason="nbclient is not installed (pip install theorem-verify[notebook])")
pytest.importorskip("ipykernel", reason="ipykernel is not installed (pip install theorem-verify[notebook])")


@pytest.fixture(scope="module")
def cells() -> list[tuple[Any, Any]]:
    """(stored, fresh) for every code cell."""
    specification = importlib.util.spec_from_file_location("execute", ROOT / "examples" / "execute.py")
    assert specification is not None
    assert specification.loader is not None
    execute = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(execute)
    stored, fresh = nbformat.read(BOOK, as_version=4), execute.executed(BOOK)
    pairs = zip(stored.cells, fresh.cells, strict=True)
    return [(old, new) for old, new in pairs if old.cell_type == "code"]


@pytest.mark.filterwarnings("ignore::RuntimeWarning", "ignore::DeprecationWarning")
def test_stored_outputs_are_those_of_a_fresh_run(cells: list[tuple[Any, Any]]) -> None:
    for stored, fresh in cells:
        old, new = _contents(stored), _contents(fresh)
        assert old, "a cell was stored without its output; run examples/execute.py"
        if "moves-with-the-chains" in stored.metadata.get("tags", ()):
            assert [sorted(one) for one in old] == [sorted(one) for one in new]
        else:
            assert old == new, "the notebook is stale; run python examples/execute.py examples/tour.ipynb"


def _contents(cell: Any) -> list[dict[str, str]]:
    return [dict(output.get("data") or {"text": output.text}) for output in cell.outputs]


def test_lemma_report_and_widths_show_as_html_and_latex(cells: list[tuple[Any, Any]]) -> None:
    shown = [output.data for _, cell in cells for output in cell.outputs if "text/html" in output.get("data", {})]
    assert len(shown) == 4
    assert all("text/latex" in data for data in shown)
    assert "<math" in shown[0]["text/html"]
    assert "certified" in shown[2]["text/html"]
    assert "classical" in shown[3]["text/html"]
