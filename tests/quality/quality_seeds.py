"""Run every check that draws or searches at many seeds, at quick effort, and count what is refuted: it must be nothing.

python tests/quality/quality_seeds.py FIRST COUNT          one line a seed, then the totals

What is left out (proofs, ball arithmetic, planted faults) does not depend on the seed.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator

from verify.checks import load
from verify.checks.base import EFFORTS, Context
from verify.pipeline.plan import family, parts
from verify.pipeline.select import installed
from verify.registry import Library
from verify.verdict import Verdict

SEEDED = ("montecarlo", "worstcase")


def verdicts(library: Library, seed: int, names: tuple[str, ...] = ()) -> Iterator[tuple[str, str, Verdict]]:
    """(lemma with its part, check, verdict) of every seeded check; the level is shared by all lemmas, as in ``all``."""
    context = Context(EFFORTS["quick"], seed, library.lemma, family(library, library.entries))
    for name in names or library.entries:
        for part, statement in parts(library.lemma(name)).items():
            for check in map(load, SEEDED):
                if check.applies(statement):
                    yield f"{name} {part}".strip(), check.name, check.run(statement, context).verdict


def main(first: int, count: int) -> None:
    library, total, refuted = installed(), Counter[str](), []
    for seed in range(first, first + count):
        found = list(verdicts(library, seed))
        total.update(verdict.value for _, _, verdict in found)
        refuted += [(seed, name) for name, _, verdict in found if verdict in (Verdict.REFUTED, Verdict.ERROR)]
        print(seed, dict(Counter(verdict.value for _, _, verdict in found)), flush=True)
    print(f"{count} seeds: {dict(total)}; refuted or in error: {refuted or 'none'}")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
