"""The data-free bound of |E Z^2|: proved, attained by equal points, and a width that follows from it."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from lemmas.gram.gram_variance_upper import STARTS, draw_start, lemma
from lemmas.initialization import gram_lower_tail
from lemmas.laplace.lower_tail import plain_variance
from verify import Lemma
from verify.checks import montecarlo, symbolic, worstcase
from verify.checks.base import EFFORTS, Context
from verify.proof import Proof, StepFailed
from verify.verdict import Verdict

NAMED = dataclasses.replace(lemma, id="gram-variance-upper")
LIBRARY = {
    "gram-variance-upper": NAMED,
    "gram-lower-tail": dataclasses.replace(gram_lower_tail.lemma, id="gram-lower-tail"),
}
CONTEXT = Context(EFFORTS["quick"], 0, LIBRARY.__getitem__)
PARTS = {name: dataclasses.replace(part, id=f"gram-variance-upper:{name}") for name, part in lemma.also.items()}
EVERY: dict[str, Lemma] = {"variance": NAMED, **PARTS}


@pytest.mark.parametrize("name", sorted(EVERY))
def test_it_is_proved_and_needs_every_hypothesis(name: str) -> None:
    assert symbolic.run(EVERY[name], CONTEXT).verdict is Verdict.PROVED
    for hypothesis in EVERY[name].given:
        dropped = dataclasses.replace(EVERY[name], latex="").drop(hypothesis)  # the LaTeX shows a constant of it
        assert dropped.proof is not None
        with pytest.raises(StepFailed):
            dropped.proof(Proof(dropped, CONTEXT.library))


@pytest.mark.parametrize("n", [1, 2, 5])
def test_equal_unit_points_attain_it(n: int) -> None:
    assert plain_variance(np.ones((n, n))) == pytest.approx(math.exp(8) * n**2, rel=1e-12)


def test_a_smaller_constant_is_refuted_and_not_derived() -> None:
    smaller = NAMED.set(A=2900)
    assert worstcase.run(smaller, CONTEXT).verdict is Verdict.REFUTED
    assert symbolic.run(smaller, CONTEXT).verdict is Verdict.INCONCLUSIVE


@pytest.mark.parametrize("name", sorted(PARTS))
def test_simulation_supports_the_parts_where_they_say_something(name: str) -> None:
    assert montecarlo.run(PARTS[name], CONTEXT).verdict is Verdict.SUPPORTED


@pytest.mark.parametrize("case", STARTS)
def test_drawn_starts_have_the_width_that_is_asked_for(case: str) -> None:
    at = draw_start(np.random.default_rng(0), case)
    asked = 2 * math.exp(8) * math.log(1 / at["delta"])
    assert asked <= len(at["G"]) * at["t"] ** 2 * at["lam"] ** 2 <= 1.4 * asked
