"""The command line: what it prints, what it exits with, and that wrong input is one clear line and nothing written."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from verify.cli import main

HEAVY = ["numpy", "sympy", "scipy", "rich", "jinja2", "flint", "mpmath", "matplotlib", "distributed", "fastjsonschema"]


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """cli("run", "x.py", ...) in an empty folder, with toys in it and no pack."""
    monkeypatch.setattr("verify.pipeline.select.installed_packs", lambda: ())
    monkeypatch.setattr("verify.pipeline.plan.installed_packs", lambda: ())
    monkeypatch.setattr("verify.scaffold.installed_packs", lambda: ())
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str) -> Result:
        return CliRunner().invoke(main, list(arguments))

    return call


def python(*arguments: str, cwd: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        cwd=cwd,
        env={**os.environ, **environment},
        check=False,
    )


@pytest.mark.parametrize("command", [["list"], ["--help"], ["run", "--help"], ["--version"]])
def test_what_should_be_fast_imports_nothing_heavy(command: list[str]) -> None:
    code = f"import sys; from verify.cli import main; main({command!r}, standalone_mode=False); "
    found = python("-c", code + f"print([m for m in {HEAVY!r} if m in sys.modules])")
    assert found.returncode == 0, found.stderr
    assert found.stdout.splitlines()[-1] == "[]"


def test_the_public_api_is_sorted_lazy_and_complete() -> None:
    import verify

    assert verify.__all__ == sorted(verify.__all__)
    assert set(verify.__all__) == set(verify.HOME)
    assert all(getattr(verify, name) is not None for name in verify.__all__)
    with pytest.raises(AttributeError, match="no attribute 'numpy'"):
        _ = verify.numpy  # type: ignore[attr-defined]


def test_run_prints_a_table_and_ends_with_the_sentence(cli: Any, write: Any) -> None:
    found = cli("run", str(write("toys/square")), "--jobs", "1")
    assert found.exit_code == 0, found.output
    report = json.loads(Path("reports/report.json").read_text())
    assert found.stdout.splitlines()[-1] == report["summary"]
    assert "proved" in found.stdout
    assert report["run"]["seed"] == 0


def test_json_is_the_report_and_nothing_else(cli: Any, write: Any) -> None:
    found = cli("run", str(write("toys/square", constant=3)), "--jobs", "1", "--json", "--seed", "5", "--out", "there")
    assert found.exit_code == 1
    assert json.loads(found.stdout) == json.loads(Path("there/report.json").read_text())
    assert json.loads(found.stdout)["run"]["seed"] == 5


def test_without_colour(write: Any, tmp_path: Path) -> None:
    arguments = ["-m", "verify", "run", str(write("toys/square")), "--jobs", "1"]
    plain = python(*arguments, cwd=tmp_path, NO_COLOR="1", FORCE_COLOR="1")
    assert plain.returncode == 0, plain.stderr
    assert "\x1b[3" not in plain.stdout


BAD = [
    (["run", "gone.py"], "no such file"),
    (["run", "notes.txt"], "not a Python file"),
    (["run", "sqare"], "no lemma or group is called sqare"),
    (["run", "claims/toys/broken.py"], "broken.py: "),
    (["run", "claims/toys/raises.py"], "RuntimeError: boom"),
    (["run", "claims/toys/ghost.py"], "undeclared symbol ghost"),
    (["run", "claims/toys/nan.py"], "not a finite real number"),
    (["run", "claims/toys/square.py", "--jobs", "0"], "--jobs"),
    (["run", "claims/toys/square.py", "--seed", "-1"], "--seed"),
    (["run", "claims/toys/square.py", "--out", "notes.txt/reports"], "--out"),
    (["run", "claims/toys/square.py", "--baseline", "gone.json"], "gone.json"),
    (["run", "claims/toys/square.py", "--engine", "dask"], "--scheduler"),
    (["run", "claims/toys/square.py", "--effort", "huge"], "huge"),
    (["run", "claims/toys/square.py", "--draw", "nonsense"], "--draw nonsense"),
    (["run"], "TARGETS"),
    (["run", ""], "a target is empty"),
    (["run", "claims/toys/square.py", " "], "a target is empty"),
    (["run", "claims/toys/square.py", "--out", ""], "'--out': the path is empty"),
    (["all", "--out", ""], "'--out': the path is empty"),
    (["trust", ""], "a target is empty"),
    (["show", "gone"], "gone"),
    (["audit", "claims/toys/square.py", "--set", "C"], "NAME=VALUE"),
    (["audit", "claims/toys/square.py", "--set", "D=3"], "no constant D"),
    (["audit", "claims/toys/square.py", "--set", "C=nan"], "C=nan"),
    (["audit", "claims/toys/square.py", "--set", "C=__import__('os')"], "written with numbers"),
    (["diff", "gone.json", "gone.json"], "gone.json"),
    (["diff", "notes.txt", "notes.txt"], "notes.txt"),
    (["graph", "--report", "notes.txt"], "notes.txt"),
    (["plot", "--out", "figures"], "reports/report.json: no such file; 'python -m verify all' writes one"),
    (["plot", "--report", "notes.txt", "--out", "figures"], "notes.txt"),
    (["plot", "--report", "notes.txt", "--out", "figures", "--format", "gif"], "gif"),
    (["plot"], "--out"),
    (["new", "Not An Id", "--group", "g"], "no lemma id"),
    (["new", "square"], "--group is needed"),
    (["nonsense"], "nonsense"),
]


@pytest.mark.parametrize(("arguments", "message"), BAD, ids=[" ".join(arguments) for arguments, _ in BAD])
def test_wrong_input_is_exit_code_2_and_nothing_is_written(
    cli: Any, write: Any, arguments: list[str], message: str
) -> None:
    write("toys/square")
    write("toys/raises", preamble="raise RuntimeError('boom')")
    write("toys/ghost", extra="given={'g': le(__import__('sympy').Symbol('ghost'), 1)}")
    write("toys/nan", constant="float('nan')")
    write("toys/broken").write_text("lemma = (")
    Path("notes.txt").write_text("")
    before = sorted(str(path) for path in Path().rglob("*") if "__pycache__" not in path.parts)
    found = cli(*arguments)
    assert found.exit_code == 2, found.output
    assert message in found.stderr
    assert "Traceback" not in found.stderr
    assert found.stdout == ""
    assert sorted(str(path) for path in Path().rglob("*") if "__pycache__" not in path.parts) == before


def test_a_crash_of_ours_does_not_read_as_refuted(cli: Any, write: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_: Any) -> None:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr("verify.pipeline.run.carry_out", crash)
    found = cli("run", str(write("toys/square")), "--jobs", "1")
    assert found.exit_code == 3
    assert "ZeroDivisionError: a bug" in found.stderr


def test_interrupted(cli: Any, write: Any) -> None:
    found = cli("run", str(write("toys/square", action="raise KeyboardInterrupt")), "--jobs", "1")
    assert found.exit_code == 130
    assert found.stderr.splitlines()[-1] == "interrupted"
    assert list(Path("reports").iterdir()) == []


def test_list(cli: Any, write: Any) -> None:
    write("b/other")
    folder = write("a/square", title="Squares.").parents[1]
    Path("pyproject.toml").write_text(f'[tool.verify]\npaths = ["{folder.name}"]\n')
    assert cli("list").stdout == "a\n  square  Squares.\nb\n  other   The square of a sum.\n"
    listed = json.loads(cli("list", "--json").stdout)
    assert [(entry["id"], entry["group"]) for entry in listed] == [("square", "a"), ("other", "b")]


def test_show(cli: Any, write: Any) -> None:
    extra = "limitations='Only squares.', given={'big': le(1, x)}, also={'again': Lemma(le(x, x))}"
    path = str(write("a/square", extra=extra))
    text = cli("show", path).stdout
    for part in ("square (a)", "C = 2 (upper)", "limitations: Only squares.", "given big: 1 <= x", "proved", "again"):
        assert part in text
    found = json.loads(cli("show", path, "--json").stdout)
    assert found["statement"]["sympy"] == "(x + 1)**2 == C*x + x**2 + 1"
    assert [step["verdict"] for step in found["proof"]] == ["proved"]


def test_show_says_where_a_proof_fails(cli: Any, write: Any) -> None:
    found = json.loads(cli("show", str(write("a/square", constant=3)), "--json").stdout)
    assert [step["verdict"] for step in found["proof"]] == ["inconclusive"]


def test_trust_names_assumptions(cli: Any, write: Any) -> None:
    write("a/square", extra="assumed='the textbook says so'")
    text = cli("trust", str(write("a/other", uses=("square",)))).stdout
    assert "assumed: square (the textbook says so)" in text
    assert "square: inconclusive" in text


def test_audit_names_what_fails(cli: Any, write: Any) -> None:
    path = str(write("a/square"))
    found = cli("audit", path, "--set", "C=3", "--json")
    audit = json.loads(found.stdout)
    assert (found.exit_code, audit["verdict"], audit["set"]) == (1, "refuted", {"C": "3"})
    assert len(audit["failed_steps"]) == 1
    assert audit["constants"][0]["stated"] == "3"
    assert cli("audit", path, "--set", "C=4/2").exit_code == 0
    assert "failing proof step" in cli("audit", path, "--set", "C=3").stdout


def test_diff(cli: Any, write: Any) -> None:
    path = str(write("a/square"))
    cli("run", path, "--jobs", "1", "--out", "old")
    write("a/square", extra="assumed='too hard'")
    cli("run", path, "--jobs", "1", "--out", "new")
    assert cli("diff", "old/report.json", "old/report.json").exit_code == 0
    worse = cli("diff", "old/report.json", "new/report.json")
    assert (worse.exit_code, "square" in worse.stdout) == (1, True)
    assert json.loads(cli("diff", "new/report.json", "old/report.json", "--json").stdout)["worse"] is False


def test_plot_draws_what_the_report_has(cli: Any, write: Any) -> None:
    pytest.importorskip("matplotlib")
    assert cli("run", str(write("toys/square")), "--jobs", "1").exit_code == 0
    empty = cli("plot", "--out", "figures", "--format", "svg")
    assert (empty.exit_code, empty.stdout) == (0, "the report has nothing to draw\n")
    report = json.loads(Path("reports/report.json").read_text())
    report["lemmas"][0]["margin"] = {"factor": 2.0, "meaning": "bound / attained", "at": {}}
    Path("there.json").write_text(json.dumps(report))
    drawn = cli("plot", "--report", "there.json", "--out", "figures", "--format", "svg")
    assert drawn.exit_code == 0, drawn.output
    assert drawn.stdout.splitlines() == [str(Path("figures/margins.svg"))]
    assert "<svg" in Path("figures/margins.svg").read_text()


@pytest.mark.parametrize(("language", "start"), [("svg", "<svg"), ("mermaid", "flowchart"), ("dot", "digraph")])
def test_graph(cli: Any, write: Any, language: str, start: str) -> None:
    write("a/square")
    Path("pyproject.toml").write_text('[tool.verify]\npaths = ["claims"]\n')
    write("a/other", uses=("square",))
    text = cli("graph", "--format", language).stdout
    assert text.startswith(start)
    assert "square" in text
    assert "other" in text


def test_state_is_written_and_checked(cli: Any, write: Any) -> None:
    write("a/square")
    Path("pyproject.toml").write_text('[tool.verify]\npaths = ["claims"]\n')
    assert cli("state", "--check").exit_code == 1
    assert not Path("reports/STATE.md").exists()
    written = cli("state")
    assert (written.exit_code, written.stdout) == (0, "wrote reports/STATE.md\nwrote reports/baseline.json\n")
    assert "square" in Path("reports/STATE.md").read_text()
    assert cli("state", "--check").exit_code == 0
    assert cli("state", "--check", "--out", "elsewhere").exit_code == 1
    write("a/square", constant=3)
    stale = cli("state", "--check")
    assert (stale.exit_code, "refuted" in stale.stdout) == (1, True)
    assert "refuted" not in Path("reports/STATE.md").read_text()


def test_the_baseline_of_state_notices_what_got_worse(cli: Any, write: Any) -> None:
    write("a/square")
    Path("pyproject.toml").write_text('[tool.verify]\npaths = ["claims"]\n')
    assert cli("state").exit_code == 0
    again = cli("all", "--jobs", "1", "--baseline", "reports/baseline.json")
    assert (again.exit_code, "worse" in again.stderr) == (0, False)
    write("a/square", constant=1, extra="given={'zero': eq(x, 0)}")
    changed = cli("all", "--jobs", "1", "--baseline", "reports/baseline.json")
    assert changed.exit_code == 1
    assert "worse than the baseline: lemma square" in changed.stderr


def test_doctor_says_what_is_there(cli: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    found = cli("doctor")
    assert found.exit_code == 0
    assert "exp(1) in [2.718281828" in found.stdout
    monkeypatch.setattr("verify.doctor.version", lambda name: (_ for _ in ()).throw(LookupError(name)))
    assert cli("doctor").exit_code == 3


def test_doctor_marks_a_missing_library(cli: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from importlib.metadata import PackageNotFoundError

    def missing(name: str) -> str:
        if name in ("python-flint", "distributed"):
            raise PackageNotFoundError(name)
        return "1"

    monkeypatch.setattr("verify.doctor.version", missing)
    found = cli("doctor")
    assert found.exit_code == 3
    assert "FAILS   python-flint" in found.stdout
    assert "theorem-verify[dask]" in found.stdout


def test_new_refuses_what_exists(cli: Any) -> None:
    assert cli("new", "my-lemma", "--group", "g").exit_code == 0
    again = cli("new", "my-lemma")
    assert again.exit_code == 2
    assert "exists already" in again.stderr


def test_new_in_the_only_group(cli: Any) -> None:
    cli("new", "first", "--group", "g", "--root", "claims")
    found = cli("new", "second", "--root", "claims")
    assert found.exit_code == 0, found.output
    assert Path("claims/g/second.py").is_file()
    assert "python -m verify run claims/g/second.py" in found.stdout
