"""The comparison: a loss is never an improvement, and noise is never a change."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verify.formats import words
from verify.formats.canonical import strip_volatile
from verify.formats.diff import Change, Diff, compare
from verify.formats.schema import ReportInvalid

Report = dict[str, Any]
Changed = Callable[..., Report]


def change_of(diff: Diff, name: str) -> Change:
    return next(change for change in diff.changes if change.id == name)


def interesting(diff: Diff) -> list[tuple[str, str]]:
    return [(change.id, change.kind) for change in diff.changes if change.kind != "unchanged"]


def test_the_same_report_is_unchanged(report: Report) -> None:
    diff = compare(report, strip_volatile(report))
    assert interesting(diff) == []
    assert not diff.worse
    assert diff.text() == f"not worse: {1 + 13 - 1 + 3 + 12} unchanged\n"


def test_a_changed_constant_is_a_changed_statement_and_both_values_are_shown(holding: Report, changed: Changed) -> None:
    constant = {**holding["lemmas"][0]["constants"][0], "stated": "1.7"}
    new = changed(holding, "exp-first-order", constants=[constant], fingerprint="0123456789", verdict="refuted")
    diff = compare(holding, new)
    assert interesting(diff) == [("exp-first-order", "statement-changed")]
    assert change_of(diff, "exp-first-order").details == ("proved -> refuted", "constant exp-first-order.C: 2 -> 1.7")
    assert diff.worse


def test_a_removed_lemma_is_worse_even_if_it_was_refuted(report: Report) -> None:
    new = {**report, "lemmas": [e for e in report["lemmas"] if e["id"] != "weight-movement"], "verdict": "supported"}
    diff = compare(report, new)
    assert change_of(diff, "weight-movement").kind == "removed"
    assert diff.worse
    assert "removed           lemma weight-movement: was refuted, is no longer in the report" in diff.text()


def test_a_changed_statement_is_worse_unless_the_old_one_did_not_hold(report: Report, changed: Changed) -> None:
    statement = {**report["lemmas"][0]["statement"], "sympy": "Abs(z) <= 1"}
    weaker = changed(report, "exp-first-order", statement=statement, fingerprint="0123456789")
    assert compare(report, weaker).worse
    assert "'Abs(exp(z) - 1) <= C*Abs(z)' -> 'Abs(z) <= 1'" in compare(report, weaker).text()
    mended = changed(report, "weight-movement", verdict="supported", fingerprint="0123456789", planted=[])
    assert change_of(compare(report, mended), "weight-movement").kind == "statement-changed"
    assert not compare(report, mended).worse
    assert compare(report, changed(mended, "weight-movement", verdict="error")).worse


def noisy(holding: Report, changed: Changed, low: float, high: float) -> Report:
    evidence = copy.deepcopy(next(e for e in holding["lemmas"] if e["id"] == "gram-lower-tail")["evidence"])
    evidence[0]["data"]["quantile"] = {"estimate": (low + high) / 2, "lower": low, "upper": high, "level": 0.9}
    margin = {"factor": 2 / (low + high), "meaning": "1 / quantile of left over right", "at": {"quantile": 0.9}}
    return changed(holding, "gram-lower-tail", evidence=evidence, margin=margin)


def test_noise_only_is_unchanged(holding: Report, changed: Changed) -> None:
    # The fixture's interval is [0.38, 0.43].
    for low, high in ((0.425, 0.46), (0.30, 0.385), (0.43, 0.5), (0.3, 0.38), (0.4, 0.41)):
        diff = compare(holding, noisy(holding, changed, low, high))
        assert interesting(diff) == []
        assert not diff.worse


def test_intervals_that_do_not_overlap_are_a_change(holding: Report, changed: Changed) -> None:
    assert interesting(compare(holding, noisy(holding, changed, 0.44, 0.46))) == [("gram-lower-tail", "worse")]
    assert interesting(compare(holding, noisy(holding, changed, 0.2, 0.3))) == [("gram-lower-tail", "better")]


def test_an_open_end_overlaps_everything_beyond_it(holding: Report, changed: Changed) -> None:
    new = noisy(holding, changed, 0.5, 0.6)
    new["lemmas"][4]["evidence"][0]["data"]["quantile"]["lower"] = None
    assert interesting(compare(holding, new)) == []


def test_a_quantile_that_vanished_is_worse(holding: Report, changed: Changed) -> None:
    new = noisy(holding, changed, 0.4, 0.41)
    new["lemmas"][4]["evidence"][0]["data"]["quantile"] = None
    assert interesting(compare(holding, new)) == [("gram-lower-tail", "worse")]


@pytest.mark.parametrize(
    ("factor", "kind"),
    [(1.1639534137, "unchanged"), (1.1639534137 * (1 + 1e-12), "unchanged"), (1.16395, "worse"), (1.17, "better")],
)
def test_exact_margins_are_compared_exactly(holding: Report, changed: Changed, factor: float, kind: str) -> None:
    margin = {**holding["lemmas"][0]["margin"], "factor": factor}
    diff = compare(holding, changed(holding, "exp-first-order", margin=margin))
    assert change_of(diff, "exp-first-order").kind == kind
    assert diff.worse == (kind == "worse")


def test_a_lost_margin_is_worse_and_another_meaning_is_not_comparable(holding: Report, changed: Changed) -> None:
    assert compare(holding, changed(holding, "exp-first-order", margin=None)).worse
    margin = {"factor": 1.01, "meaning": "closest point of a search", "at": {}}
    diff = compare(holding, changed(holding, "exp-first-order", margin=margin))
    assert not diff.worse
    assert "not comparable" in diff.text()


def test_a_margin_from_a_search_moves_with_the_seed_but_must_not_vanish(holding: Report, changed: Changed) -> None:
    def found(factor: float, meaning: str = "worst-case search") -> Report:
        margin = {"factor": factor, "meaning": meaning, "at": {"found by": "key"}}
        return changed(holding, "exp-first-order", margin=margin)

    assert interesting(compare(found(1.3), found(1.2))) == []
    assert interesting(compare(found(1.3), found(1.2, "largest of random draws"))) == []
    assert compare(found(1.3), changed(holding, "exp-first-order", margin=None)).worse


def test_a_margin_from_a_search_with_the_same_seed_and_effort_is_remarked_on(holding: Report, changed: Changed) -> None:
    def found(factor: float, **run: Any) -> Report:
        margin = {"factor": factor, "meaning": "worst-case search", "at": {"found by": "key"}}
        report = changed(holding, "exp-first-order", margin=margin)
        return {**report, "run": {**report["run"], **run}}

    def details(old: Report, new: Report) -> tuple[str, ...]:
        diff = compare(old, new)
        assert not diff.worse
        assert interesting(diff) == []
        return change_of(diff, "exp-first-order").details

    told = "margin 1.3 (worst-case search) -> 1.2 (worst-case search), with the same seed and effort"
    assert details(found(1.3), found(1.2)) == (told,)
    assert told in compare(found(1.3), found(1.2)).text()
    assert details(found(1.3), found(1.3 * (1 + 1e-12))) == ()
    assert details(found(1.3), found(1.2, seed=8)) == details(found(1.3), found(1.2, effort="quick")) == ()
    assert details(strip_volatile(found(1.3)), strip_volatile(found(1.2))) == ()  # nobody knows the seeds


def test_quantiles_of_two_parts_are_kept_apart(holding: Report, changed: Changed) -> None:
    def parts(low: float, high: float) -> Report:
        evidence = copy.deepcopy(holding["lemmas"][4]["evidence"] * 2)
        for name, one, ends in (("near", evidence[0], (0.1, 0.2)), ("far", evidence[1], (low, high))):
            one["data"] |= {
                "part": name,
                "quantile": {"estimate": 0.5, "lower": ends[0], "upper": ends[1], "level": 0.9},
            }
        return changed(holding, "gram-lower-tail", evidence=evidence[::-1])

    assert interesting(compare(parts(0.4, 0.5), parts(0.4, 0.5))) == []
    diff = compare(parts(0.4, 0.5), parts(0.6, 0.7))
    assert change_of(diff, "gram-lower-tail").details == ("montecarlo far: quantile [0.4, 0.5] -> [0.6, 0.7]",)


@given(old=st.sampled_from(words.WORST_FIRST), new=st.sampled_from(words.WORST_FIRST))
def test_the_order_of_verdicts(old: str, new: str) -> None:
    report: Report = {
        "schema": "verify-report/1",
        "verdict": old,
        "summary": "x",
        "lemmas": [],
        "findings": [],
        "chains": [],
    }
    kind = compare(report, {**report, "verdict": new}).changes[0].kind
    if kind in ("fixed", "better"):
        assert words.holds(new)
    if words.holds(old) and words.WORST_FIRST.index(new) < words.WORST_FIRST.index(old):
        assert kind == "worse"
    assert (kind == "unchanged") == (old == new or (new == "inconclusive" and old in ("blocked", "error", "not-run")))


@pytest.mark.parametrize("word", ["error", "not-run", "inconclusive"])
def test_a_crash_is_never_all_fixed(report: Report, word: str) -> None:
    new = copy.deepcopy(report)
    new["verdict"] = word
    for entry in new["lemmas"]:
        entry["verdict"], entry["evidence"], entry["margin"] = word, [], None
    diff = compare(report, new)
    assert diff.worse
    assert "fixed" not in diff.counts
    assert change_of(diff, "weight-movement").kind == "worse"


def test_a_partial_run_is_worse(report: Report) -> None:
    assert compare(report, {**report, "lemmas": report["lemmas"][:3]}).worse
    assert compare(report, {**report, "lemmas": []}).worse
    assert compare(report, {**report, "chains": []}).worse
    assert compare(report, {**report, "findings": report["findings"][1:]}).worse


def test_half_a_file_is_no_report(report: Report) -> None:
    for broken in ({}, {k: v for k, v in report.items() if k != "lemmas"}):
        with pytest.raises(ReportInvalid):
            compare(report, broken)
        with pytest.raises(ReportInvalid):
            compare(broken, report)


def test_a_new_lemma_is_worse_only_if_it_fails(holding: Report, report: Report) -> None:
    for entry in report["lemmas"]:
        if entry["verdict"] in words.HOLDING:
            continue
        new = {**holding, "lemmas": [*holding["lemmas"], entry]}
        diff = compare(holding, new)
        assert interesting(diff) == [(entry["id"], "new")]
        assert diff.worse == (entry["verdict"] in ("refuted", "blocked", "error"))


def test_a_surviving_fault_is_worse_and_a_new_rule_is_mentioned(holding: Report, changed: Changed) -> None:
    fault = {"fault": "C = 0", "outcome": "survived", "reason": ""}
    diff = compare(holding, changed(holding, "one-plus-x", planted=[fault], trusts=["Weyl"]))
    assert change_of(diff, "one-plus-x").details == (
        "planted fault survived: C = 0",
        "now also trusts Weyl",
        "planted faults that are noticed: 1 -> 0",
    )
    assert diff.worse


def test_fewer_planted_faults_that_are_noticed_are_mentioned(holding: Report, changed: Changed) -> None:
    diff = compare(holding, changed(holding, "exp-first-order", planted=[]))
    assert change_of(diff, "exp-first-order").details == ("planted faults that are noticed: 2 -> 0",)
    assert not diff.worse  # a smaller effort may not decide as many
    assert change_of(compare(changed(holding, "exp-first-order", planted=[]), holding), "exp-first-order").details == ()


def test_widths_grow_shrink_overlap_and_change_their_setting(report: Report) -> None:
    def with_width(**fields: Any) -> Diff:
        new = copy.deepcopy(report)
        new["chains"][3]["widths"][0].update(fields)
        return compare(report, new)

    # The fixture's tight width on sphere-5x3 is [800, 808].
    assert interesting(with_width(m={"lower": 805, "upper": 900})) == []
    assert interesting(with_width(m={"lower": 809, "upper": 900})) == [("tight/sphere-5x3", "worse")]
    assert interesting(with_width(m={"lower": 700, "upper": 799})) == [("tight/sphere-5x3", "better")]
    assert interesting(with_width(delta=0.2)) == [("tight/sphere-5x3", "statement-changed")]
    assert with_width(delta=0.2).worse


@pytest.mark.parametrize(("upper", "kind"), [(808, "unchanged"), (814, "unchanged"), (880, "worse"), (700, "better")])
def test_a_width_of_which_no_smaller_one_is_known_to_fail_is_compared_too(
    report: Report, upper: int, kind: str
) -> None:
    old, new = copy.deepcopy(report), copy.deepcopy(report)
    old["chains"][3]["widths"][0]["m"] = {"lower": 1, "upper": 808}
    new["chains"][3]["widths"][0]["m"] = {"lower": 1, "upper": upper}
    diff = compare(old, new)
    assert change_of(diff, "tight/sphere-5x3").kind == kind
    assert diff.worse == (kind == "worse")


def test_json_says_the_same(report: Report) -> None:
    diff = compare(report, {**report, "lemmas": report["lemmas"][1:]})
    read = json.loads(diff.to_json())
    assert read["worse"] is True
    assert read["counts"] == diff.counts
    assert [c["id"] for c in read["changes"] if c["kind"] == "removed"] == ["exp-first-order"]
