"""The table of all chains: its cells, and the committed one against what the command makes anew."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from lemmas import data
from lemmas.widths import table
from verify.formats import text

COMMITTED = Path(__file__).parents[3] / "docs" / "widths.md"
CHAINS = ["classical", "sharp", "sharp-independent", "tight"]


def committed() -> list[list[str]]:
    """The cells of the committed table, by row."""
    lines = [line for line in COMMITTED.read_text().splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines]


@pytest.mark.slow
def test_the_committed_rows_are_what_the_command_prints() -> None:
    """But for the last digits of what descends in floats."""
    made = [list(cells) for cells in table.rows(data.named()["sphere-2-2-s0"])]
    old = [cells for cells in committed() if cells[0] == "sphere-2-2-s0"]
    assert [cells[:3] for cells in made] == [cells[:3] for cells in old]
    for one, other in zip(made, old, strict=True):
        assert np.array(one[3:], dtype=float) == pytest.approx(np.array(other[3:], dtype=float), rel=0.05)


def test_every_chain_and_every_named_data_set_has_a_row() -> None:
    header, *rows = committed()
    assert tuple(header) == table.HEAD
    assert [tuple(cells[:3:2]) for cells in rows] == [(name, chain) for name in data.named() for chain in CHAINS]


def test_ratios_are_those_of_the_numbers_beside_them() -> None:
    for cells in committed()[1:]:
        proved, gram, descent, certified = cells[3:7]
        for shown, (one, other) in zip(
            cells[7:], ((proved, gram), (proved, descent), (certified, descent)), strict=True
        ):
            if "-" in (one, other) or one == "none":
                assert shown == "-"
            elif one.isdecimal():
                assert shown == text.upper(int(one) / int(other), 3)
            else:  # a width rounded up to three digits
                assert float(shown) == pytest.approx(float(one) / float(other), rel=0.01)


def test_what_is_unknown_is_a_hyphen() -> None:
    assert table._cells(None, 4, None, 2) == ("none", "4", "-", "2", "-", "-", "-")
    assert table._cells(10**7, 4, 8, 2) == ("1e7", "4", "8", "2", "2500000", "1250000", "0.25")
    assert table._cells(650, 164, 16, 3) == ("650", "164", "16", "3", "3.97", "40.7", "0.188")  # rounded up
