"""The commands, one short function each. Imports happen inside them: ``list`` and ``--help`` load nothing heavy."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from verify.config import EFFORT_NAMES, load
from verify.errors import BadInput
from verify.pack import attribute, installed_packs
from verify.paths import FilePath
from verify.pipeline.interrupt import remembered

BAD_INPUT, CRASHED, INTERRUPTED = 2, 3, 130


class Commands(click.Group):
    """The commands here and those of the packs; one line and exit code 2 for bad input, 130 for Ctrl-C."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *_pack_commands()})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return super().get_command(ctx, cmd_name) or _pack_commands().get(cmd_name)

    def main(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().main(*args, **kwargs)
        except BadInput as problem:
            click.echo(f"error: {problem}", err=True)
            sys.exit(BAD_INPUT)
        except Exception:  # Python's own exit code for a crash is 1, which would read as "refuted"
            traceback.print_exc()
            sys.exit(CRASHED)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            with remembered():
                return super().invoke(ctx)
        except KeyboardInterrupt:
            click.echo("interrupted", err=True)
            ctx.exit(INTERRUPTED)


def _pack_commands() -> dict[str, click.Command]:
    found = [attribute(name) for one in installed_packs() for name in one.pack.commands]
    return {command.name: command for command in found}


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="theorem-verify", message="theorem-verify %(version)s")
def main() -> None:
    """Check the lemmas of a proof, one by one, and say what was shown.

    Exit codes: 0 all hold; 1 refuted, blocked, a planted fault survived, or worse than the baseline; 2 bad input;
    3 a checker crashed or two disagree; 4 inconclusive; 130 interrupted.
    """


Command = Callable[..., None]


def _run_options(command: Command) -> Command:
    """The options that ``all`` and ``run`` share."""
    folder = FilePath(file_okay=False)
    options = [
        click.option("--effort", type=click.Choice(EFFORT_NAMES), help="How many boxes, draws and searches."),
        click.option("--seed", type=int, help="Of all random streams.  [default: 0]"),
        click.option("--jobs", type=int, help="Worker processes.  [default: one for each core]"),
        click.option("--engine", type=click.Choice(["local", "dask"]), default="local", show_default=True),
        click.option("--scheduler", help="Address of the Dask scheduler, for --engine dask."),
        click.option("--out", type=FilePath(), default=Path("reports"), show_default=True,
                     help="Folder of the report files."),
        click.option("--json", "as_json", is_flag=True, help="Print report.json instead of the table."),
        click.option("--no-cache", is_flag=True, help="Neither read nor write the cache."),
        click.option("--baseline", type=FilePath(), help="A report.json not to fall behind."),
        click.option("--resume", type=folder, help="Folder that keeps what is done, to go on after a kill."),
        click.option("--allow-assumed", is_flag=True, help="Let lemmas pass that their author assumed."),
    ]  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


@main.command("all")
@_run_options
def all_(**options: Any) -> None:
    """Check every lemma."""
    _check((), **options)


@main.command()
@click.argument("targets", nargs=-1, required=True)
@click.option("--draw", metavar="KEY", help="Replay one draw, such as a witness, of a single lemma.")
@_run_options
def run(targets: tuple[str, ...], draw: str | None, **options: Any) -> None:
    """Check TARGETS and what they use: ids, globs, groups, or Python files and folders."""
    if draw is None:
        _check(targets, **options)
    else:
        from verify.describe import replayed

        click.echo(replayed(targets, draw, options["seed"], load(), cache=not options["no_cache"]))


def _check(targets: tuple[str, ...], as_json: bool, no_cache: bool, **options: Any) -> None:
    from verify.console import run_and_show

    sys.exit(run_and_show(targets, load(), as_json, cache=not no_cache, **options))


@main.command("list")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def list_(as_json: bool) -> None:
    """The ids, groups and titles of all lemmas; imports none of them."""
    from verify.describe import listing

    click.echo(listing(load().paths, as_json))


@main.command()
@click.argument("lemma")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def show(lemma: str, as_json: bool) -> None:
    """One statement with its constants, proof steps, uses and limitations."""
    from verify.describe import description

    click.echo(description(lemma, load().paths, as_json))


@main.command()
@click.argument("lemma", required=False)
def trust(lemma: str | None) -> None:
    """What results rest on: rules, assumed lemmas, unchecked steps, and what only a sample supports."""
    from verify.console import quietly
    from verify.pipeline.trust import text

    click.echo(text(quietly([] if lemma is None else [lemma], load()), lemma))


@main.command()
@click.argument("lemma")
@click.option("--set", "settings", metavar="NAME=VALUE", multiple=True, required=True, help="A constant's new value.")
@click.option("--effort", type=click.Choice(EFFORT_NAMES), help="How many boxes, draws and searches.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def audit(lemma: str, settings: tuple[str, ...], effort: str | None, as_json: bool) -> None:
    """Re-check LEMMA with other constants; say which step fails, and what becomes of the widths."""
    from verify.console import audited

    sys.exit(audited(lemma, settings, load(), effort, as_json))


@main.command()
@click.argument("old", type=FilePath())
@click.argument("new", type=FilePath())
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def diff(old: Path, new: Path, as_json: bool) -> None:
    """What changed between two report.json files; exit code 1 if anything got worse."""
    from verify.formats.diff import compare
    from verify.pipeline.baseline import read_report

    found = compare(read_report(old), read_report(new))
    click.echo(found.to_json() if as_json else found.text(), nl=False)
    sys.exit(1 if found.worse else 0)


@main.command()
@click.option("--format", "language", type=click.Choice(["svg", "mermaid", "dot"]), default="svg", show_default=True)
@click.option("--report", type=FilePath(), help="A report.json whose verdicts are shown.")
def graph(language: str, report: Path | None) -> None:
    """The graph of which lemma uses which, on stdout."""
    from verify.describe import drawing

    click.echo(drawing(load().paths, language, report))


@main.command()
@click.option(
    "--report",
    type=FilePath(),
    default=Path("reports/report.json"),
    show_default=True,
    help="The report.json whose data is drawn.",
)
@click.option("--out", type=FilePath(), required=True, help="Folder of the figures.")
@click.option("--format", "form", type=click.Choice(["pdf", "svg", "png"]), default="pdf", show_default=True)
def plot(report: Path, out: Path, form: str) -> None:
    """Write the figures of a report: widths, slack, margins, and the curves of its findings."""
    from verify.describe import plotted

    click.echo(plotted(report, out, form))


@main.command()
@click.option("--check", "only_check", is_flag=True, help="Write nothing; exit code 1 if the file is stale.")
@click.option("--out", type=FilePath(), default=Path("reports"), show_default=True)
def state(only_check: bool, out: Path) -> None:
    """Write STATE.md, what is known as far as it does not depend on sampling, and baseline.json for --baseline."""
    from verify.console import state_file

    sys.exit(state_file(out, load(), only_check))


@main.command()
def doctor() -> None:
    """What is installed and working; exit code 3 if something needed does not work."""
    from verify.doctor import examine, text

    found = examine()
    click.echo(text(found))
    sys.exit(3 if any(finding.needed and not finding.works for finding in found) else 0)


@main.command()
@click.argument("lemma")
@click.option("--group", help="Folder of the lemma.  [default: the only one there is]")
@click.option("--root", type=FilePath(), help="Folder of the groups.  [default: the pack's]")
def new(lemma: str, group: str | None, root: Path | None) -> None:
    """Write the file of a new lemma: an example that holds, to be edited."""
    from verify.scaffold import create

    click.echo(create(lemma, group, root, load().paths))
