"""A key changes with everything a result depends on, and with nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from verify.entries import scan
from verify.pipeline.keys import keys_of
from verify.pipeline.plan import Session, Task
from verify.pipeline.sources import Sources, package_folder
from verify.pipeline.worker import Job
from verify.verdict import Evidence, Verdict


@pytest.fixture
def session(write: Any) -> Callable[[], Session]:
    """The session of top (which uses base) and unrelated, read anew at each call."""
    write("a/base")
    write("a/unrelated")
    folder = write("a/top", uses=("base",)).parents[1]
    return lambda: Session(scan(folder), "quick", 0)


def key(session: Session, lemma: str = "top", check: str = "symbolic", evidence: tuple[Evidence, ...] = ()) -> str:
    return keys_of(session)(Job(Task(lemma, "", check), evidence))


def test_the_same_question_has_the_same_key(session: Callable[[], Session]) -> None:
    assert key(session()) == key(session())


@pytest.mark.parametrize(
    "change",
    [{"effort": "standard"}, {"seed": 1}, {"family": 128}, {"edits": (("base", "C", "3"),)}],
    ids=lambda change: next(iter(change)),
)
def test_it_changes_with_the_session(session: Callable[[], Session], change: Any) -> None:
    assert key(replace(session(), **change)) != key(session())


def test_it_changes_with_the_task_and_with_evidence_that_sizes_faults(session: Callable[[], Session]) -> None:
    found = (Evidence("symbolic", Verdict.PROVED, ""),)
    keys = {key(session(), *task) for task in (("top",), ("base",), ("top", "interval"), ("top", "faults"))}
    assert len(keys | {key(session(), "top", "faults", found)}) == 5


def test_it_changes_with_a_used_lemma_and_not_with_another(session: Callable[[], Session], write: Any) -> None:
    before = key(session())
    write("a/unrelated", constant=3)
    assert key(session()) == before
    write("a/base", constant=3)
    assert key(session()) != before


def test_it_changes_with_the_versions_of_libraries(
    session: Callable[[], Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = key(session())
    monkeypatch.setattr("verify.pipeline.keys.versions", lambda: {"numpy": "0"})
    assert key(session()) != before


def test_it_changes_with_what_lies_elsewhere_on_the_import_path(
    write: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A module of measures, say, in a folder of PYTHONPATH."""
    elsewhere = tmp_path / "elsewhere" / "measures_of_mine.py"
    elsewhere.parent.mkdir()
    elsewhere.write_text("FACTOR = 1")
    monkeypatch.syspath_prepend(str(elsewhere.parent))
    folder = write("a/top", preamble="import measures_of_mine").parents[1]
    before = key(Session(scan(folder), "quick", 0))
    elsewhere.write_text("FACTOR = 2")
    assert key(Session(scan(folder), "quick", 0)) != before


def sources(check: str) -> set[str]:
    folder = package_folder()
    found = Sources({"verify": folder}).closure([folder / "checks" / f"{check}.py", folder / "pipeline" / "worker.py"])
    return {path.relative_to(folder).as_posix() for path in found}


def test_the_code_of_a_check_is_what_it_imports() -> None:
    symbolic = sources("symbolic")
    assert {"checks/symbolic.py", "proof/facts.py", "statement.py", "lemma.py", "verdict.py"} <= symbolic
    assert not {"formats/html.py", "cli.py", "console.py", "scaffold.py", "pipeline/report.py"} & symbolic


def test_closure_follows_every_form_of_import(tmp_path: Path) -> None:
    package, beside = tmp_path / "pkg", tmp_path / "beside"
    files = {
        package / "__init__.py": "",
        package / "sub" / "__init__.py": "from . import deep",
        package / "sub" / "deep.py": "from ..other import x",
        package / "other.py": "def f():\n    import pkg.lazy",
        package / "lazy.py": "import pkg.missing, pkg.bare.inner.deepest, pkg.other.nothing",
        package / "bare" / "inner" / "deepest.py": "",
        package / "unused.py": "",
        beside / "helper.py": "from pkg.sub import deep",
        beside / "lemma.py": "import helper, os",
        beside / "unused.py": "",
    }
    for file, text in files.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    found = Sources({"pkg": package}).closure([beside / "lemma.py"], [beside])
    assert found == {file.resolve() for file in files if file.name != "unused.py"}


def test_what_the_public_api_imports_lazily_counts(tmp_path: Path) -> None:
    (tmp_path / "lemma.py").write_text("from verify import const, Verdict")
    folder = package_folder()
    names = {path.name for path in Sources({"verify": folder}).closure([tmp_path / "lemma.py"])}
    assert {"statement.py", "verdict.py"} <= names
