"""What changed between two reports. What is gone, or was not run, has not improved."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

from verify.formats import planted, text, words
from verify.formats.canonical import to_json
from verify.formats.schema import validate
from verify.formats.words import Json

KINDS = ("worse", "removed", "statement-changed", "new", "fixed", "better", "unchanged")

# Floats that come from the same exact value may differ in the last bits between processors.
SAME = 1e-9
SEARCHED = 0.01  # a width that a search in floats proposes may differ by a few neurons


@dataclass(frozen=True)
class Change:
    """What became of one lemma, finding or width; ``worse`` says whether it spoils the comparison."""

    what: str
    id: str
    kind: str
    worse: bool
    details: tuple[str, ...] = ()


@dataclass(frozen=True)
class Diff:
    """All changes, in the order of the old report, what is new at the end."""

    changes: tuple[Change, ...]

    @property
    def worse(self) -> bool:
        """Whether anything got worse."""
        return any(change.worse for change in self.changes)

    @property
    def counts(self) -> dict[str, int]:
        """How many changes of each kind, worst first, kinds that do not occur left out."""
        found = Counter(change.kind for change in self.changes)
        return {kind: found[kind] for kind in KINDS if found[kind]}

    def text(self) -> str:
        """The changes for a terminal, one a line; what is unchanged without remark is only counted."""
        shown = [change for change in self.changes if change.kind != "unchanged" or change.details]
        shown.sort(key=lambda change: KINDS.index(change.kind))
        lines = [f"{c.kind:<17} {c.what} {c.id}: {'; '.join(c.details)}".rstrip(": ") for c in shown]
        total = ", ".join(f"{number} {kind}" for kind, number in self.counts.items()) or "nothing to compare"
        return "\n".join([*lines, f"{'worse' if self.worse else 'not worse'}: {total}"]) + "\n"

    def to_json(self) -> str:
        """The changes as canonical JSON."""
        changes = [{"what": c.what, "id": c.id, "kind": c.kind, "worse": c.worse, "details": list(c.details)}
                   for c in self.changes]  # fmt: skip
        return to_json({"worse": self.worse, "counts": self.counts, "changes": changes})


def compare(old: Json, new: Json) -> Diff:
    """Compare two reports (``run`` and ``timings`` may be missing, and are ignored).

    Raises ReportInvalid if either is no report: half a file must not look like progress.
    """
    validate(old, stripped=True)
    validate(new, stripped=True)
    changes = [_verdict_change("report", "verdict", old["verdict"], new["verdict"])]
    judge = partial(_lemma, same_streams=_streams(old) is not None and _streams(old) == _streams(new))
    changes += _pairs("lemma", _by_id(old["lemmas"]), _by_id(new["lemmas"]), judge)
    changes += _pairs("finding", _by_id(old["findings"]), _by_id(new["findings"]), _finding)
    changes += _pairs("width", _widths(old), _widths(new), _width)
    return Diff(tuple(changes))


def _streams(report: Json) -> tuple[Any, Any] | None:
    """What decides which points are searched and drawn; None if a report does not say so."""
    run = report.get("run", {})
    return (run["seed"], run["effort"]) if "seed" in run and "effort" in run else None


def _by_id(entries: Iterable[Json]) -> dict[str, Json]:
    return {entry["id"]: entry for entry in entries}


def _widths(report: Json) -> dict[str, Json]:
    return {f"{chain['id']}/{width['case']}": width for chain in report["chains"] for width in chain["widths"]}


def _pairs(
    what: str, old: dict[str, Json], new: dict[str, Json], judge: Callable[[Json, Json], Change]
) -> list[Change]:
    changes = [judge({**entry, "id": name}, new[name]) if name in new else _removed(what, name, entry)
               for name, entry in old.items()]  # fmt: skip
    return changes + [_new(what, name, entry) for name, entry in new.items() if name not in old]


def _removed(what: str, name: str, entry: Json) -> Change:
    was = f"was {entry['verdict']}" if "verdict" in entry else f"was {entry['m']['upper']}"
    return Change(what, name, "removed", worse=True, details=(f"{was}, is no longer in the report",))


def _new(what: str, name: str, entry: Json) -> Change:
    verdict = entry.get("verdict")
    bad = verdict in ("refuted", "blocked", "error")
    return Change(what, name, "new", worse=bad, details=(verdict,) if verdict else (f"m = {entry['m']['upper']}",))


def _verdict_change(what: str, name: str, old: str, new: str) -> Change:
    kind = _verdict_kind(old, new)
    details = () if old == new else (f"{old} -> {new}",)
    return Change(what, name, kind, kind == "worse", details)


def _verdict_kind(old: str, new: str) -> str:
    if old == new:
        return "unchanged"
    if words.holds(new):
        if not words.holds(old):
            return "fixed"
        return "better" if words.worst((old, new)) == old else "worse"
    # Neither a crash, nor a search that no longer finds the witness, is an improvement.
    return "unchanged" if new == "inconclusive" and old in ("blocked", "error", "not-run") else "worse"


def _finding(old: Json, new: Json) -> Change:
    return _verdict_change("finding", old["id"], old["verdict"], new["verdict"])


def _lemma(old: Json, new: Json, same_streams: bool) -> Change:
    name = old["id"]
    if old["fingerprint"] != new["fingerprint"]:
        return _statement_change(old, new)
    found = [
        _verdict_change("lemma", name, old["verdict"], new["verdict"]),
        _margin(old, new, same_streams),
        *_faults(old, new),
    ]
    kind = min((change.kind for change in found), key=("worse", "fixed", "better", "unchanged").index)
    details = [detail for change in found for detail in change.details]
    added = sorted(set(new["trusts"]) - set(old["trusts"]))
    if added:
        details.append(f"now also trusts {', '.join(added)}")
    before, after = (sum(fault["outcome"] in planted.NOTICED for fault in one["planted"]) for one in (old, new))
    if after < before:
        details.append(f"planted faults that are noticed: {before} -> {after}")
    return Change("lemma", name, kind, kind == "worse", tuple(details))


def _statement_change(old: Json, new: Json) -> Change:
    # What held is gone, whatever the new statement is worth; only a statement that did not hold loses nothing.
    mended = words.stands(new) and not words.stands(old)
    details = [f"{old['verdict']} -> {new['verdict']}", *_constants(old, new)]
    before, after = old["statement"]["sympy"], new["statement"]["sympy"]
    if before != after:
        details.append(f"'{before}' -> '{after}'")
    return Change("lemma", old["id"], "statement-changed", not mended, tuple(details))


def _constants(old: Json, new: Json) -> list[str]:
    before = {constant["name"]: str(constant["stated"]) for constant in old["constants"]}
    after = {constant["name"]: str(constant["stated"]) for constant in new["constants"]}
    return [
        f"constant {name}: {before.get(name, 'none')} -> {after.get(name, 'none')}"
        for name in sorted(before.keys() | after.keys())
        if before.get(name) != after.get(name)
    ]


def _faults(old: Json, new: Json) -> list[Change]:
    known = {fault["fault"] for fault in words.survivors(old)}
    fresh = [fault["fault"] for fault in words.survivors(new) if fault["fault"] not in known]
    return [Change("lemma", new["id"], "worse", True, (f"planted fault survived: {fault}",)) for fault in fresh]


def _margin(old: Json, new: Json, same_streams: bool) -> Change:
    kind = "unchanged"
    details: tuple[str, ...] = ()
    statistical = _quantiles(old)
    if statistical:
        kind, details = _quantile_change(statistical, _quantiles(new))
    elif old["margin"] is not None and new["margin"] is None:
        kind, details = "worse", (f"margin {text.number(old['margin']['factor'])} -> none",)
    elif words.margin_source(old) == words.margin_source(new) == "exact":
        kind, details = _exact_change(old["margin"], new["margin"])
    elif same_streams and old["margin"] is not None:
        details = _found_change(old["margin"], new["margin"])
    return Change("lemma", old["id"], kind, kind == "worse", details)


def _quantiles(lemma: Json) -> dict[str, Json]:
    having = [e for e in lemma["evidence"] if e["data"].get("quantile")]
    return {" ".join([e["check"], str(e["data"].get("part", ""))]).strip(): e["data"]["quantile"] for e in having}


def _quantile_change(old: dict[str, Json], new: dict[str, Json]) -> tuple[str, tuple[str, ...]]:
    """Left side / right side: larger is closer to a violation. Intervals that overlap differ by noise at most."""
    kinds, details = ["unchanged"], []
    for check, before in old.items():
        after = new.get(check)
        if after is None:
            kinds.append("worse")
            details.append(f"{check}: no quantile any more")
        elif (kind := _separated(before, after)) != "unchanged":
            kinds.append(kind)
            details.append(f"{check}: quantile {_interval(before)} -> {_interval(after)}")
    return min(kinds, key=("worse", "better", "unchanged").index), tuple(details)


def _separated(old: Json, new: Json) -> str:
    if _end(new["lower"], -math.inf) > _end(old["upper"], math.inf):
        return "worse"
    return "better" if _end(new["upper"], math.inf) < _end(old["lower"], -math.inf) else "unchanged"


def _moved(old: Json, new: Json) -> str:
    if math.isclose(old["upper"], new["upper"], rel_tol=SEARCHED):
        return "unchanged"
    return "worse" if new["upper"] > old["upper"] else "better"


def _end(value: float | None, unknown: float) -> float:
    return unknown if value is None else value


def _interval(quantile: Json) -> str:
    return f"[{text.lower(quantile['lower'], 4)}, {text.upper(quantile['upper'], 4)}]"


def _exact_change(old: Json, new: Json) -> tuple[str, tuple[str, ...]]:
    if old["meaning"] != new["meaning"]:
        return "unchanged", (f"margin now means '{new['meaning']}', not comparable",)
    if math.isclose(old["factor"], new["factor"], rel_tol=SAME):
        return "unchanged", ()
    kind = "worse" if new["factor"] < old["factor"] else "better"
    return kind, (f"margin {text.number(old['factor'], 12)} -> {text.number(new['factor'], 12)}",)


def _found_change(old: Json, new: Json) -> tuple[str, ...]:
    """What a search came to: a remark, for a closer point that is found makes no claim worse."""
    if math.isclose(old["factor"], new["factor"], rel_tol=SAME):
        return ()
    ends = " -> ".join(f"{text.number(one['factor'])} ({one['meaning']})" for one in (old, new))
    return (f"margin {ends}, with the same seed and effort",)


def _width(old: Json, new: Json) -> Change:
    """A proved width: larger is worse. Enclosures that overlap are the same width.

    Where no width is known to be too small (the lower end is 1) every two overlap: then the upper ends are compared.
    """
    name = old["id"]
    setting = [key for key in ("n", "d", "delta", "eps") if old[key] != new[key]]
    if setting:
        details = tuple(f"{key}: {old[key]} -> {new[key]}" for key in setting)
        return Change("width", name, "statement-changed", True, details)
    open_below = min(old["m"]["lower"], new["m"]["lower"]) == 1
    kind = (_moved if open_below else _separated)(old["m"], new["m"])
    details = () if kind == "unchanged" else (f"m {old['m']['upper']} -> {new['m']['upper']}",)
    return Change("width", name, kind, kind == "worse", details)
