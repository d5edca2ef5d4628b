"""Where the slack of each chain is: shares that add up exactly, in the order that is stated and in its reverse."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import pytest

from lemmas import data
from lemmas.widths import comparison, looseness
from verify.pipeline.select import installed

pytestmark = pytest.mark.slow
POINTS = data.sphere(2, 2, 0)
CASE = comparison.Case(POINTS.name, 2, 2, Fraction(1, 10), Fraction(1, 100), POINTS)
SEEN = {"estimate": None, "lower": None, "upper": None, "confidence": 0.95, "largest": 8}
OBSERVED = {
    start: {"gram": {**SEEN, "estimate": gram}, "descent": {**SEEN, "estimate": descent}}
    for start, gram, descent in (("coupled", 200, 4), ("independent", 100, 6))
}


@pytest.fixture(scope="module")
def chains() -> dict[str, Any]:
    library = installed().lemma
    found = comparison.add_observed(comparison.all_chains(CASE, library), CASE, library, OBSERVED, 0)
    return {chain["id"]: chain["widths"][0] for chain in found}


def test_shares_add_up_without_a_rest(chains: dict[str, Any]) -> None:
    assert set(chains) >= {"classical", "sharp", "tight"}
    for name, width in chains.items():
        start = "independent" if name.endswith("independent") else "coupled"
        descent = OBSERVED[start]["descent"]["estimate"]
        whole = math.log10(width["m"]["upper"] / descent)
        assert width["empirical"] == descent
        assert width["simulated_m"] == 8
        assert width["certified"] == 2
        for shares in (width["log10_slack"], width["slack"]["forward"], width["slack"]["reverse"]):
            assert sum(shares.values()) == pytest.approx(whole, abs=1e-9), name
            assert min(shares.values()) >= -1e-9, (name, shares)
        assert list(width["slack"]["reverse"]) == width["slack"]["order"][::-1]


def test_the_classical_chain_names_its_constants(chains: dict[str, Any]) -> None:
    slack = chains["classical"]["slack"]
    assert slack["order"][:4] == [
        "exp-uniform-bound.K",
        "gram-concentration-frobenius.K",
        "gram-perturbation.C",
        "weight-movement.C",
    ]
    assert slack["no sharper value known"] == ["gram-concentration-frobenius.C", "step-contraction.C"]
    assert slack["forward"]["gram-perturbation.C"] == pytest.approx(0, abs=1e-9)  # not binding
    assert slack["forward"]["gram-concentration-frobenius.K"] > 0.1
    assert slack["forward"]["exp-uniform-bound"] > 10  # e^{4B}, with B as observed instead
    assert slack["reverse"]["gram-concentration-frobenius"] > 15  # it binds


def test_no_sharp_value_is_above_what_is_stated() -> None:
    library = installed().lemma
    for lemma, constants in looseness.SHARP.items():
        for name, value in constants.items():
            assert value <= library(lemma).constants[name].value


def test_without_an_observed_width_there_are_no_shares() -> None:
    library = installed().lemma
    unseen = {start: dict.fromkeys(events, SEEN) for start, events in OBSERVED.items()}
    [classical] = [c for c in comparison.all_chains(CASE, library) if c["id"] == "classical"]
    [found] = comparison.add_observed([classical], CASE, library, unseen, 0)
    assert found["widths"][0]["log10_slack"] == {}
    assert found["widths"][0]["empirical"] is None
