"""What a run shows in a terminal: progress on stderr, a table on stdout, and a sentence to quote."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from verify.config import Config
from verify.formats import github, planted
from verify.formats.canonical import to_json, write_atomically
from verify.formats.state import state_markdown
from verify.pipeline.baseline import slim
from verify.pipeline.request import Listener, Request, writable
from verify.pipeline.run import Report, check, run

COLOURS = {
    "proved": "bold green", "certified": "green", "supported": "cyan", "inconclusive": "yellow",
    "refuted": "bold red", "blocked": "red", "error": "bold magenta", "not-run": "dim",
}  # fmt: skip


def run_and_show(targets: Sequence[str], config: Config, as_json: bool, **options: Any) -> int:
    """Run the pipeline and show what it found; the exit code. Raises BadInput."""
    request = _request(targets, config, **options)
    with _progress() as progress:
        outcome = run(request, progress)
    if as_json:
        click.echo(to_json(outcome.report), nl=False)
    else:
        show(outcome.report, request.out)
    announce(outcome.report)
    for line in outcome.worse:
        click.echo(f"worse than the baseline: {line}", err=True)
    return outcome.code


def quietly(targets: Sequence[str], config: Config, **options: Any) -> Report:
    """The report of a run that writes no files, with progress on stderr. Raises BadInput."""
    with _progress() as progress:
        return check(_request(targets, config, **options), progress)


def audited(lemma: str, settings: Sequence[str], config: Config, effort: str | None, as_json: bool) -> int:
    """Print an audit; its exit code. Raises BadInput."""
    from verify.pipeline.audit import audit, text

    with _progress() as progress:
        found, code = audit(lemma, settings, _request([lemma], config, effort=effort), progress)
    click.echo(to_json(found) if as_json else text(found) + "\n", nl=False)
    return code


def state_file(folder: Path, config: Config, only_check: bool) -> int:
    """Write STATE.md and baseline.json, or say whether STATE.md is stale; the exit code. Raises BadInput."""
    report = quietly([], config)
    fresh = state_markdown(report)
    file = folder / "STATE.md"
    old = file.read_text(encoding="utf-8") if file.is_file() else ""
    if only_check:
        changes = difflib.unified_diff(old.splitlines(), fresh.splitlines(), "committed", "now", lineterm="", n=0)
        click.echo("\n".join(changes) or f"{file} is up to date")
        return int(old != fresh)
    writable(folder, "--out")
    for written, text_ in ((file, fresh), (folder / "baseline.json", to_json(slim(report)))):
        write_atomically(written, text_)
        click.echo(f"wrote {written}")
    return 0


def _request(targets: Sequence[str], config: Config, **options: Any) -> Request:
    given = {name: value for name, value in options.items() if value is not None}
    defaults = {"effort": config.effort, "seed": config.seed, "jobs": _cores(), "baseline": config.baseline}
    return Request(tuple(targets), config.paths, **{**defaults, **given})


def _cores() -> int:
    """The cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def _progress() -> Iterator[Listener]:
    console = Console(stderr=True)
    columns = (TextColumn("checking"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    hidden = not console.is_terminal
    with Progress(*columns, TextColumn("{task.fields[last]}"), console=console, transient=True, disable=hidden) as bar:
        task = bar.add_task("checking", last="")
        yield lambda done, total, last: bar.update(task, completed=done, total=total, last=last)


def show(report: Report, out: Path) -> None:
    """The table, where the files are, and last the sentence a reviewer can quote."""
    console = Console(soft_wrap=False)
    console.print(_table(report["lemmas"]))
    for finding in report["findings"]:
        console.print(Text(f"finding {finding['id']}: {finding['verdict']}: {finding['title']}"))
    console.print(Text(f"Faults: {planted.sentence(report)}"), soft_wrap=True)
    console.print(Text(f"Report: {out / 'report.html'}"), soft_wrap=True)
    console.print(Text(report["summary"]), soft_wrap=True)


def _table(lemmas: Sequence[dict[str, Any]]) -> Table:
    table = Table("lemma", "verdict", "by", "margin", "rules trusted", box=None, pad_edge=False, header_style="bold")
    for lemma in lemmas:
        verdict = Text(lemma["verdict"], style=COLOURS[lemma["verdict"]])
        margin = f"{lemma['margin']['factor']:.4g}x" if lemma["margin"] else ""
        table.add_row(lemma["id"], verdict, lemma["designated"], margin, ", ".join(lemma["trusts"]))
    return table


def announce(report: Report) -> None:
    """On GitHub Actions: the step summary, and marks at the lines of lemmas that do not stand."""
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if summary:
        with Path(summary).open("a", encoding="utf-8") as stream:
            stream.write(github.step_summary(report))
    if os.environ.get("GITHUB_ACTIONS") == "true":
        click.echo(github.line_annotations(report), err=True, nl=False)
