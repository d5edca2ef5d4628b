"""Run the statements through the checks that a lemma of their kind gets, and count what comes out.

PYTHONPATH=tests/quality python tests/quality/quality_suite.py          the table of README.md
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

import quality_array
import quality_chance
import quality_scalar
from quality_statement import Statement

from verify.checks import engines, interval, montecarlo, worstcase
from verify.checks.base import Budget, Context
from verify.lemma import Lemma
from verify.verdict import Verdict, judge

STATEMENTS = [*quality_scalar.statements(), *quality_array.statements(), *quality_chance.statements()]
CHECKS = (interval, montecarlo, worstcase)
SMALL = Budget("quality, small", boxes=300, trials=200, draws=60, searches=60, digits=30)
LARGE = Budget("quality, large", boxes=20_000, trials=4_000, draws=3_000, searches=3_000, digits=30)


def _nothing(lemma_id: str) -> Lemma:
    raise LookupError(lemma_id)


def verdict_of(one: Statement, budget: Budget) -> Verdict:
    """The verdict of the statement, by the one check of its kind and, for numbers, the second engines.

    Raises AssertionError unless exactly one check applies.
    """
    applicable = [check for check in CHECKS if check.applies(one.lemma)]
    assert len(applicable) == 1, one.name
    asked = [*applicable, *([engines] if engines.applies(one.lemma) else [])]
    context = Context(budget, 0, _nothing)
    return judge(applicable[0].name, [check.run(one.lemma, context) for check in asked])[0]


def verdicts(statements: Iterable[Statement], budget: Budget) -> dict[str, Verdict]:
    """The verdict of each statement, by name."""
    return {one.name: verdict_of(one, budget) for one in statements}


def rates(budget: Budget, statements: Iterable[Statement] = STATEMENTS) -> dict[str, dict[str, float]]:
    """By category: how many there are, the share of the false that is refuted, of the true that is shown to hold, and
    the two shares that must be nought: of the false shown to hold (missed), of the true refuted (false alarms)."""
    every = list(statements)
    return rates_of(every, verdicts(every, budget))


def rates_of(statements: list[Statement], found: Mapping[str, Verdict]) -> dict[str, dict[str, float]]:
    """The rates from verdicts by name, see ``rates``."""
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


if __name__ == "__main__":
    print(table(rates(LARGE)))
