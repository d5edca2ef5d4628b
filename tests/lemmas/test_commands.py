"""The command `width`: certificates that re-evaluate, a user's files, and clear errors."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sympy as sp
from click.testing import CliRunner

from lemmas import data
from lemmas.commands import beside
from lemmas.notation.symbols import m
from lemmas.theorems.convergence_classical import CHAIN
from lemmas.widths import comparison
from verify.chain import requirements, verify
from verify.checks.reading import Reader
from verify.cli import main
from verify.pipeline.select import installed


def run(*args: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, ["width", *args])
    return done.exit_code, done.output + (done.stderr if done.stderr_bytes else "")


def solved(*args: str) -> dict[str, Any]:
    code, text = run(*args, "--json")
    assert code == 0, text
    return {chain["id"]: chain for chain in json.loads(text)["chains"]}


def checked(width: int, values: dict[str, str], case: comparison.Case) -> list[str]:
    """Whether each requirement of the classical chain holds at this width, with the parameters of a certificate."""
    known = comparison.values(case, case.least_eigenvalue())
    unknowns = {s: sp.Rational(values[s.name]) for s, _ in CHAIN.unknowns}
    found = verify(requirements(CHAIN, installed().lemma), {**known, **unknowns, m: sp.Integer(width)})
    return [check["holds"] for check in found]


@pytest.mark.slow
def test_the_classical_width_is_a_certificate() -> None:
    """Every hypothesis holds at m; at 0.9 m at least one certainly fails."""
    [width] = solved("--n", "10", "--dim", "5", "--seed", "0", "--delta", "0.1", "--eps", "0.01")["classical"]["widths"]
    assert 1e22 < width["m"]["upper"] < 1e25
    points = data.sphere(10, 5, 0)
    case = comparison.Case(points.name, 10, 5, Fraction(1, 10), Fraction(1, 100), points)
    values = width["certificate"]["values"]
    assert set(checked(width["m"]["upper"], values, case)) == {"yes"}
    assert "certainly not" in checked(int(0.9 * width["m"]["upper"]) // 2 * 2, values, case)
    assert width["m"]["upper"] * 0.999 < width["m"]["lower"] < width["m"]["upper"]


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """A user's points and labels as CSV, the points with a header."""
    rows = ["one,two,three", "0.6,0.8,0", "0,-0.5,0.5", "-0.3,0.1,0.9", "1,0,0"]
    points, labels = tmp_path / "points.csv", tmp_path / "labels.csv"
    points.write_text("\n".join(rows), encoding="utf-8")
    labels.write_text("1\n-0.5\n0.25\n-1\n", encoding="utf-8")
    return points, labels


@pytest.mark.slow
def test_a_users_files(files: tuple[Path, Path]) -> None:
    points, labels = files
    chains = solved("--data", str(points), "--labels", str(labels))
    [classical] = chains["classical"]["widths"]
    assert (classical["case"], classical["n"], classical["d"]) == ("points", 4, 3)
    assert classical["m"]["upper"] > 10**20
    assert all(check["holds"] == "yes" for check in classical["certificate"]["checks"])
    assert set(chains) >= {"classical", "sharp", "tight"}


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("gram-positive-definite", ""),
        ("gram-lambda-upper", ""),
        ("gram-lambda-upper", "short data"),
        ("gram-lambda-decay", "in the ball"),
        ("gram-variance-upper", ""),
    ],
)
def test_lemmas_about_the_data_hold_of_a_users_files(files: tuple[Path, Path], name: str, part: str) -> None:
    lemma = installed().lemma(name)
    reader = Reader(lemma.also[part] if part else lemma)
    reading = reader.read(reader.measure({"X": data.load(files[0]).X, "deg": 1}))
    assert reading.admitted
    assert reading.claim.state == "holds"


def test_lambda_instead_of_data() -> None:
    chains = solved("--n", "5", "--dim", "3", "--lambda", "1/2")
    assert chains["classical"]["widths"][0]["lambda"]["lower"] == "0.5"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("0.1,nan\n", "NaN"),
        ("3,4\n", "norms must be at most 1"),
        ("0.5,0.5\n0.5,0.5\n", "equal"),
        ("0,0\n", "zero"),
        ("0.1,0.2\n0.3\n", "cells"),
    ],
)
def test_a_file_that_is_no_data_is_named(tmp_path: Path, content: str, message: str) -> None:
    file = tmp_path / "bad.csv"
    file.write_text(content, encoding="utf-8")
    code, text = run("--data", str(file))
    assert code == 2
    assert "bad.csv" in text
    assert message in text


@pytest.mark.slow
def test_observed_widths_say_how_far_they_reach(tmp_path: Path) -> None:
    file = tmp_path / "two.csv"
    np.savetxt(file, np.eye(2), delimiter=",")
    code, text = run("--data", str(file), "--empirical")
    assert code == 0, text
    assert "observed, independent start, descent reaches eps: m = " in text
    assert "at confidence 0.95" in text
    assert "no simulation confirms a theorem that prescribes more" in text
    assert "(in reverse order 10^" in text
    header, *rows = text.splitlines()[-5:]
    assert header.split("  ")[0] == "chain"
    assert [row.split()[0] for row in rows] == ["classical", "sharp", "sharp-independent", "tight"]


def test_a_width_beside_what_was_seen() -> None:
    entry = {"m": {"upper": 1000}, "empirical": 16, "certified": 4}
    assert beside("sharp", entry) == ("sharp", "1\u2009000", "16", "4", "62.5", "0.25")
    assert beside("sharp", {**entry, "certified": None})[3:] == ("-", "62.5", "-")
    assert beside("sharp", {**entry, "empirical": None})[2:] == ("-", "4", "-", "-")


def test_observed_widths_need_data() -> None:
    code, text = run("--n", "5", "--dim", "3", "--lambda", "0.5", "--empirical")
    assert code == 2
    assert "--empirical needs data" in text


def test_a_lambda_too_small_for_one_chain_leaves_the_others_their_width() -> None:
    chains = solved("--n", "5", "--dim", "3", "--lambda", "1e-20")
    assert "the search in floats gave up" in chains["classical"]["reason"]
    assert "at lambda >= 9.99E-21" in chains["classical"]["reason"]
    assert all(check["holds"] == "yes" for check in chains["sharp"]["widths"][0]["certificate"]["checks"])


def test_a_target_above_the_initial_residual_needs_no_step() -> None:
    chains = solved("--n", "5", "--dim", "3", "--lambda", "1/2", "--eps", "100")
    assert [chains[name]["widths"][0]["steps"] for name in ("classical", "sharp")] == [0, 0]


def test_points_too_small_for_floats_are_one_line(tmp_path: Path) -> None:
    file = tmp_path / "tiny.csv"
    file.write_text("1e-200,0\n0.5,0.5\n", encoding="utf-8")
    code, text = run("--data", str(file))
    assert code == 2
    assert len(set(text.splitlines())) == 1
    assert text.splitlines()[0].count("the search in floats gave up") == 4
    assert "repeat" not in text


def test_labels_that_are_all_zero(files: tuple[Path, Path]) -> None:
    points, labels = files
    labels.write_text("0\n0\n0\n0\n", encoding="utf-8")
    chains = solved("--data", str(points), "--labels", str(labels))
    assert chains["sharp"]["widths"][0]["steps"] == 0
    assert chains["sharp-independent"]["widths"][0]["steps"] > 0
    assert "every even m suffices" in chains["tight"]["reason"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--data", "POINTS", "--n", "4", "--dim", "3"], "--data with --n, --dim"),
        (["--data", "POINTS", "--lambda", "0.5"], "--data with --lambda"),
        (["--data", "POINTS", "--seed", "0"], "--data with --seed"),
        (["--labels", "POINTS", "--n", "4", "--dim", "3"], "--labels needs the points"),
        (["--n", "5", "--dim", "1", "--seed", "0"], "a line has two points of norm 1"),
        (["--n", "5", "--dim", "3", "--delta", "1e-400"], "--delta: the search in floats"),
        (["--n", "5", "--dim", "3", "--eps", "1e-400"], "--eps: the search in floats"),
        (["--n", "5", "--dim", "3", "--eps", "1e400"], "--eps: the search in floats"),
        (["--n", "2", "--dim", "1", "--seed", "0"], "rows 1 and 2 are equal"),
    ],
)
def test_options_that_make_no_case(files: tuple[Path, Path], options: list[str], message: str) -> None:
    code, text = run(*(str(files[0]) if option == "POINTS" else option for option in options))
    assert code == 2
    assert len(set(text.splitlines())) == 1  # `run` joins the output, which has it, and stderr
    assert message in text
