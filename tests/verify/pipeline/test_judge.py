"""One verdict a lemma: its designated check, its weakest part, and what it uses."""

from __future__ import annotations

from typing import Any

import pytest

from verify.entries import scan
from verify.pipeline.judge import Judged, designated, judge_all
from verify.pipeline.plan import VACUITY, Task, plan
from verify.pipeline.request import Request
from verify.registry import Library
from verify.verdict import Evidence, Verdict

V = Verdict
Found = dict[Task, Evidence]


def evidence(**verdicts: V) -> Found:
    """Symbolic evidence by lemma."""
    return {Task(name, "", "symbolic"): Evidence("symbolic", v, f"{name} says so") for name, v in verdicts.items()}


@pytest.fixture
def chain(write: Any) -> Library:
    """top uses middle uses base."""
    write("a/base")
    write("a/middle", uses=("base",))
    return Library(scan(write("a/top", uses=("middle",)).parents[1]))


def judged(library: Library, found: Found, allow_assumed: bool = False) -> dict[str, Judged]:
    return judge_all(library, list(library.entries), found, allow_assumed)


@pytest.mark.parametrize(
    ("extra", "check"),
    [
        ("", "symbolic"),
        ("designated='interval'", "interval"),
        ("also={'p': Lemma(le(x, x))}", "symbolic"),
    ],
)
def test_designated_check(write: Any, extra: str, check: str) -> None:
    assert designated(Library(scan(write("a/fact", extra=extra).parents[1])).lemma("fact")) == check


def test_designated_check_without_a_proof(write: Any) -> None:
    measured = "import verify\n\ny = verify.Quantity('y', verify.real(), '', lambda at: at['y'])"
    also = (
        "also={'scalar': Lemma(le(x, x)), 'sampled': Lemma(le(x, x), fails_with=x), 'searched': Lemma(le(y, y)),"
        " 'measured and sampled': Lemma(le(y, y), fails_with=x)}"
    )
    lemma = Library(scan(write("a/fact", extra=also, preamble=measured).parents[1])).lemma("fact")
    found = {name: designated(part) for name, part in lemma.also.items()}
    assert found == {
        "scalar": "interval", "sampled": "montecarlo", "searched": "worstcase", "measured and sampled": "montecarlo",
    }  # fmt: skip


def test_all_hold(chain: Library) -> None:
    found = judged(chain, evidence(base=V.PROVED, middle=V.PROVED, top=V.PROVED))
    assert [one.verdict for one in found.values()] == [V.PROVED] * 3


@pytest.mark.parametrize("middle", [V.PROVED, V.INCONCLUSIVE])
def test_what_uses_a_refuted_lemma_is_blocked_however_far(chain: Library, middle: V) -> None:
    found = judged(chain, evidence(base=V.REFUTED, middle=middle, top=V.PROVED))
    assert found["base"].verdict is V.REFUTED
    assert found["middle"].verdict is V.BLOCKED
    assert found["top"].verdict is V.BLOCKED
    assert found["top"].reason == "it uses base, which is refuted"
    assert found["top"].limited


@pytest.mark.parametrize(
    ("base", "top"), [(V.PROVED, V.ERROR), (V.INCONCLUSIVE, V.INCONCLUSIVE), (V.REFUTED, V.BLOCKED)]
)
def test_a_lemma_that_is_false_where_another_cites_it_should_not_hold(chain: Library, base: V, top: V) -> None:
    found = evidence(base=base, middle=V.PROVED)
    told = Evidence("symbolic", V.INCONCLUSIVE, "base is false on a drawn instance", {"denies": "base:part"})
    got = judged(chain, found | {Task("middle", "", "symbolic"): told, Task("top", "", "symbolic"): told})
    assert got["middle"].verdict is got["top"].verdict is top
    if top is V.ERROR:
        assert got["top"].reason == "checks disagree: base is proved, but base is false on a drawn instance"


@pytest.mark.parametrize("base", [V.INCONCLUSIVE, V.ERROR, V.NOT_RUN])
def test_no_lemma_is_better_than_an_undecided_one_it_uses(chain: Library, base: V) -> None:
    found = judged(chain, evidence(base=base, middle=V.PROVED, top=V.PROVED))
    assert found["top"].verdict is V.INCONCLUSIVE
    assert f"base, which is {base}" in found["top"].reason


def test_a_deterministic_proof_cannot_rest_on_a_sample(chain: Library) -> None:
    found = judged(chain, evidence(base=V.SUPPORTED, middle=V.PROVED, top=V.PROVED))
    assert found["middle"].verdict is V.INCONCLUSIVE


def test_a_claim_about_a_probability_that_uses_a_supported_one_is_supported(write: Any) -> None:
    write("a/base")
    library = Library(scan(write("a/top", uses=("base",), extra="fails_with=x").parents[1]))
    found = judged(library, evidence(base=V.SUPPORTED, top=V.PROVED))
    assert found["top"].verdict is V.SUPPORTED


def test_a_certified_lemma_may_be_used_in_a_proof(chain: Library) -> None:
    assert judged(chain, evidence(base=V.CERTIFIED, middle=V.PROVED, top=V.PROVED))["top"].verdict is V.PROVED


def test_own_failure_is_not_hidden_behind_what_it_uses(chain: Library) -> None:
    found = judged(chain, evidence(base=V.REFUTED, middle=V.REFUTED, top=V.ERROR))
    assert found["middle"].reason == "middle says so"
    assert found["top"].verdict is V.ERROR


def test_the_weakest_part_decides(write: Any) -> None:
    library = Library(scan(write("a/fact", extra="also={'p': Lemma(le(x, x))}").parents[1]))
    part = {Task("fact", "p", "interval"): Evidence("interval", V.INCONCLUSIVE, "not reached")}
    one = judged(library, evidence(fact=V.PROVED) | part)["fact"]
    assert (one.verdict, one.reason) == (V.INCONCLUSIVE, "part p: not reached")
    assert judged(library, evidence(fact=V.PROVED))["fact"].verdict is V.NOT_RUN


def test_two_checks_that_disagree_are_an_error(write: Any) -> None:
    library = Library(scan(write("a/fact").parents[1]))
    other = {Task("fact", "", "worstcase"): Evidence("worstcase", V.REFUTED, "a witness")}
    assert judged(library, evidence(fact=V.PROVED) | other)["fact"].verdict is V.ERROR


def test_what_became_of_planted_faults_is_told_but_is_no_evidence(write: Any) -> None:
    library = Library(scan(write("a/fact", extra="also={'p': Lemma(le(x, x))}").parents[1]))
    fault = {"fault": "C too small", "outcome": "survived", "reason": ""}
    part = {Task("fact", "p", "interval"): Evidence("interval", V.CERTIFIED, "")}
    tried = {Task("fact", "p", "faults"): Evidence("faults", V.NOT_RUN, "", {"planted": [fault]})}
    one = judged(library, evidence(fact=V.PROVED) | part | tried)["fact"]
    assert one.verdict is V.CERTIFIED
    assert list(one.planted) == [{**fault, "fault": "p: C too small"}]
    assert all(e.check != "faults" for found in one.evidence.values() for e in found)


def test_a_crash_while_planting_faults_is_an_error(write: Any) -> None:
    library = Library(scan(write("a/fact").parents[1]))
    crash = {Task("fact", "", "faults"): Evidence("faults", V.ERROR, "ZeroDivisionError")}
    assert judged(library, evidence(fact=V.PROVED) | crash)["fact"].verdict is V.ERROR


@pytest.fixture
def assumed(write: Any) -> Library:
    write("a/base", extra="assumed='it is in the textbook'")
    return Library(scan(write("a/top", uses=("base",)).parents[1]))


def test_an_assumed_lemma_and_what_uses_it_are_inconclusive(assumed: Library) -> None:
    found = judged(assumed, evidence(base=V.PROVED, top=V.PROVED))
    assert [one.verdict for one in found.values()] == [V.INCONCLUSIVE] * 2
    assert "textbook" in found["base"].reason


def test_an_assumed_lemma_may_be_allowed(assumed: Library) -> None:
    found = judged(assumed, evidence(base=V.INCONCLUSIVE, top=V.PROVED), allow_assumed=True)
    assert found["top"].verdict is V.PROVED
    assert found["base"].excused


def test_an_assumption_does_not_excuse_a_refutation(assumed: Library) -> None:
    found = judged(assumed, evidence(base=V.REFUTED, top=V.PROVED), allow_assumed=True)
    assert found["base"].verdict is V.REFUTED
    assert found["top"].verdict is V.BLOCKED
    assert not found["base"].excused


@pytest.mark.parametrize("shown", [V.PROVED, V.CERTIFIED, V.SUPPORTED])
def test_no_claim_holds_about_hypotheses_that_nobody_can_meet(chain: Library, shown: V) -> None:
    found = evidence(base=shown, middle=V.PROVED, top=V.PROVED)
    found[Task("base", "", "vacuity")] = Evidence("vacuity", V.INCONCLUSIVE, "no point was found")
    after = judged(chain, found)
    assert after["base"].verdict is V.INCONCLUSIVE
    assert after["base"].reason == f"{shown}, but perhaps about nothing: no point was found"
    assert after["top"].verdict is V.INCONCLUSIVE


@pytest.mark.parametrize("shown", [V.REFUTED, V.INCONCLUSIVE, V.NOT_RUN])
def test_a_point_that_meets_the_hypotheses_is_no_evidence_for_the_claim(chain: Library, shown: V) -> None:
    found = evidence(base=shown, middle=V.PROVED, top=V.PROVED)
    found[Task("base", "", "vacuity")] = Evidence("vacuity", V.CERTIFIED, "met")
    assert judged(chain, found)["base"].verdict is shown


def test_a_search_for_a_point_that_crashed_is_an_error(chain: Library) -> None:
    found = evidence(base=V.PROVED, middle=V.PROVED, top=V.PROVED)
    found[Task("base", "", "vacuity")] = Evidence("vacuity", V.ERROR, "KeyError: 'u'")
    assert judged(chain, found)["base"].verdict is V.ERROR


@pytest.mark.parametrize(("shown", "so"), [(V.PROVED, V.ERROR), (V.CERTIFIED, V.ERROR), (V.INCONCLUSIVE, V.REFUTED)])
def test_a_claim_that_fails_at_its_own_point_does_not_hold(chain: Library, shown: V, so: V) -> None:
    found = evidence(base=shown, middle=V.PROVED, top=V.PROVED)
    found[Task("base", "", "vacuity")] = Evidence("vacuity", V.REFUTED, "at the point given, 2 exceeds 1")
    assert judged(chain, found)["base"].verdict is so


def test_a_claim_that_fails_at_its_own_point_in_floats_is_not_called_empty(chain: Library) -> None:
    found = evidence(base=V.PROVED, middle=V.PROVED, top=V.PROVED)
    found[Task("base", "", "vacuity")] = Evidence("vacuity", V.INCONCLUSIVE, "the claim fails", {"suspected": True})
    assert judged(chain, found)["base"].reason == "proved, but the claim fails"


def test_every_statement_is_asked_for_a_point(chain: Library) -> None:
    planned = plan(chain, chain.entries, Request(()))
    asked = {(task.lemma, task.part) for task in planned.checks if task.check == VACUITY}
    assert asked == {(name, "") for name in chain.entries}


def test_an_inconclusive_lemma_that_uses_a_false_one_is_blocked(write: Any) -> None:
    write("a/fact")
    library = Library(scan(write("a/other", uses=("fact",)).parents[1]))
    assert judged(library, evidence(fact=V.REFUTED, other=V.INCONCLUSIVE))["other"].verdict is V.BLOCKED
    assert judged(library, evidence(fact=V.PROVED, other=V.INCONCLUSIVE))["other"].verdict is V.INCONCLUSIVE
