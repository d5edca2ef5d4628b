"""Which hypotheses a proof needs: the first step that is not derived without one, not merely one that mentions it."""

from __future__ import annotations

from verify.proof.entailment import follows
from verify.proof.facts import Fact, assumptions_of, flaw
from verify.relations import Relation

SUBSTITUTION = "monotone substitution"


def needing(final: Fact, hypothesis: Relation) -> Fact | None:
    """The first step that is not derived without the hypothesis; None if the conclusion is derived without it.

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
        elif hypothesis in step.assumptions and not _stands(step, hypothesis, lost):
            lost.add(id(step))
            culprit = culprit or step
    return (culprit or final) if id(final) in lost else None


def _makes(step: Fact, hypothesis: Relation) -> bool:
    """Whether the step itself assumes the hypothesis, rather than a premise of it."""
    return hypothesis in step.assumptions and not any(hypothesis in premise.assumptions for premise in step.premises)


def _stands(step: Fact, hypothesis: Relation, lost: set[int]) -> bool:
    """Whether the step still means something and follows, without the hypothesis and the premises that are lost."""
    left = [premise for premise in step.premises if id(premise) not in lost]
    if len(left) < len(step.premises):
        substitution = (step.by, step.ref) == ("algebra", SUBSTITUTION)
        if not (substitution and follows(step.relation, [premise.relation for premise in left])):
            return False
    own = step.assumptions - assumptions_of(step.premises)
    because = (own | assumptions_of(left)) - {hypothesis}
    return flaw(step.relation, step.by, step.ref, left, because) is None
