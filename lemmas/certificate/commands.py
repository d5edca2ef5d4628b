"""The commands `certify` and `check`. Imports happen inside them, so that --help loads nothing heavy."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from verify.errors import BadInput
from verify.paths import FilePath

if TYPE_CHECKING:
    from decimal import Decimal

    from lemmas.certificate.check import Valid
    from lemmas.certificate.format import Certificate
    from lemmas.model import Array

REJECTED, NOT_OBTAINED = 1, 4

_FILE = FilePath(dir_okay=False)
_STEP = re.compile(r"\d{1,30}(\.\d{0,30})?([eE][+-]?\d{1,2})?|\d{1,30}/\d{1,30}", re.ASCII)


@click.command()
@click.option("--data", type=_FILE, required=True, help="The points, CSV or NPY, one row a point.")
@click.option("--labels", type=_FILE, required=True, help="The labels, CSV or NPY.")
@click.option("--width", type=click.IntRange(min=1), required=True, help="Number of neurons.")
@click.option("--seed", type=click.IntRange(min=0), required=True, help="Of the initial weights.")
@click.option("--init", type=click.Choice(["coupled", "independent"]), default="coupled", show_default=True)
@click.option("--iterate", type=click.IntRange(min=0), help="Certify this iterate.  [default: the first possible]")
@click.option("--eta", metavar="E", help="Step size, a decimal or a fraction.  [default: chosen from |J|]")
@click.option("--max-steps", type=click.IntRange(min=0), default=200_000, show_default=True, help="Of the float run.")
@click.option("--out", type=_FILE, required=True, help="The certificate file to write.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def certify(data: Path, labels: Path, eta: str | None, out: Path, as_json: bool, **options: Any) -> None:
    """Train one network, and prove that gradient descent from its weights reaches zero loss.

    Exit codes: 0 certified and written to --out; 2 bad input; 4 no certificate, and the reason.
    """
    from lemmas.certificate import prove

    if not out.parent.is_dir():  # said now, not after the search
        raise BadInput(f"{out.parent}: no such folder")
    (X, y), step, cited = _load(data, labels), _step(eta), theorem_fingerprint()
    try:
        found = prove.certify(X, y, eta=step, fingerprint=cited, progress=_progress(), **options)
    except ValueError as problem:
        raise BadInput(str(problem)) from problem
    if isinstance(found, prove.NotObtained):
        _report({"obtained": False, "reason": found.reason}, f"no certificate: {found.reason}", as_json)
        sys.exit(NOT_OBTAINED)
    _write(found, out)
    _report({"obtained": True, "file": str(out), **_terms(found)}, _certified(found, out), as_json)


@click.command()
@click.argument("file", type=_FILE)
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def check(file: Path, as_json: bool) -> None:
    """Re-verify a certificate from its FILE alone.

    Exit codes: 0 valid; 1 rejected, and the reason; 2 the file cannot be read.
    """
    from lemmas.certificate import check as checker

    try:
        found = checker.check(file, theorem_fingerprint())
    except OSError as problem:
        raise BadInput(f"{file}: {problem.strerror}") from problem
    if isinstance(found, checker.Rejected):
        _report({"valid": False, "reason": found.reason}, f"rejected: {found.reason}", as_json)
        sys.exit(REJECTED)
    _report({"valid": True, **_checked_terms(found)}, _valid(found), as_json)


def theorem_fingerprint() -> str:
    """The fingerprint of the theorem that certificates rest on, as stated in this version."""
    from lemmas import PACK
    from lemmas.certificate.read import THEOREM
    from verify.entries import scan_pack
    from verify.registry import Library

    return Library(scan_pack(PACK, "lemmas")).lemma(THEOREM).fingerprint


def _load(data: Path, labels: Path) -> tuple[Array, Array]:
    from lemmas.data import DataError, load

    try:
        points = load(data, labels)
    except DataError as problem:
        raise BadInput(str(problem)) from problem
    if points.scale != 1:
        shrink = f"1 - {1 - points.scale:.3g}"
        click.echo(f"a norm is above 1 by rounding: the certificate is for the data times {shrink}", err=True)
    if points.y is None:
        raise BadInput(f"{labels}: no labels")
    return points.X, points.y


def _step(text: str | None) -> Fraction | None:
    """The exact number that the user wrote; short, since 1e999999999 would be a valid fraction."""
    if text is None:
        return None
    if _STEP.fullmatch(text) is None:
        raise BadInput(f"--eta {text}: not a positive decimal or fraction, such as 0.001 or 1/1024")
    try:
        step = Fraction(text)
    except ZeroDivisionError:
        raise BadInput(f"--eta {text}: the denominator is zero") from None
    if step == 0:
        raise BadInput(f"--eta {text}: the step must be positive")
    return step


def _progress() -> Callable[[str], None]:
    """Prints the 1st, 2nd, 4th, 8th ... message on stderr."""
    count = 0

    def show(message: str) -> None:
        nonlocal count
        count += 1
        if count & (count - 1) == 0:
            click.echo(message, err=True)

    return show


def _write(certificate: Certificate, out: Path) -> None:
    try:
        certificate.write(out)
    except OSError as problem:
        raise BadInput(f"{out}: {problem.strerror}") from problem


def _terms(found: Certificate) -> dict[str, Any]:
    terms = {"eta": str(found.eta), "radius": str(found.radius), "rate": str(found.rate)}
    return {"iterate": found.origin.iterate, **terms, "claim": found.claim}


def _certified(found: Certificate, out: Path) -> str:
    sentence = _sentence(found.eta, found.rate, found.radius)
    return f"certified at iterate {found.origin.iterate}: {sentence}\nwritten to {out}"


def _checked_terms(found: Valid) -> dict[str, Any]:
    terms = {"eta": str(found.eta), "radius": str(found.radius), "rate": str(found.rate)}
    shape = {"n": found.n, "d": found.d, "m": found.m, "iterate": found.iterate}
    cited = {"theorem": found.theorem, "fingerprint": found.fingerprint, "digest": found.digest}
    return {**shape, **terms, "claim": found.claim, **cited}


def _valid(found: Valid) -> str:
    network = f"{found.n} points in R^{found.d}, {found.m} neurons, iterate {found.iterate}"
    return f"valid ({network}): {_sentence(found.eta, found.rate, found.radius)}"


def _sentence(eta: Fraction, rate: Decimal, radius: Decimal) -> str:
    return (
        f"with eta = {eta} gradient descent in exact arithmetic converges to zero loss, each step multiplies "
        f"the residual by at most 1 - {rate}, and an exact fit lies within {radius} of the weights"
    )


def _report(terms: dict[str, Any], sentence: str, as_json: bool) -> None:
    from verify.formats.canonical import to_json

    click.echo(to_json(terms).rstrip("\n") if as_json else sentence)
