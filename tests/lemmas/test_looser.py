"""An audit with a looser constant: the real lemmas follow from what is stated; with a tighter one they do not."""

import pytest

from verify.checks import load
from verify.checks.base import EFFORTS, Context
from verify.pipeline.plan import parts
from verify.pipeline.select import installed
from verify.registry import Library
from verify.verdict import Verdict

CASES = [
    ("gram-lambda-upper", "", "C"),
    ("gram-lower-tail", "eigenvalue", "1/C"),
    ("gram-relative-perturbation", "", "C"),
    ("jacobian-drift", "", "C"),
    ("jacobian-drift", "at its distance", "C"),
]


def verdict(name: str, part: str, value: str) -> Verdict:
    library = Library(tuple(installed().entries.values()))
    library.edit(name, "C", value)
    context = Context(EFFORTS["quick"], 0, library.lemma)
    return load("symbolic").run(parts(library.lemma(name))[part], context).verdict


@pytest.mark.parametrize(("name", "part", "loose"), CASES)
def test_any_looser_constant_is_proved(name: str, part: str, loose: str) -> None:
    stated = installed().lemma(name).constants["C"].value
    for factor in ("1", "3/2", "exp(1) - 1"):
        value = f"({stated})*({factor})" if loose == "C" else f"({stated})/({factor})"
        assert verdict(name, part, value) is Verdict.PROVED, value
    tighter = f"({stated})*2/3" if loose == "C" else f"({stated})*3/2"
    assert verdict(name, part, tighter) is Verdict.INCONCLUSIVE
