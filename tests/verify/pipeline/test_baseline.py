"""The committed baseline: smaller than a report, and every comparison with it comes out the same."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from verify.errors import BadInput
from verify.formats.diff import compare
from verify.formats.schema import validate
from verify.pipeline.baseline import read_baseline, read_report, regressions, slim

Json = dict[str, Any]


def lemma(name: str, **changes: Any) -> Json:
    entry: Json = {
        "id": name, "group": "toys", "title": name, "file": "x.py", "line": 1, "source": "", "limitations": "",
        "statement": {"latex": "", "sympy": "a <= b", "given": [], "fails_with": None}, "fingerprint": "0" * 8,
        "uses": [], "trusts": ["Weyl"], "proof": [{"step": "a", "by": "algebra", "ref": None, "verdict": "proved"}],
        "designated": "symbolic", "verdict": "proved", "evidence": [], "constants": [], "margin": None,
        "planted": [{"fault": "C = 1", "outcome": "refuted", "reason": "x"}], "reproduce": "again",
    }  # fmt: skip
    return {**entry, **changes}


def sampled(low: float, high: float) -> list[Json]:
    quantile = {"estimate": (low + high) / 2, "lower": low, "upper": high, "level": 0.9}
    data = {"quantile": quantile, "draws": [low] * 500, "part": "tail"}
    return [
        {"check": "montecarlo", "verdict": "supported", "summary": "s", "data": data},
        {"check": "symbolic", "verdict": "proved", "summary": "s", "data": {"steps": 3}},
    ]


def report(*lemmas: Json, m: int = 100) -> Json:
    width = {
        "case": "case", "n": 2, "d": 2, "delta": 0.1, "eps": 0.1, "lambda": {"lower": "1", "upper": "1"},
        "m": {"lower": m, "upper": m}, "eta": None, "steps": None, "binding": None,
        "certificate": {"values": {"B": "3"}},
        "log10_slack": {}, "empirical": None, "certified": None, "simulated_m": None,
    }  # fmt: skip
    findings = [{"id": "finding", "title": "f", "verdict": "certified", "data": {"rows": [1, 2]}}]
    return {
        "schema": "verify-report/1", "verdict": "proved", "summary": "s", "run": {"seed": 0}, "timings": {"total": 1},
        "lemmas": list(lemmas), "findings": findings, "chains": [{"id": "classical", "widths": [width]}],
        "trust": {"a": "b"},
    }  # fmt: skip


OLD = report(lemma("a"), lemma("b", evidence=sampled(0.4, 0.5)))
NEW = {
    "the same": OLD,
    "a verdict": report(lemma("a", verdict="inconclusive"), OLD["lemmas"][1]),
    "a statement": report(lemma("a", fingerprint="1" * 8), OLD["lemmas"][1]),
    "a constant": report(
        lemma("a", fingerprint="2" * 8, constants=[{"name": "C", "stated": "3", "sharp": None, "kind": "upper"}]),
        OLD["lemmas"][1],
    ),
    "a lemma less": report(OLD["lemmas"][1]),
    "noise": report(lemma("a"), lemma("b", evidence=sampled(0.45, 0.55))),
    "a quantile": report(lemma("a"), lemma("b", evidence=sampled(0.6, 0.7))),
    "a fault": report(lemma("a", planted=[{"fault": "C = 1", "outcome": "survived", "reason": ""}]), OLD["lemmas"][1]),
    "a rule": report(lemma("a", trusts=["Weyl", "Jensen"]), OLD["lemmas"][1]),
    "a width": report(*OLD["lemmas"], m=200),
}


@pytest.mark.parametrize("name", NEW)
def test_comparisons_with_the_slim_report_are_those_with_the_whole(name: str) -> None:
    small = slim(OLD)
    validate(small, stripped=True)
    assert compare(small, NEW[name]) == compare(OLD, NEW[name])
    assert compare(small, slim(NEW[name])) == compare(OLD, NEW[name])
    assert bool(regressions(small, NEW[name], whole=True)) == (name not in ("the same", "noise", "a rule"))


def test_slim_drops_what_nobody_compares_and_leaves_the_report_alone() -> None:
    before = copy.deepcopy(OLD)
    small = slim(OLD)
    assert before == OLD
    assert len(json.dumps(small)) < 0.5 * len(json.dumps(OLD))
    assert {"run", "timings"}.isdisjoint(small)
    assert "draws" not in json.dumps(small)
    for slimmed, whole in zip(small["lemmas"], OLD["lemmas"], strict=True):
        assert [fault["outcome"] for fault in slimmed["planted"]] == [fault["outcome"] for fault in whole["planted"]]
    assert "reason" not in json.dumps(small).replace('"reason": ""', "")


def test_part_of_the_library_is_compared_with_that_part() -> None:
    assert regressions(slim(OLD), report(OLD["lemmas"][0]), whole=True)
    only = {**report(OLD["lemmas"][0]), "findings": [], "chains": []}
    assert regressions(slim(OLD), only, whole=False) == ()


def test_what_is_no_report_is_bad_input(tmp_path: Path) -> None:
    assert read_baseline(None) is None
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    good.write_text(json.dumps(slim(OLD)))
    bad.write_text('{"lemmas": []}')
    assert read_report(good) == slim(OLD)
    for file in (bad, tmp_path / "missing.json"):
        with pytest.raises(BadInput, match=file.name):
            read_report(file)
