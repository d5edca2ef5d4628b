"""Run the statements through the checks that a lemma of their kind gets, and count what comes out.

PYTHONPATH=tests/quality python tests/quality/quality_suite.py [EFFORT [CATEGORY...]]        the tables of README.md
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import quality_chance
import quality_eigenvalues
import quality_norms
import quality_scalar
from quality_statement import Statement

from verify.checks import engines, interval, montecarlo, symbolic, worstcase
from verify.checks.base import EFFORTS, Budget, Check, Context
from verify.lemma import Lemma
from verify.pipeline.judge import designated
from verify.verdict import Evidence, Verdict, judge

TABLES = (quality_scalar, quality_norms, quality_eigenvalues, quality_chance)
STATEMENTS = [one for table in TABLES for one in table.statements()]
CHECKS: tuple[Check, ...] = (symbolic, interval, engines, montecarlo, worstcase)
Found = Mapping[str, Sequence[Evidence]]  # by the name of the statement


def _nothing(lemma_id: str) -> Lemma:
    raise LookupError(lemma_id)


def evidence_of(one: Statement, budget: Budget, checks: Iterable[Check] = CHECKS) -> list[Evidence]:
    """What each of the checks that apply to the statement finds."""
    context = Context(budget, 0, _nothing)
    return [check.run(one.lemma, context) for check in checks if check.applies(one.lemma)]


def evidence(statements: Iterable[Statement], budget: Budget) -> Found:
    """What is found of each statement."""
    return {one.name: evidence_of(one, budget) for one in statements}


def verdict_of(one: Statement, found: Sequence[Evidence]) -> Verdict:
    """The verdict of the statement, as a run gives it: by its proof if it has one, and no other check objects."""
    return judge(designated(one.lemma), found)[0]


def verdict_without_proof(one: Statement, found: Sequence[Evidence]) -> Verdict:
    """The verdict of the statement if nobody had given a proof."""
    bare = replace(one.lemma, proof=None)
    return judge(designated(bare), [e for e in found if e.check != symbolic.name])[0]


def rates_of(statements: Sequence[Statement], found: Mapping[str, Verdict]) -> dict[str, dict[str, float]]:
    """By category: how many there are, the share of the false that is refuted, of the true that is shown to hold, and
    the two shares that must be nought: of the false shown to hold (missed), of the true refuted (false alarms)."""
    return {
        category: _rates([(one, found[one.name]) for one in statements if one.category == category])
        for category in sorted({one.category for one in statements})
    }


def _rates(judged: list[tuple[Statement, Verdict]]) -> dict[str, float]:
    count = Counter((one.truth, "held" if v.holds else v.value) for one, v in judged)
    false = sum(not one.truth for one, _ in judged)
    true = len(judged) - false
    return {
        "false": false,
        "true": true,
        "detected": count[False, "refuted"] / max(1, false),
        "shown": count[True, "held"] / max(1, true),
        "missed": count[False, "held"] / max(1, false),
        "false alarms": count[True, "refuted"] / max(1, true),
        "errors": count[True, "error"] + count[False, "error"],
    }


def table(found: dict[str, dict[str, float]]) -> str:
    """The rates as a Markdown table."""
    head = "| category | false | true | false: refuted | true: shown | false: shown | true: refuted | errors |"
    rows = [
        f"| {category} | {r['false']} | {r['true']} | {r['detected']:.0%} | {r['shown']:.0%} | {r['missed']:.0%} "
        f"| {r['false alarms']:.0%} | {r['errors']} |"
        for category, r in found.items()
    ]
    return "\n".join([head, "|---|---|---|---|---|---|---|---|", *rows])


def tables(statements: Sequence[Statement], found: Found) -> list[str]:
    """The table of all statements, and that of those with a proof, had they none."""
    proved = [one for one in statements if one.lemma.proof is not None]
    verdicts = {one.name: verdict_of(one, found[one.name]) for one in statements}
    bare = {one.name: verdict_without_proof(one, found[one.name]) for one in proved}
    return [table(rates_of(statements, verdicts)), *([table(rates_of(proved, bare))] if proved else [])]


def main(effort: str = "quick", *categories: str) -> None:
    asked = [one for one in STATEMENTS if not categories or one.category in categories]
    print("\n\nwithout the proofs:\n\n".join(tables(asked, evidence(asked, EFFORTS[effort]))))


if __name__ == "__main__":
    main(*sys.argv[1:])
