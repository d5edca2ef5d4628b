"""The commands `width` and `bench`. Imports happen inside them, so that --help loads nothing heavy."""

from __future__ import annotations

import json
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from verify.errors import BadInput
from verify.paths import FilePath

if TYPE_CHECKING:
    from lemmas.widths.comparison import Case

_FILE = FilePath(dir_okay=False)


SMALLEST = Fraction(1, 10**100)  # of delta and eps: floats must hold their squares


class _Exact(click.ParamType[Fraction]):
    """A decimal or a fraction, taken as the exact number that is written."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Fraction:
        try:
            return Fraction(value)
        except (ValueError, ZeroDivisionError):
            self.fail(f"{value!r} is no number such as 0.1 or 1/10", param, ctx)


@click.command()
@click.option("--data", "points", type=_FILE, help="The points, CSV or NPY, one row a point.")
@click.option("--labels", type=_FILE, help="The labels, CSV or NPY.  [default: |y| = sqrt(n)]")
@click.option("--n", "count", type=click.IntRange(min=1), help="Number of random points on the sphere.")
@click.option("--dim", type=click.IntRange(min=1), help="Their dimension.")
@click.option("--seed", type=click.IntRange(min=0), help="Of the random points and of --empirical.  [default: 0]")
@click.option("--lambda", "eigenvalue", type=_Exact(), help="Instead of data: the least eigenvalue (data-free forms).")
@click.option("--delta", type=_Exact(), default="0.1", show_default=True, help="Failure probability.")
@click.option("--eps", type=_Exact(), default="0.01", show_default=True, help="Target for |F - y|.")
@click.option("--empirical", is_flag=True, help="Also find the observed widths by simulation.")
@click.option("--json", "as_json", is_flag=True, help="Print the chains as JSON.")
def width(empirical: bool, as_json: bool, **options: Any) -> None:
    """The explicit width m, step size and number of steps that every chain proves."""
    _consistent(empirical, **options)
    options["seed"] = options["seed"] or 0
    found = _widths(_case(**options), options["seed"], empirical)
    click.echo(json.dumps(found, indent=2) if as_json else _text(found))


def _widths(case: Case, seed: int, empirical: bool) -> dict[str, Any]:
    """The chains of a case as the report has them, and what was observed."""
    from threadpoolctl import threadpool_limits

    from lemmas.simulation import observe
    from lemmas.widths.comparison import add_observed, all_chains, setting
    from verify.pipeline.select import installed

    library = installed().lemma
    with threadpool_limits(limits=1):  # as in a run of checks: no result depends on the number of BLAS threads
        chains = all_chains(case, library)
        if not any(chain["widths"] for chain in chains):
            raise BadInput("no width was found: " + "; ".join(chain["reason"] for chain in chains))
        if not empirical:
            return {"chains": chains}
        if case.data is None:
            raise BadInput("--empirical needs data: give --data, or --n and --dim without --lambda")
        observed = _simulated(lambda: observe.observe(setting(case, seed), observe.effort(2_000)))
        return {"chains": add_observed(chains, case, library, observed, seed), "observed": observed}


def _simulated(action: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What the simulation gives. Raises BadInput where lambda is too small for floats."""
    try:
        return action()
    except ValueError as problem:
        raise BadInput(f"--empirical: {problem}") from problem


def _consistent(empirical: bool, **options: Any) -> None:
    """Raise BadInput for options that the others would leave without effect."""
    if options["points"] is None:
        if options["labels"] is not None:
            raise BadInput("--labels needs the points that they belong to: give --data")
        return
    names = {"count": "--n", "dim": "--dim", "eigenvalue": "--lambda"} | ({} if empirical else {"seed": "--seed"})
    idle = [name for option, name in names.items() if options[option] is not None]
    if idle:
        raise BadInput(f"--data with {', '.join(idle)}: the points come from the file, so give one or the other")


def _case(
    points: Path | None,
    labels: Path | None,
    count: int | None,
    dim: int | None,
    seed: int,
    eigenvalue: Fraction | None,
    delta: Fraction,
    eps: Fraction,
) -> Case:
    from lemmas.data import DataError, load, sphere
    from lemmas.widths.comparison import Case

    if not 0 < delta < 1:
        raise BadInput(f"--delta {delta}: a probability strictly between 0 and 1")
    if eps <= 0:
        raise BadInput(f"--eps {eps}: the target must be positive")
    for name, value in (("--delta", delta), ("--eps", eps)):
        if not SMALLEST <= value <= 1 / SMALLEST:
            raise BadInput(f"{name}: the search in floats takes numbers from 1e-100 to 1e100")
    if points is not None:
        try:
            data = load(points, labels)
        except DataError as problem:
            raise BadInput(str(problem)) from problem
        return Case(data.name, data.n, data.d, delta, eps, data)
    if count is None or dim is None:
        raise BadInput("give --data FILE, or --n and --dim")
    if eigenvalue is not None:
        if not 0 < eigenvalue < Fraction(739, 100):
            raise BadInput(f"--lambda {eigenvalue}: it must lie between 0 and e^2")
        return Case(f"n={count}, d={dim}, lambda={eigenvalue}", count, dim, delta, eps, given_lambda=eigenvalue)
    if dim == 1 and count > 2:
        raise BadInput(f"--n {count} --dim 1: a line has two points of norm 1, so more would repeat")
    try:
        data = sphere(count, dim, seed)
    except DataError as problem:
        raise BadInput(f"--n {count} --dim {dim} --seed {seed}: {problem}") from problem
    return Case(data.name, data.n, data.d, delta, eps, data)


def _text(found: dict[str, Any]) -> str:
    from verify.formats import text

    lines = []
    for chain in found["chains"]:
        for entry in chain["widths"]:
            lines.append(f"{chain['id']:<18} m = {text.width(entry['m']['upper'])}, binding: {entry['binding']}")
            lines.append(f"  lambda >= {entry['lambda']['lower']}, eta = {entry['eta']}, steps = {entry['steps']}")
            lines += _slack(entry)
        if not chain["widths"]:
            lines.append(f"{chain['id']:<18} none: {chain['reason']}")
    return "\n".join([*lines, *_observed(found.get("observed", {})), *_beside(found)])


COLUMNS = ("chain", "proved m", "empirical m", "certified m", "proved/empirical", "certified/empirical")


def _beside(found: dict[str, Any]) -> list[str]:
    """Every chain's width beside what descent was seen and certified to do."""
    if "observed" not in found:
        return []
    rows = [COLUMNS, *(beside(chain["id"], entry) for chain in found["chains"] for entry in chain["widths"])]
    return [f"{row[0]:<18}" + "".join(f"{cell:>21}" for cell in row[1:]) for row in rows]


def beside(chain: str, entry: dict[str, Any]) -> tuple[str, ...]:
    """The cells of COLUMNS for one width; an unknown number or ratio is a hyphen, ratios are rounded up."""
    from verify.formats import text

    proved, empirical, certified = entry["m"]["upper"], entry["empirical"], entry["certified"]
    ratios = [text.upper(m / empirical, 3) if m and empirical else "-" for m in (proved, certified)]
    return (chain, text.width(proved), *(str(m) if m else "-" for m in (empirical, certified)), *ratios)


EVENTS = {"gram": "lambda_min(H(W(0))) >= lambda/2", "descent": "descent reaches eps"}


def _slack(entry: dict[str, Any]) -> list[str]:
    """Which constant and which lemma wastes how much, in powers of ten."""
    if "slack" not in entry:
        return []
    forward, reverse = ({k: f"10^{v:.2f}" for k, v in entry["slack"][o].items()} for o in ("forward", "reverse"))
    lines = [f"    {name}: {forward[name]} (in reverse order {reverse[name]})" for name in entry["slack"]["order"]]
    left = ", ".join(entry["slack"]["no sharper value known"])
    lines += [f"    no sharper value known: {left}"] if left else []
    return ["  prescribed over observed width, replaced one after the other by what is sharp or observed:", *lines]


def _observed(observed: dict[str, Any]) -> list[str]:
    """The simulated facts, each with its interval, and how far they reach."""
    lines = [
        f"observed, {start} start, {EVENTS[event]}: m = {seen['estimate']}, in ({seen['lower']}, {seen['upper']}] at "
        f"confidence {seen['confidence']:g}"
        for start, events in observed.items()
        for event, seen in events.items()
    ]
    largest = max((events["descent"]["largest"] for events in observed.values()), default=0)
    return (
        [*lines, f"Simulated up to m = {largest}: no simulation confirms a theorem that prescribes more."]
        if lines
        else []
    )


@click.command()
@click.option("--quick", is_flag=True, help="Smaller and fewer, some twenty seconds; the ratios are rougher.")
@click.option("--out", type=FilePath(), default="reports", show_default=True, help="Folder to write to.")
@click.option("--json", "as_json", is_flag=True, help="Print the measurements as JSON.")
def bench(quick: bool, out: Path, as_json: bool) -> None:
    """Measure the kernels against the limit of this machine, plain NumPy and the peers that are installed.

    Writes bench.json and bench.md.
    Takes some minutes; nothing else should run meanwhile.
    """
    from lemmas.bench.measure import run
    from lemmas.bench.table import markdown
    from verify.formats.canonical import to_json, write_atomically
    from verify.pipeline.request import writable

    writable(out, "--out")
    found = run(quick)
    table = markdown(found)
    write_atomically(out / "bench.json", to_json(found))
    write_atomically(out / "bench.md", table)
    click.echo(to_json(found) if as_json else table, nl=False)
