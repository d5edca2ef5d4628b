"""The tables of the benchmark, on invented measurements: nothing left out, no aim called met that is not."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from lemmas.bench import measure, table
from verify.cli import main

JOB = {"n": 100, "d": 20, "m": 1000, "kernel_ms": 40.0, "plain_ms": 80.0, "limit_ms": 34.0, "of_limit": 0.85}
FOUND: dict[str, Any] = {
    "quick": False,
    "machine": {"cpus": 2, "numpy": "2.4.0", "exponential": "numba 0.68.1"},
    "gram": JOB | {"over_plain": 2.0, "parts_ms": {"random": 14.0, "exp": 20.0}},
    "descent": JOB | {"steps": 7, "over_plain": 1.7, "of_limit": 0.6, "parts_ms": {"exp": 34.0}},
    "workers": {"matmul": 1.9, "gram": 1.85, "descent": 1.7},
    "cost": [
        {"n": 100, "m": 1000, "ms": 10.0, "ns_per_feature": 100.0},
        {"n": 200, "m": 1000, "ms": 40.0, "ns_per_feature": 200.0},
        {"n": 100, "m": 500, "ms": 5.0, "ns_per_feature": 100.0},
    ],
    "memory": {"n": 300, "d": 100, "m": 10, "peak_mb": 150.0},
    "enclosure_memory": {"n": 1000, "d": 20, "m": 0, "peak_mb": 500.0},
    "peers": {"n": 100, "d": 20, "m": 100, "pinned": True, "ms": {"kernel": 2.0, "neural-tangents": 50.0}},
    "boxes": {"status": "proved", "boxes": 900, "seconds": 0.5, "per_second": 1800.0},
    "eigenvalues": [
        {"n": 300, "d": 20, "lambda": 0.9, "build_seconds": 0.1, "seconds": 0.5},
        {"n": 600, "d": 20, "lambda": 0.5, "build_seconds": 0.4, "seconds": 4.0},
        {"n": 200, "d": 3, "lambda": 7e-16, "build_seconds": 0.1, "seconds": 0.9},
    ],
}


def rows(text: str, title: str) -> list[list[str]]:
    table = text.split(f"## {title}", 1)[1].split("\n\n", 2)[1]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[2:]]


def test_an_aim_is_met_only_if_it_is() -> None:
    met = {row[0]: (row[1], row[3]) for row in rows(table.markdown(FOUND), "Ratios and aims")}
    assert met["trial, share of the limit"] == ("0.85", "yes")
    assert met["descent, share of the limit"] == ("0.60", "no")
    assert met["trials on two workers over one"] == ("1.85", "yes")
    assert met["trial over neural-tangents"] == ("25.00", "yes")
    assert met["memory of a trial above idle, MB (n=300, d=100, m=10)"] == ("150.00", "yes")
    assert met["lambda_min enclosed, n=1000, d=20, seconds"] == ("", "not measured")
    assert met["lambda_min enclosed, n=200, d=3 (about 1e-16), seconds"] == ("0.90", "yes")


def test_head_says_what_evaluated_exp() -> None:
    assert "2 cores, NumPy 2.4.0, exp by numba 0.68.1. Full sizes." in table.markdown(FOUND)


def test_a_ceiling_is_missed_from_above() -> None:
    slow = copy.deepcopy(FOUND)
    slow["memory"]["peak_mb"] = 200.5
    assert [row[3] for row in rows(table.markdown(slow), "Ratios and aims") if "memory" in row[0]] == ["no"]


def test_what_was_not_measured_says_so() -> None:
    bare = copy.deepcopy(FOUND)
    del bare["peers"]["ms"]["neural-tangents"]
    bare["memory"]["peak_mb"] = bare["enclosure_memory"]["peak_mb"] = None
    text = table.markdown(bare)
    assert [row[3] for row in rows(text, "Ratios and aims")].count("not measured") == 3
    assert "memory unknown" in text


def test_reach_extrapolates_the_growth_between_the_largest_sizes() -> None:
    trials, points, enclosure = (cost for _, cost in table.reach(FOUND))
    assert trials.startswith("463 days of one core, 250 of two")  # 0.04 s * 1e9 / 86400
    assert "bound by 'exp'" in trials
    assert points == "100.0 s; H alone holds 0.8 GB"  # 0.04 s * 50^2
    assert enclosure.startswith("5.1 hours")  # 4 s * (10000 / 600)^3
    assert "50 GB of balls (500 MB at n=1000)" in enclosure


def test_extrapolation_is_exact_on_two_terms_and_never_falls() -> None:
    sizes = [8, 2, 4]
    assert table.extrapolated(sizes, [3 * s**2 + 5 * s**3 for s in sizes], 16, 3) == pytest.approx(3 * 256 + 5 * 4096)
    assert table.extrapolated(sizes, [8.0, 2.0, 4.1], 16, 2) == pytest.approx(16)  # noise: no n^2 in it
    assert table.extrapolated(sizes, [8.0, 2.0, 1.0], 16, 2) == pytest.approx(32)  # faster than n^2: no more than n^2


@pytest.mark.parametrize("as_json", [True, False])
def test_command_writes_both_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, as_json: bool) -> None:
    asked: list[bool] = []

    def run(quick: bool) -> dict[str, Any]:
        asked.append(quick)
        return FOUND

    monkeypatch.setattr(measure, "run", run)
    out = tmp_path / "new" / "reports"
    result = CliRunner().invoke(main, ["bench", "--quick", "--out", str(out), *(["--json"] if as_json else [])])
    assert result.exit_code == 0, result.output
    assert asked == [True]
    assert json.loads((out / "bench.json").read_text()) == FOUND
    text = (out / "bench.md").read_text()
    assert text == table.markdown(FOUND)
    assert result.stdout == ((out / "bench.json").read_text() if as_json else text)


def test_command_refuses_a_folder_it_cannot_make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measure, "run", lambda quick: pytest.fail("measured before the folder was looked at"))
    (tmp_path / "file").touch()
    result = CliRunner().invoke(main, ["bench", "--out", str(tmp_path / "file" / "reports")])
    assert result.exit_code == 2
    assert "--out" in result.stderr
