"""No lemma is proved by citing itself, whatever it lists in its uses."""

from __future__ import annotations

from dataclasses import replace

import pytest

from verify.lemma import Lemma
from verify.proof import Proof, StepFailed
from verify.relations import le

FALSE = le(1, 0)
OWN = Lemma(le(0, 1), uses=("fact",))
LEMMA = replace(
    OWN,
    id="fact",
    also={name: Lemma(FALSE, uses=("fact",), id=f"fact:{name}") for name in ("first", "second")},
)


def cite(citing: Lemma, part: str) -> bool:
    """Whether the citation is admitted."""
    proof = Proof(citing, lambda name: {"fact": LEMMA}[name])
    try:
        proof.cite("fact", part=part)
    except StepFailed as failed:
        if "rest on itself" not in str(failed):
            raise
        return False
    return True


@pytest.mark.parametrize(
    ("citing", "part", "admitted"),
    [
        ("", "", False),
        ("", "first", False),
        ("first", "", True),
        ("first", "first", False),
        ("first", "second", False),
        ("second", "first", True),
        ("second", "second", False),
    ],
)
def test_only_what_comes_before_may_be_cited(citing: str, part: str, admitted: bool) -> None:
    lemma = LEMMA.also[citing] if citing else LEMMA
    assert cite(lemma, part) is admitted
    assert cite(replace(lemma, id=f"{lemma.id}~C too small"), part) is admitted
