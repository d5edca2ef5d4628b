"""The table of the tight chain: its cells, and the committed one against what the command makes anew."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from lemmas import data
from lemmas.widths import tight_table

COMMITTED = Path(__file__).parents[3] / "docs" / "tight-widths.md"


@pytest.mark.slow
@pytest.mark.parametrize("name", ["sphere-2-2-s0", "orthonormal-5"])
def test_the_committed_row_is_what_the_command_prints(name: str) -> None:
    printed = tight_table.table([data.named()[name]]).splitlines()
    committed = COMMITTED.read_text().splitlines()
    assert printed[0] in committed
    cells, old = (next(r for r in rows if f" {name} " in r).split("|")[2:-1] for rows in (printed, committed))
    assert np.array(cells, dtype=float) == pytest.approx(np.array(old, dtype=float), rel=0.02)


def test_every_sphere_stays_within_six_times_what_is_seen() -> None:
    ratios = [float(line.split("|")[-2]) for line in COMMITTED.read_text().splitlines() if line.startswith("| sphere")]
    assert len(ratios) >= 5
    assert max(ratios) <= 6


def test_a_hopeless_set_says_why() -> None:
    twins = data.dataset("twins", np.array([[1.0, 0.0], [1.0, 1e-9]]) * (1 - 1e-12))
    assert tight_table.column(twins)["certified m"].startswith("none (")
