"""What is drawn and searched often meets the hypotheses: a claim tried on nothing is not tried."""

from __future__ import annotations

import numpy as np
import pytest

from verify.checks.reading import Reader
from verify.lemma import Build, Lemma
from verify.pipeline.plan import parts
from verify.pipeline.select import installed
from verify.statement import Instance

LIBRARY = installed()
PARTS = {
    (name, part): statement
    for name in LIBRARY.entries
    for part, statement in parts(LIBRARY.lemma(name)).items()
    if not statement.is_scalar
}
DRAWN = [place for place, statement in PARTS.items() if statement.draw is not None]
SEARCHED = [(*place, family) for place, statement in PARTS.items() for family in statement.search]
LEAST = 0.2  # of the instances, at least


def admitted(statement: Lemma, instances: list[Instance]) -> float:
    """The share of instances that meet every hypothesis."""
    reader = Reader(statement)
    return float(np.mean([reader.read(reader.measure(instance)).admitted for instance in instances]))


def drawn(statement: Lemma, count: int) -> list[Instance]:
    assert statement.draw is not None
    each = count // len(statement.cases)
    return [statement.draw(np.random.default_rng(seed), case) for case in statement.cases for seed in range(each)]


def built(build: Build, dimension: int, count: int) -> list[Instance]:
    return [build(np.random.default_rng(seed).uniform(size=dimension)) for seed in range(count)]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "part"), DRAWN, ids=lambda label: label or "main")
def test_draws_meet_the_hypotheses(name: str, part: str) -> None:
    assert admitted(PARTS[name, part], drawn(PARTS[name, part], 60)) >= LEAST


@pytest.mark.slow
@pytest.mark.parametrize(("name", "part", "family"), SEARCHED, ids=lambda label: label or "main")
def test_searched_families_meet_the_hypotheses(name: str, part: str, family: str) -> None:
    search = PARTS[name, part].search[family]
    assert admitted(PARTS[name, part], built(search.build, search.dimension, 60)) >= LEAST
