"""Proved widths beside observed ones: what every format says about how loose the bound is."""

from __future__ import annotations

from dataclasses import dataclass

from verify.formats.words import Json

# What was seen, best evidence of "this width is enough" first.
OBSERVED = ("simulated_m", "certified", "empirical")
OBSERVED_NAME = {"simulated_m": "simulated", "certified": "certified", "empirical": "empirical"}


@dataclass(frozen=True)
class Gap:
    """The smallest proved width of a case beside the smallest width at which training was seen to work."""

    case: str
    chain: str
    proved: int
    observed: float
    kind: str

    @property
    def ratio(self) -> float:
        """Proved over observed."""
        return self.proved / self.observed


def cases(report: Json) -> dict[str, dict[str, Json]]:
    """For every case, in the order of the report, the width entry of each chain."""
    found: dict[str, dict[str, Json]] = {}
    for chain in report["chains"]:
        for entry in chain["widths"]:
            found.setdefault(entry["case"], {})[chain["id"]] = entry
    return found


def observed(entries: dict[str, Json]) -> dict[str, float]:
    """What was observed for one case, by kind; the smallest value if chains report several."""
    found: dict[str, float] = {}
    for kind in OBSERVED:
        values = [entry[kind] for entry in entries.values() if entry[kind] is not None]
        if values:
            found[kind] = min(values)
    return found


def looseness(report: Json) -> list[Gap]:
    """One gap for every case that has a proved and an observed width.

    The reference is the simulated width; where none was simulated the certified, then the empirical one.
    """
    gaps = []
    for case, entries in cases(report).items():
        seen = observed(entries)
        if seen:
            kind = next(iter(seen))
            best = min(entries, key=lambda chain: entries[chain]["m"]["upper"])
            gaps.append(Gap(case, best, entries[best]["m"]["upper"], seen[kind], OBSERVED_NAME[kind]))
    return gaps
