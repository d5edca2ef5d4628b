"""The commands, one short function each. Imports happen inside them: ``list`` and ``--help`` load nothing heavy."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from verify.config import EFFORT_NAMES, load
from verify.errors import BadInput
from verify.pack import attribute, installed_packs

INTERRUPTED, BAD_INPUT = 130, 2


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

    def invoke(self, ctx: click.Context) -> Any:
        try:
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
    folder = click.Path(path_type=Path, file_okay=False)
    options = [
        click.option("--effort", type=click.Choice(EFFORT_NAMES), help="How many boxes, draws and searches."),
        click.option("--seed", type=int, help="Of all random streams.  [default: 0]"),
        click.option("--jobs", type=int, help="Worker processes.  [default: one for each core]"),
        click.option("--engine", type=click.Choice(["local", "dask"]), default="local", show_default=True),
        click.option("--scheduler", help="Address of the Dask scheduler, for --engine dask."),
        click.option("--out", type=click.Path(path_type=Path), default=Path("reports"), show_default=True,
                     help="Folder of the report files."),
        click.option("--json", "as_json", is_flag=True, help="Print report.json instead of the table."),
        click.option("--no-cache", is_flag=True, help="Neither read nor write the cache."),
        click.option("--baseline", type=click.Path(path_type=Path), help="A report.json not to fall behind."),
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

        click.echo(replayed(targets, draw, options["seed"], load()))


def _check(targets: tuple[str, ...], as_json: bool, no_cache: bool, **options: Any) -> None:
    from verify.console import check

    sys.exit(check(targets, load(), as_json, cache=not no_cache, **options))


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
