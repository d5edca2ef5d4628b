"""What is asked of every lemma of the pack: its parts by name, and that proof, hypotheses and measures are right."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from verify.checks import symbolic, worstcase
from verify.checks.base import EFFORTS, Context
from verify.lemma import Lemma
from verify.pipeline.plan import parts
from verify.pipeline.select import installed
from verify.proof import Proof, StepFailed
from verify.proof.evaluate import evaluate
from verify.statement import Instance, Quantity
from verify.verdict import Verdict

LIBRARY = installed(())
CONTEXT = Context(EFFORTS["quick"], 0, LIBRARY.lemma)


def parts_of(name: str) -> dict[str, Lemma]:
    """A lemma and its further parts; the lemma itself under the empty name."""
    return dict(parts(LIBRARY.lemma(name)))


def assert_proved(statement: Lemma) -> None:
    assert symbolic.run(statement, CONTEXT).verdict is Verdict.PROVED


def assert_refuted(statement: Lemma) -> None:
    assert worstcase.run(statement, CONTEXT).verdict is Verdict.REFUTED


def assert_needed(statement: Lemma, hypothesis: str) -> None:
    """The proof does not go through without this hypothesis."""
    dropped = statement.drop(hypothesis)
    assert dropped.proof is not None
    with pytest.raises(StepFailed):
        dropped.proof(Proof(dropped, CONTEXT.library))


def assert_measured_as_defined(quantities: Iterable[Quantity], at: Instance, rel: float = 0.0) -> None:
    """At this instance the functions that measure give what the definitions say."""
    for quantity in quantities:
        assert quantity.measure is not None
        assert quantity.definition is not None
        measured = quantity.measure(at)
        assert evaluate(quantity.definition, at) == pytest.approx(measured, rel=rel, abs=1e-7), quantity
