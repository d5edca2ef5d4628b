"""No lemma is about nothing: for every statement there is a point at which its hypotheses certainly hold."""

import pytest

from verify.checks import vacuity
from verify.checks.base import EFFORTS, Context
from verify.pipeline.plan import parts
from verify.pipeline.select import installed
from verify.verdict import Verdict

LIBRARY = installed()
STATEMENTS = [(name, part) for name in LIBRARY.entries for part in parts(LIBRARY.lemma(name))]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "part"), STATEMENTS, ids=lambda label: label)
def test_the_hypotheses_can_be_met(name: str, part: str) -> None:
    context = Context(EFFORTS["standard"], 0, LIBRARY.lemma)
    evidence = vacuity.admitted_point(parts(LIBRARY.lemma(name))[part], context)
    assert evidence.verdict is Verdict.CERTIFIED, evidence.summary
    assert evidence.data["point"]
