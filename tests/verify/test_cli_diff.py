"""What `diff` says and exits with after real runs: a changed constant, a removed lemma, a changed statement, noise."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from verify.cli import main

SAMPLED = '''"""The absolute value of a normal number: |z| <= sqrt(2 log(2/delta)) with probability 1 - delta."""

import sympy as sp

from verify import Lemma, Quantity, const, le, positive, real

delta = Quantity("delta", positive(1, open_upper=True))
size = Quantity("size", real(0), "the size of one draw", lambda instance: abs(instance["z"]))
C = const("C", {constant})

lemma = Lemma(
    le(size, sp.sqrt(C * sp.log(2 / delta))),
    fails_with=delta,
    draw=lambda rng, case: {{"z": rng.standard_normal(), "delta": 0.1}},
    designated="montecarlo",
)
'''


@pytest.fixture
def folder(write: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a lemma proved by steps and one that is sampled; the working folder is its parent."""
    monkeypatch.setattr("verify.pipeline.select.installed_packs", lambda: ())
    monkeypatch.setattr("verify.pipeline.plan.installed_packs", lambda: ())
    monkeypatch.chdir(tmp_path)
    write("toys/square")
    Path("claims/toys/size.py").write_text(SAMPLED.format(constant=2))
    Path("pyproject.toml").write_text('[tool.verify]\npaths = ["claims"]\n')
    return tmp_path / "claims" / "toys"


def call(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def run(name: str, seed: int = 0) -> None:
    found = call("all", "--jobs", "1", "--out", name, "--seed", str(seed))
    assert found.exit_code in (0, 1), found.output


def diff() -> tuple[int, dict[str, tuple[str, tuple[str, ...]]]]:
    """The exit code, and for every lemma the kind of change and its details; both renderings must agree."""
    found, shown = (
        call("diff", "old/report.json", "new/report.json", "--json"),
        call("diff", "old/report.json", "new/report.json"),
    )
    assert found.exit_code == shown.exit_code
    value = json.loads(found.stdout)
    assert value["worse"] == (found.exit_code == 1) == (not shown.stdout.splitlines()[-1].startswith("not worse"))
    return found.exit_code, {
        c["id"]: (c["kind"], tuple(c["details"])) for c in value["changes"] if c["what"] == "lemma"
    }


def test_noise_only_is_no_change(folder: Path) -> None:
    run("old", seed=0)
    run("new", seed=1)
    old, new = (json.loads(Path(f"{name}/report.json").read_text()) for name in ("old", "new"))
    assert old["lemmas"] != new["lemmas"]  # the draws differ
    code, lemmas = diff()
    assert code == 0
    assert {kind for kind, _ in lemmas.values()} == {"unchanged"}


def test_a_changed_constant(folder: Path, write: Any) -> None:
    run("old")
    (folder / "size.py").write_text(SAMPLED.format(constant=4))
    run("new")
    code, lemmas = diff()
    assert code == 1
    assert lemmas["square"][0] == "unchanged"
    kind, details = lemmas["size"]
    assert kind == "statement-changed"
    assert "constant C: 2 -> 4" in details


def test_a_removed_lemma(folder: Path) -> None:
    run("old")
    (folder / "square.py").unlink()
    run("new")
    code, lemmas = diff()
    assert (code, lemmas["square"][0], lemmas["size"][0]) == (1, "removed", "unchanged")


def test_a_changed_statement(folder: Path, write: Any) -> None:
    run("old")
    write("toys/square", extra="given={'positive': le(0, x)}")
    run("new")
    code, lemmas = diff()
    assert (code, lemmas["square"][0], lemmas["size"][0]) == (1, "statement-changed", "unchanged")


def test_a_statement_mended_is_an_improvement(folder: Path, write: Any) -> None:
    write("toys/square", constant=3)
    run("old")
    write("toys/square")
    run("new")
    code, lemmas = diff()
    assert (code, lemmas["square"][0]) == (0, "statement-changed")
    assert "refuted -> proved" in lemmas["square"][1]


def test_a_run_that_left_no_report_is_bad_input(folder: Path) -> None:
    run("old")
    Path("new").mkdir()
    Path("new/report.json").write_text(Path("old/report.json").read_text()[:1000])
    assert call("diff", "old/report.json", "new/report.json").exit_code == 2
