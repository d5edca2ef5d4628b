"""One Kantorovich step: proved in every part, measured as it is defined, and the continuity-free step is a real one."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from lemmas import kantorovich as letters
from lemmas.descent import J_move, J_size, dist, dist_next, excess, grad_norm, lam_JJ0, res_next
from lemmas.dynamics.kantorovich_descent import lemma
from lemmas.quadratics import draw
from verify.checks import symbolic
from verify.checks.base import EFFORTS, Context
from verify.lemma import Lemma
from verify.proof import Proof, StepFailed, assume, bound, plus, times
from verify.proof.evaluate import evaluate
from verify.statement import Quantity, le, lt, real
from verify.verdict import Verdict

PARTS: dict[str, Lemma] = {"": lemma, **lemma.also}
CONTEXT = Context(EFFORTS["quick"], 0, lambda _: lemma)


@pytest.mark.parametrize("part", sorted(PARTS))
def test_it_is_proved(part: str) -> None:
    assert symbolic.run(dataclasses.replace(PARTS[part], id="kantorovich-descent"), CONTEXT).verdict is Verdict.PROVED


@pytest.mark.parametrize(("part", "name"), [(part, name) for part, one in PARTS.items() for name in one.given])
def test_every_hypothesis_is_needed_by_the_proof(part: str, name: str) -> None:
    dropped = PARTS[part].drop(name)
    assert dropped.proof is not None
    with pytest.raises(StepFailed):
        dropped.proof(Proof(dropped, CONTEXT.library))


@pytest.mark.parametrize("case", lemma.cases)
def test_measures_agree_with_definitions(case: str) -> None:
    at = draw(np.random.default_rng(3), case)
    for symbol in (J_move, J_size, dist, dist_next, excess, grad_norm, lam_JJ0, res_next):
        assert symbol.measure is not None
        assert symbol.definition is not None
        assert evaluate(symbol.definition, at) == pytest.approx(symbol.measure(at), abs=1e-7)


def test_the_residual_may_vanish() -> None:
    """The fall of the residual was shown in two cases; neither case is left among its assumptions."""
    assert not any(a.op == "<" or a.high == 0 for a in letters.fall().assumptions)


def test_dividing_by_what_may_be_zero_is_refused() -> None:
    z = Quantity("z", real(0))
    with pytest.raises(StepFailed, match="may be infinite"):
        times(bound(0, "<=", z), 1 / z)
    assert times(bound(0, "<=", z), 1 / z, assume(lt(0, z))).relation == le(0, 1)
    assert plus(bound(0, "<=", z), -z).relation == le(-z, 0)
