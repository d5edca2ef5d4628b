"""Prescribed widths beside observed ones: what every format says about how loose the bound is."""

from __future__ import annotations

from dataclasses import dataclass

from verify.formats import text, words
from verify.formats.words import Json

# Where a width was seen to be enough: in most simulated runs, or with a certificate for one network. (``simulated_m``
# is none of these: it is the largest width that was simulated at all.)
OBSERVED = {"empirical": "empirical", "certified": "certified"}


@dataclass(frozen=True)
class Gap:
    """The smallest prescribed width of a case beside the smallest width that was seen to be enough."""

    case: str
    chain: str
    proved: int
    observed: float
    kind: str

    @property
    def ratio(self) -> float:
        """Prescribed over observed."""
        return self.proved / self.observed


def theorem(report: Json, chain: str) -> Json | None:
    """The lemma that a chain instantiates: the one whose id is the chain's, or ends with it after a hyphen."""
    lemmas: list[Json] = report["lemmas"]
    return next((lemma for lemma in lemmas if f"-{lemma['id']}".endswith(f"-{chain}")), None)


def standing(report: Json, chain: str) -> str:
    """The verdict of the chain's theorem, or ``not in this report``."""
    found = theorem(report, chain)
    return found["verdict"] if found else "not in this report"


def usable(report: Json, chain: str) -> bool:
    """Whether the chain's width may be quoted: its theorem is among the lemmas, and holds."""
    found = theorem(report, chain)
    return found is not None and words.holds(found["verdict"])


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


EVENTS = {"gram": "λ_min(H(W(0))) ≥ λ/2", "descent": "descent reaches ε"}


def simulated(report: Json) -> list[tuple[str, str, str, Json]]:
    """(case, start, event, what was seen) for everything that was simulated, once for every case."""
    found = []
    for case, entries in cases(report).items():
        observed: Json = next((entry["observed"] for entry in entries.values() if entry.get("observed")), {})
        for start, events in observed.items():
            found += [(case, start, EVENTS.get(event, event), seen) for event, seen in events.items()]
    return found


def reach(report: Json) -> list[str]:
    """For every chain that prescribes more than was simulated for a case, a sentence that says so."""
    found = []
    for chain in report["chains"]:
        beyond = [w for w in chain["widths"] if w["simulated_m"] is not None and w["m"]["upper"] > w["simulated_m"]]
        pairs = [f"{w['case']}: {text.width(w['m']['upper'])} against {text.count(w['simulated_m'])}" for w in beyond]
        if pairs:
            told = f"The chain {chain['id']} prescribes more neurons than descent was simulated with here"
            found.append(f"{told} ({'; '.join(pairs)}): these simulations do not confirm its theorem.")
    return found


def looseness(report: Json) -> list[Gap]:
    """One gap for every case that has a usable prescribed width and an observed one.

    The reference is the empirical width; where there is none, the certified one.
    """
    gaps = []
    for case, entries in cases(report).items():
        seen = observed(entries)
        upper = {chain: entry["m"]["upper"] for chain, entry in entries.items() if usable(report, chain)}
        if seen and upper:
            kind = next(iter(seen))
            best = min(upper, key=upper.__getitem__)
            gaps.append(Gap(case, best, upper[best], seen[kind], OBSERVED[kind]))
    return gaps


def worst_ratios(report: Json) -> dict[str, float]:
    """For each usable chain the largest prescribed over observed width, over the cases where both are known."""
    seen = {gap.case: gap.observed for gap in looseness(report)}
    found: dict[str, float] = {}
    for chain in report["chains"]:
        ratios = [w["m"]["upper"] / seen[w["case"]] for w in chain["widths"] if w["case"] in seen]
        if ratios and usable(report, chain["id"]):
            found[chain["id"]] = max(ratios)
    return found


def no_sharper(entries: dict[str, Json]) -> list[str]:
    """The constants of a case's chains of which no sharper value is known: no share of the slack is theirs."""
    return sorted({name for w in entries.values() for name in w.get("slack", {}).get("no sharper value known", ())})
