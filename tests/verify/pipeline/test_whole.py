"""A remembered report is used only where nothing it depends on has changed, and is then the report of a new run."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from verify.cli import main
from verify.formats.canonical import strip_volatile
from verify.pack import InstalledPack, Pack
from verify.pipeline import execute, heads, worker
from verify.pipeline.request import Request
from verify.pipeline.run import check, run
from verify.pipeline.select import select
from verify.pipeline.whole import Whole

HOOKS = """
def findings(context):
    yield {"id": "a-finding", "title": "The square is found", "verdict": "supported", "data": {"z": 1, "a": 2}}


def crash(context):
    raise ZeroDivisionError
"""

Install = Callable[..., None]


@pytest.fixture(autouse=True)
def install(write: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """install(findings=...) installs the pack ``claims``, which has the lemmas square and other."""
    write("toys/square")
    folder = write("toys/other").parents[1]
    (folder / "hooks.py").write_text(HOOKS)
    (folder / "numbers.txt").write_text("1 2 3")
    monkeypatch.syspath_prepend(str(tmp_path))
    for runner in (execute, worker):
        monkeypatch.setattr(runner, "planting", lambda faults, results: None)

    def pretend(**fields: Any) -> None:
        found = (InstalledPack(Pack("toys", folder, **fields), "claims"),)
        for module in ("select", "plan", "whole"):
            monkeypatch.setattr(f"verify.pipeline.{module}.installed_packs", lambda: found)

    pretend(findings=("claims.hooks:findings",))
    yield pretend
    for name in [name for name in sys.modules if name.split(".")[0] == "claims"]:
        del sys.modules[name]


@pytest.fixture
def started_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if this process had started after the files of the pack were written."""
    monkeypatch.setattr("verify.STARTED", time.time() + 1000)


def whole(request: Request) -> Whole:
    return Whole(*select(request.targets, request.paths), request)


REQUEST = Request()


@pytest.mark.usefixtures("started_later")
def test_the_second_run_imports_nothing_and_reports_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cold = run(Request(out=tmp_path / "cold"))

    def never(*arguments: Any) -> Any:
        raise AssertionError("a lemma was planned or run")

    monkeypatch.setattr("verify.pipeline.plan.plan", never)
    warm = run(Request(out=tmp_path / "warm"))
    assert json.dumps(strip_volatile(warm.report)) == json.dumps(strip_volatile(cold.report)), "order included"
    assert warm.report["timings"]["lemmas"] == cold.report["timings"]["lemmas"]
    assert warm.code == cold.code == 0
    for file in (tmp_path / "cold").iterdir():
        again = tmp_path / "warm" / file.name
        assert without_times(again, warm.report) == without_times(file, cold.report), file.name


def without_times(file: Path, report: Any) -> str:
    """The text of a file without what may differ from run to run."""
    return file.read_text().replace(report["run"]["started"], "").replace(str(report["timings"]["total"]), "")


def test_what_was_changed_since_the_start_may_have_been_imported_before() -> None:
    check(REQUEST)
    assert whole(REQUEST).recall() is None


def changed(path: str, text: str) -> Callable[[Path, pytest.MonkeyPatch], Request]:
    def change(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Request:
        (folder / path).write_text(text)
        return REQUEST

    return change


def asked(**fields: Any) -> Callable[[Path, pytest.MonkeyPatch], Request]:
    return lambda folder, monkeypatch: replace(REQUEST, **fields)


def patched(name: str, value: Any) -> Callable[[Path, pytest.MonkeyPatch], Request]:
    def change(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Request:
        monkeypatch.setattr(name, value)
        return REQUEST

    return change


def edited(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Request:
    path = folder / "toys" / "square.py"
    path.write_text(path.read_text() + "# a comment\n")
    return REQUEST


def removed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Request:
    (folder / "numbers.txt").unlink()
    return REQUEST


def linked(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Request:
    (folder / "elsewhere").symlink_to(folder.parent)
    return REQUEST


CHANGES = {
    "a lemma": edited,
    "a module beside": changed("toys/helper.py", "x = 1\n"),
    "a hook": changed("hooks.py", HOOKS + "# a comment\n"),
    "data": changed("numbers.txt", "1 2 4"),
    "data that is gone": removed,
    "a link": linked,
    "effort": asked(effort="standard"),
    "seed": asked(seed=1),
    "targets": asked(targets=("square", "other")),
    "assumed": asked(allow_assumed=True),
    "edits": asked(edits=(("square", "C", "3"),)),
    "versions": patched("verify.pipeline.whole.versions", lambda: {"numpy": "0"}),
    "format": patched("verify.pipeline.whole.FORMAT", 0),
    "no cache": asked(cache=False),
    "journal": asked(resume=Path("journal")),
}


@pytest.mark.usefixtures("started_later")
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_it_is_forgotten_with_any_change(change: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole(REQUEST).remember(REPORT)
    assert whole(REQUEST).recall() is not None
    assert whole(change(tmp_path / "claims", monkeypatch)).recall() is None


REPORT = {
    "verdict": "proved",
    "lemmas": [{"evidence": [{"verdict": "proved"}]}],
    "findings": [{"verdict": "supported"}],
    "run": {"jobs": 1},
    "timings": {"total": 1.5, "lemmas": {"square": 1.25}},
}


@pytest.mark.usefixtures("started_later")
def test_the_code_of_this_package_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "verify-of-another-day"
    package.mkdir()
    (package / "judge.py").write_text("x = 1\n")
    monkeypatch.setattr("verify.pipeline.whole.package_folder", lambda: package)
    whole(REQUEST).remember(REPORT)
    assert whole(REQUEST).recall() is not None
    (package / "judge.py").write_text("x = 2\n")
    assert whole(REQUEST).recall() is None


@pytest.mark.usefixtures("started_later")
@pytest.mark.parametrize(
    "crash",
    [
        {"verdict": "error"},
        {"lemmas": [{"evidence": [{"verdict": "proved"}, {"verdict": "error"}]}]},
        {"findings": [{"verdict": "error"}]},
    ],
)
def test_a_crash_is_tried_again(crash: Any) -> None:
    whole(REQUEST).remember({**REPORT, **crash})
    assert whole(REQUEST).recall() is None


@pytest.mark.usefixtures("started_later")
def test_a_hook_that_crashes_is_run_again(install: Install, tmp_path: Path) -> None:
    install(findings=("claims.hooks:crash",))
    for _ in range(2):
        assert run(Request(out=tmp_path / "out")).code == 3
        assert whole(REQUEST).recall() is None


@pytest.mark.usefixtures("started_later")
def test_nothing_is_remembered_of_lemmas_and_hooks_outside_the_pack(
    install: Install, write: Any, tmp_path: Path
) -> None:
    outside = tmp_path / "outside.py"
    outside.write_text(write("toys/square").read_text())
    asked = replace(REQUEST, targets=(str(outside),))
    whole(asked).remember(REPORT)
    assert whole(asked).recall() is None
    install(findings=("json:loads",))
    whole(REQUEST).remember(REPORT)
    assert whole(REQUEST).recall() is None


@pytest.mark.usefixtures("started_later")
@pytest.mark.parametrize("spoiled", ["", "{}", '{"sum": "", "body": "[]"}'])
def test_a_spoiled_file_is_not_believed(spoiled: str, own_cache: Path, capsys: pytest.CaptureFixture[str]) -> None:
    whole(REQUEST).remember(REPORT)
    [file] = (own_cache / "reports").iterdir()
    file.write_text(spoiled)
    assert whole(REQUEST).recall() is None
    assert "was not used" in capsys.readouterr().err
    whole(REQUEST).remember(REPORT)
    assert whole(REQUEST).recall() == {**strip_volatile(REPORT), "timings": {"lemmas": {"square": 1.25}}}


@pytest.mark.usefixtures("started_later")
def test_one_question_has_one_file(own_cache: Path, tmp_path: Path) -> None:
    whole(REQUEST).remember(REPORT)
    changed("numbers.txt", "4")(tmp_path / "claims", pytest.MonkeyPatch())
    whole(REQUEST).remember(REPORT)
    assert len(list((own_cache / "reports").iterdir())) == 1


def test_a_link_that_leads_nowhere_is_no_crash(write: Any, tmp_path: Path) -> None:
    (write("toys/other").parent / ".#other.py").symlink_to(tmp_path / "nowhere")
    assert run(Request(out=tmp_path / "out")).code == 0


@pytest.mark.parametrize("command", [["all"], ["run", "square"], ["run", "square", "--draw", "nonsense"]])
def test_without_the_cache_nothing_is_written_to_it(
    command: list[str], own_cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    CliRunner().invoke(main, [*command, "--jobs", "1", "--no-cache"])
    assert not own_cache.exists()
    CliRunner().invoke(main, [*command, "--jobs", "1"])
    assert (own_cache / heads.FILE).is_file()
