"""Which hypotheses a proof needs: the first step that does not follow without one, not merely one that mentions it."""

from __future__ import annotations

from verify.proof.entailment import follows
from verify.proof.facts import Fact
from verify.statement import Relation

SUBSTITUTION = "monotone substitution"


def needing(final: Fact, hypothesis: Relation) -> Fact | None:
    """The first step that does not follow without the hypothesis; None if the conclusion follows without it.

    A substitution is tried again with those premises only that are left; any other step needs all of its premises.
    """
    if hypothesis not in final.assumptions:
        return None
    culprit: Fact | None = None
    lost: set[int] = set()
    for step in final.steps():
        if _makes(step, hypothesis):
            lost.add(id(step))
            culprit = culprit or (step if step.by != "hypothesis" else None)
        elif any(id(premise) in lost for premise in step.premises) and not _stands(step, lost):
            lost.add(id(step))
            culprit = culprit or step
    return (culprit or final) if id(final) in lost else None


def _makes(step: Fact, hypothesis: Relation) -> bool:
    """Whether the step itself assumes the hypothesis, rather than a premise of it."""
    return hypothesis in step.assumptions and not any(hypothesis in premise.assumptions for premise in step.premises)


def _stands(step: Fact, lost: set[int]) -> bool:
    """Whether the step is a substitution that follows from its other premises."""
    if (step.by, step.ref) != ("algebra", SUBSTITUTION):
        return False
    left = [premise.relation for premise in step.premises if id(premise) not in lost]
    return follows(step.relation, left)
