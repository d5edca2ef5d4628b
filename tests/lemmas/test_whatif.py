"""The page solves the chains of this paper to the same widths as the command `audit`."""

from __future__ import annotations

import random
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import sympy as sp

from lemmas import data, widths
from lemmas.widths import Case
from verify import whatif
from verify.chain import Chain, Library, solve
from verify.formats import html
from verify.pipeline.select import installed

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

Json = dict[str, Any]
SETTINGS = 20


def case() -> Case:
    points = data.sphere(5, 3, 0)
    return Case(points.name, points.n, points.d, Fraction(1, 10), Fraction(1, 100), points)


def edited(library: Library, lemma: str, constant: str, value: str) -> Library:
    def look_up(name: str) -> Any:
        return library(name).set(**{constant: sp.Rational(value)}) if name == lemma else library(name)

    return look_up


def report_of(chains: dict[str, Chain], known: Json, library: Library) -> Json:
    """A report with nothing in it but the chains, to be opened in a browser."""
    width = {"case": "here", "n": 5, "d": 3, "delta": 0.1, "eps": 0.01, "lambda": {"lower": "0.5", "upper": "0.6"},
             "m": {"lower": 1, "upper": 1}, "eta": None, "steps": None, "binding": None, "log10_slack": {},
             "empirical": None, "certified": None, "simulated_m": None}  # fmt: skip
    entries = []
    for name, chain in chains.items():
        opened: Json = {**whatif.program(chain, library), "cases": {"here": known}}
        entries.append({"id": name, "widths": [width], "whatif": opened})
    return {"schema": "verify-report/1", "verdict": "not-run", "summary": "nothing", "run": {}, "timings": {},
            "lemmas": [], "findings": [], "chains": entries}  # fmt: skip


def shown(page: Page, lemma: str, constant: str, value: str, chain: str) -> float:
    page.get_by_label("Constant", exact=True).select_option(f"{lemma}.{constant}")
    page.get_by_label("Value", exact=True).fill(value)
    return float(page.locator(f"#whatif-place tr[data-chain='{chain}']").get_attribute("data-m") or "nan")


@pytest.mark.slow
@pytest.mark.browser
def test_the_page_equals_the_certified_width_for_random_settings(browser: Browser, tmp_path: Path) -> None:
    library, chains = installed(()).lemma, widths.open_chains()
    values = widths.values(case(), case().least_eigenvalue())
    file = tmp_path / "report.html"
    file.write_text(html.render(report_of(chains, whatif.known(values), library)), encoding="utf-8")
    page = browser.new_page()
    page.goto(file.as_uri())
    rng = random.Random(1)
    for number in range(SETTINGS):
        name, chain = list(chains.items())[number % len(chains)]
        lemma, constant = rng.choice(sorted(whatif.program(chain, library)["constants"])).split(".")
        stated = float(library(lemma).constants[constant].value)
        value = f"{stated * 4 ** rng.uniform(-1, 1):.4g}"
        expected = solve(chain, values, edited(library, lemma, constant, value)).width
        assert shown(page, lemma, constant, value, name) == pytest.approx(expected, rel=1e-6, abs=chain.multiple)
