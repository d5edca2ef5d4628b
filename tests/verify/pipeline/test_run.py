"""Whole runs over toy lemmas: the same report however it was scheduled, and nothing half-done."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from verify.errors import BadInput
from verify.formats.canonical import strip_volatile, to_json
from verify.formats.schema import validate
from verify.pipeline import execute, worker
from verify.pipeline.request import Request
from verify.pipeline.run import Outcome, check, run

FILES = {"report.json", "report.html", "report.md", "junit.xml", "report.sarif", "badge.json"}


@pytest.fixture(autouse=True)
def no_packs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Toys alone: the lemmas of this repository are not read."""
    monkeypatch.setattr("verify.pipeline.select.installed_packs", lambda: ())


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


@pytest.fixture
def no_faults(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests of the schedule: planting faults takes most of the time of a toy."""
    for module in (execute, worker):
        monkeypatch.setattr(module, "planting", lambda faults, results: None)


def run_on(path: Path, out: Path, **options: Any) -> Outcome:
    return run(Request(targets=(str(path),), out=out, **options))


def stable(outcome: Outcome) -> str:
    return to_json(strip_volatile(outcome.report))


def lemma_of(outcome: Outcome, name: str = "square") -> dict[str, Any]:
    return next(lemma for lemma in outcome.report["lemmas"] if lemma["id"] == name)


def test_a_true_lemma_holds_and_every_file_is_written(write: Any, out: Path) -> None:
    outcome = run_on(write("toys/square"), out)
    assert outcome.code == 0, outcome.report["summary"]
    assert {path.name for path in out.iterdir()} == FILES
    written = json.loads((out / "report.json").read_text())
    validate(written)
    assert written == outcome.report
    assert lemma_of(outcome)["verdict"] == "proved"
    assert lemma_of(outcome)["constants"] == [{"name": "C", "stated": "2", "sharp": None, "kind": "upper"}]
    assert lemma_of(outcome)["planted"], "a check that was never tried on a falsehood shows nothing"
    assert "square" in outcome.report["summary"]


def test_a_false_lemma_is_not_proved(write: Any, out: Path) -> None:
    outcome = run_on(write("toys/square", constant=3), out)
    assert outcome.code == 1
    assert outcome.report["verdict"] == "refuted"
    assert outcome.report["summary"].startswith("Refuted: square (")


@pytest.mark.usefixtures("no_faults")
def test_what_uses_a_false_lemma_is_blocked(write: Any, out: Path) -> None:
    write("toys/square", constant=3)
    outcome = run_on(write("toys/other", uses=("square",)).parent, out)
    assert lemma_of(outcome, "other")["verdict"] == "blocked"
    assert lemma_of(outcome, "other")["evidence"][-1]["summary"] == "it uses square, which is refuted"
    assert outcome.code == 1


def test_a_crash_is_an_error_with_one_line(write: Any, out: Path) -> None:
    outcome = run_on(write("toys/square", action="raise KeyError('two\\nlines')"), out)
    assert outcome.code == 3
    [symbolic] = [e for e in lemma_of(outcome)["evidence"] if e["check"] == "symbolic"]
    assert symbolic["verdict"] == "error"
    assert symbolic["summary"].startswith("KeyError")
    assert "\n" not in symbolic["summary"]


@pytest.mark.slow
def test_a_proof_that_kills_its_process_every_time_is_an_error(write: Any, out: Path) -> None:
    write("toys/fine")
    path = write("toys/square", action="__import__('os')._exit(9)").parent
    outcome = run_on(path, out, jobs=2)
    assert lemma_of(outcome)["verdict"] == "error"
    assert "killed" in outcome.report["summary"]
    assert lemma_of(outcome, "fine")["verdict"] == "proved"


@pytest.mark.slow
def test_a_worker_killed_once_changes_nothing(write: Any, out: Path, tmp_path: Path) -> None:
    flag = tmp_path / "flag"
    action = f"import os, pathlib; f = pathlib.Path({str(flag)!r}); f.exists() or (f.touch(), os._exit(9))"
    path = write("toys/square", action=action).parent
    write("toys/other")
    killed = run_on(path, out, jobs=2, cache=False)
    assert flag.exists()
    assert stable(killed) == stable(run_on(path, out, jobs=1, cache=False))


def test_the_report_does_not_depend_on_jobs_or_cache(write: Any, out: Path) -> None:
    write("toys/square", extra="draw=lambda rng, case: {'x': rng.standard_normal()}, cases=('a', 'b')")
    path = write("toys/other", uses=("square",)).parent
    alone = run_on(path, out, cache=False)
    assert stable(run_on(path, out, jobs=2)) == stable(alone)  # fills the cache
    remembered = run_on(path, out, jobs=1)
    assert stable(remembered) == stable(alone)
    assert stable(run_on(path, out, seed=1)) != stable(alone)


@pytest.mark.usefixtures("no_faults")
def test_long_files_are_begun_first(write: Any) -> None:
    write("toys/a-short")
    write("toys/c-long", preamble="# a comment\n" * 50)
    folder = write("toys/b-longer", preamble="# a comment\n" * 99).parent
    begun: list[str] = []
    report = check(Request(targets=(str(folder),), cache=False), lambda done, total, last: begun.append(last))
    assert begun == ["b-longer", "c-long", "a-short"]
    assert [lemma["id"] for lemma in report["lemmas"]] == ["a-short", "b-longer", "c-long"]


def executed(path: Path, out: Path, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The lemmas of which some task really ran."""
    ran: set[str] = set()
    really = execute.run_batch

    def spy(session: Any, batch: Any) -> Any:
        ran.update(left.first.lemma for left in batch)
        return really(session, batch)

    with monkeypatch.context() as patch:
        patch.setattr(execute, "run_batch", spy)
        run_on(path, out)
    return ran


@pytest.mark.usefixtures("no_faults")
def test_only_what_changed_and_what_uses_it_runs_again(write: Any, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write("toys/base")
    write("toys/unrelated")
    path = write("toys/top", uses=("base",)).parent
    assert executed(path, out, monkeypatch) == {"base", "unrelated", "top"}
    assert executed(path, out, monkeypatch) == set()
    write("toys/base", title="Another title.", constant=2, preamble="# a comment")
    assert executed(path, out, monkeypatch) == {"base", "top"}


@pytest.mark.usefixtures("no_faults")
def test_a_module_beside_the_lemma_is_part_of_it(write: Any, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write("toys/unrelated")
    path = write("toys/square", preamble="import helper_of_square").parent
    helper = path / "helper_of_square.py"
    helper.write_text("x = 1\n")
    assert executed(path, out, monkeypatch) == {"square", "unrelated"}
    helper.write_text("x = 2\n")
    assert executed(path, out, monkeypatch) == {"square"}
    monkeypatch.delitem(sys.modules, "helper_of_square")


@pytest.mark.usefixtures("no_faults")
def test_a_spoiled_cache_changes_nothing(write: Any, out: Path, own_cache: Path) -> None:
    path = write("toys/square")
    first = run_on(path, out)
    entries = sorted(own_cache.rglob("*.json"))
    assert entries
    for entry in entries:
        entry.write_bytes(entry.read_bytes()[:40])
    assert stable(run_on(path, out)) == stable(first)


@pytest.mark.usefixtures("no_faults")
def test_without_the_cache_none_is_made(write: Any, out: Path, own_cache: Path) -> None:
    run_on(write("toys/square"), out, cache=False)
    assert not own_cache.exists()


@pytest.mark.usefixtures("no_faults")
def test_a_run_resumes_from_its_journal(write: Any, out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write("toys/square")
    path = write("toys/other").parent
    whole = run_on(path, out, cache=False)
    really, count = execute.run_batch, 0

    def dies_on_the_second(session: Any, batch: Any) -> Any:
        nonlocal count
        count += 1
        if count == 2:
            raise KeyboardInterrupt
        return really(session, batch)

    with monkeypatch.context() as patch:
        patch.setattr(execute, "run_batch", dies_on_the_second)
        with pytest.raises(KeyboardInterrupt):
            run_on(path, out, cache=False, resume=tmp_path / "journal")
    journal = tmp_path / "journal" / "journal.jsonl"
    kept = len(journal.read_text().splitlines())
    assert 0 < kept
    resumed = run_on(path, out, cache=False, resume=tmp_path / "journal")
    assert stable(resumed) == stable(whole)
    lines = journal.read_text().splitlines()
    assert len(lines) > kept
    assert len(lines) == len({json.loads(json.loads(line)["body"])[0] for line in lines}), "a task was run twice"


@pytest.mark.usefixtures("no_faults")
def test_an_interrupted_run_leaves_the_old_files_alone(write: Any, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write("toys/square")
    run_on(path, out)
    before = {file.name: file.read_bytes() for file in out.iterdir()}

    def interrupted(session: Any, batch: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr(execute, "run_batch", interrupted)
    with pytest.raises(KeyboardInterrupt):
        run_on(path, out, cache=False)
    assert {file.name: file.read_bytes() for file in out.iterdir()} == before


@pytest.mark.usefixtures("no_faults")
def test_assumed_lemmas(write: Any, out: Path) -> None:
    write("toys/square", extra="assumed='the textbook says so'")
    path = write("toys/other", uses=("square",)).parent
    strict, lenient = run_on(path, out), run_on(path, out, allow_assumed=True)
    assert (strict.code, lenient.code) == (4, 0)
    assert "assumed: square (the textbook says so)" in lemma_of(strict, "other")["trusts"]
    assert lemma_of(lenient, "other")["verdict"] == "proved"
    assert lemma_of(lenient)["verdict"] == "inconclusive"
    assert "1 assumed without a check" in lenient.report["summary"]


@pytest.mark.usefixtures("no_faults")
def test_falling_behind_the_baseline(write: Any, out: Path, tmp_path: Path) -> None:
    write("toys/other")
    path = write("toys/square")
    run_on(path.parent, out)
    baseline = tmp_path / "baseline.json"
    baseline.write_bytes((out / "report.json").read_bytes())
    assert run_on(path, out, baseline=baseline).code == 0
    write("toys/square", extra="assumed='too hard'")
    outcome = run_on(path, out, baseline=baseline, allow_assumed=True)
    assert outcome.code == 1
    assert any("square" in line for line in outcome.worse)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"schema": "verify-report/1"}'])
def test_a_baseline_that_is_no_report(write: Any, out: Path, tmp_path: Path, text: str) -> None:
    baseline = tmp_path / "baseline.json"
    baseline.write_text(text)
    with pytest.raises(BadInput, match=r"baseline\.json: "):
        run_on(write("toys/square"), out, baseline=baseline)
    assert not out.exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"jobs": 0}, "--jobs"),
        ({"seed": -1}, "--seed"),
        ({"engine": "dask"}, "--scheduler"),
        ({"baseline": Path("gone.json")}, "gone.json"),
    ],
)
def test_a_request_that_makes_no_sense(options: Any, message: str) -> None:
    with pytest.raises(BadInput, match=message):
        Request(**options)


def test_an_out_folder_that_cannot_be_made(write: Any, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BadInput, match="--out"):
        run_on(write("toys/square"), tmp_path / "file" / "below")
