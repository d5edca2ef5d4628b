"""The page solves the chains of this paper to the same widths as the command `audit`."""

from __future__ import annotations

import random
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import sympy as sp

from lemmas import data
from lemmas.widths import comparison, open_chains, sharp_widths
from lemmas.widths.comparison import Case
from verify import whatif
from verify.chain import ChainError, Library
from verify.formats import html
from verify.pipeline.select import installed

if TYPE_CHECKING:
    from playwright.sync_api import Browser

Json = dict[str, Any]


def case(n: int, d: int) -> Case:
    points = data.sphere(n, d, 0)
    return Case(points.name, points.n, points.d, Fraction(1, 10), Fraction(1, 100), points)


def edited(library: Library, lemma: str, constant: str, value: str) -> Library:
    def look_up(name: str) -> Any:
        return library(name).set(**{constant: sp.Rational(value)}) if name == lemma else library(name)

    return look_up


def report_of(name: str, known: Json, library: Library) -> Json:
    """A report with nothing in it but one chain, to be opened in a browser."""
    width = {"case": "here", "n": 5, "d": 3, "delta": 0.1, "eps": 0.01, "lambda": {"lower": "0.5", "upper": "0.6"},
             "m": {"lower": 1, "upper": 1}, "eta": None, "steps": None, "binding": None, "log10_slack": {},
             "empirical": None, "certified": None, "simulated_m": None}  # fmt: skip
    opened = {**open_chains.programs(library)[name], "cases": {"here": known}}
    return {"schema": "verify-report/1", "verdict": "not-run", "summary": "nothing", "run": {}, "timings": {},
            "lemmas": [], "findings": [], "chains": [{"id": name, "widths": [width], "whatif": opened}]}  # fmt: skip


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.parametrize("name", ["classical", "sharp"])
@pytest.mark.parametrize(("n", "d"), [(2, 2), (5, 3)])
def test_the_page_equals_the_certified_width_for_random_settings(
    browser: Browser, tmp_path: Path, name: str, n: int, d: int
) -> None:
    library, here = installed(()).lemma, case(n, d)
    eigenvalue = here.least_eigenvalue()
    file = tmp_path / "report.html"
    known = whatif.known(open_chains.known(here, eigenvalue)[name])
    file.write_text(html.render(report_of(name, known, library)), encoding="utf-8")
    page = browser.new_page()
    page.goto(file.as_uri())
    constants = sorted(open_chains.programs(library)[name]["constants"])
    rng = random.Random(n)
    for _ in range(5):  # times four: twenty settings
        lemma, constant = rng.choice(constants).split(".")
        stated = float(library(lemma).constants[constant].value)
        value = f"{stated * 4 ** rng.uniform(-1, 1):.4g}"
        page.get_by_label("Constant", exact=True).select_option(f"{lemma}.{constant}")
        page.get_by_label("Value", exact=True).fill(value)
        shown = page.locator(f"#whatif-place tr[data-chain='{name}']").get_attribute("data-m")
        changed = edited(library, lemma, constant, value)
        solver = comparison.classical if name == "classical" else sharp_widths.solved
        try:
            expected = solver(here, eigenvalue, changed)["m"]["upper"]
        except ChainError:
            assert shown == "none"
        else:
            assert float(shown or "nan") == pytest.approx(expected, rel=1e-6, abs=2)
