"""What a card says of a lemma: what is the same for several of its parts is said once."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import Literal, NamedTuple, TypeVar

from verify.formats import planted
from verify.formats.text import brief, cut, one_line
from verify.formats.words import Json

Key = TypeVar("Key", bound=Hashable)
Manner = Literal["shown", "merged", "outlined", "counted"]

STEP_NAME = 60  # characters
SHORT = 12  # steps; a longer proof is outlined where not every step can be shown
SHOWN_ELSEWHERE = ("quantile", "trials", "failures", "stopped", "draws", "part", "needs")
CLAIM = "the claim"
_RELATION = re.compile(r" [<>=]=? ")
_DOMAIN = re.compile(r"\w+ in (integers in )?[\[(]")


def part_names(lemma: Json) -> list[str]:
    """The names of the further statements that a lemma proves beside its claim."""
    return [part["name"] for part in lemma.get("parts", []) if "name" in part]


def split_part(source: str, lemma: Json) -> tuple[str, str]:
    """``eigenvalue: Weyl`` as ("eigenvalue", "Weyl"); of the lemma's own claim the part is the empty name."""
    of = [name for name in part_names(lemma) if source.startswith(f"{name}: ")]
    part = max(of, key=len, default="")
    return part, source[len(part) + 2 :] if part else source


def merged(pairs: Iterable[tuple[str, Key]]) -> dict[Key, list[str]]:
    """For every key, in the order of first occurrence, the parts that it goes with."""
    found: dict[Key, list[str]] = {}
    for part, key in pairs:
        found.setdefault(key, []).append(part)
    return found


def by_parts(found: dict[Key, list[str]], lemma: Json) -> dict[str, list[Key]]:
    """What was merged, by what it is about: ``the claim; radius``; the empty name where a lemma has no parts."""
    sorted_: dict[str, list[Key]] = {}
    for key, parts in found.items():
        sorted_.setdefault(of_parts(parts, lemma), []).append(key)
    return sorted_


def of_parts(parts: Iterable[str], lemma: Json) -> str:
    """``the claim; radius``: what a line is about; nothing for a lemma without parts."""
    names, found = part_names(lemma), list(dict.fromkeys(parts))
    if not names:
        return ""
    if len(found) == len(names) + 1:
        return "the claim and every part"
    return "; ".join(name or CLAIM for name in found)  # names may have commas


# --- hypotheses -------------------------------------------------------------------------------------------------------


def conditions(statement: Json) -> list[str]:
    """The hypotheses and the abbreviations of a statement, without the domains of its symbols."""
    return [line for line in statement["given"] if not _DOMAIN.match(line)]


def domains(statement: Json) -> dict[str, str]:
    """The symbols of a statement, each with the line that gives its domain and its meaning."""
    return {line.partition(" ")[0]: line for line in statement["given"] if _DOMAIN.match(line)}


def notation(report: Json) -> dict[str, str]:
    """Every symbol of the lemmas, sorted, with its domain and its meaning; the most frequent ones if they differ."""
    found: dict[str, Counter[str]] = {}
    for lemma in report["lemmas"]:
        for name, line in domains(lemma["statement"]).items():
            found.setdefault(name, Counter())[line] += 1
    return {name: found[name].most_common(1)[0][0] for name in sorted(found, key=lambda name: (name.lower(), name))}


def other_conditions(part: Json, lemma: Json) -> tuple[list[str], list[str]]:
    """The hypotheses of a part that the claim does not have, and the names of the claim's that it can do without."""
    own, claim = conditions(part["statement"]), conditions(lemma["statement"])
    kept = {line.rpartition(": ")[0] for line in own}
    return [line for line in own if line not in claim], [
        name for line in claim if (name := line.rpartition(": ")[0]) and name not in kept
    ]


# --- proof ------------------------------------------------------------------------------------------------------------


def brief_steps(steps: Sequence[Json], manner: Manner) -> Iterator[tuple[Json, int]]:
    """The steps of a proof to be written out, each with the number of steps that it stands for.

    merged: a run of proved steps of algebra is shown by its last; outlined: of a proof that is not short, the outline
    stands for every step that is proved; counted: without an outline. A step that is not proved is never left out.
    """
    outlined = manner in ("outlined", "counted") and len(steps) > SHORT
    for plain, run in itertools.groupby(steps, lambda step: (step["by"], step["verdict"]) == ("algebra", "proved")):
        found = list(run)
        if manner != "shown" and plain and not outlined:
            yield found[-1], len(found)
        else:
            yield from ((step, 1) for step in found if not outlined or step["verdict"] != "proved")


class Named(NamedTuple):
    """A step to which the author gave a name: what it shows (if the name does not say it), and its number of lines."""

    name: str
    shows: str
    lines: int


def outline(lemma: Json) -> dict[str, list[Named]]:
    """The named steps of a proof in their order, by the parts in whose proofs they occur."""
    found: dict[tuple[str, str], list[str]] = {}
    for step in lemma["proof"]:
        part, rest = split_part(step["step"], lemma)
        name, colon, relation = rest.rpartition(": ")
        if colon:
            found.setdefault((part, re.sub(r", line \d+$", "", name)), []).append(relation)
    # The line of a calculation that is written last is the whole of it: the first side against the last.
    steps = merged(
        (part, Named(name, "" if _RELATION.search(name) else lines[-1], len(lines)))
        for (part, name), lines in found.items()
    )
    return by_parts(steps, lemma)


def references(steps: Iterable[Json]) -> str:
    """``weyl ×2, gaussian-tail``: the rules and lemmas that the steps of a proof apply, and how often."""
    names = Counter(rule_name(step["ref"]) for step in steps if step["by"] in ("rule", "lemma") and step["ref"])
    return ", ".join(f"{name} ×{count}" if count > 1 else name for name, count in sorted(names.items()))


def tally(steps: Iterable[Json]) -> str:
    """``12 by algebra, 3 by rule``: how the steps of a proof are checked."""
    kinds = [step["by"] for step in steps]
    return ", ".join(f"{kinds.count(kind)} by {kind}" for kind in dict.fromkeys(kinds))


def rule_name(reference: str | None) -> str:
    """The name of a rule, without the literature reference that follows the colon."""
    return (reference or "").partition(":")[0]


# --- evidence ---------------------------------------------------------------------------------------------------------


class Found(NamedTuple):
    """What a check found: its sentence, and its further data on one line."""

    summary: str
    data: str
    witness: bool


def evidence(lemma: Json, length: int) -> dict[tuple[str, str], dict[Found, list[str]]]:
    """For each check and verdict what was found, and of which parts; further data up to ``length`` characters."""
    found: dict[tuple[str, str], list[tuple[str, Found]]] = {}
    for entry in lemma["evidence"]:
        of = found.setdefault((entry["check"], entry["verdict"]), [])
        of.append((str(entry["data"].get("part", "")), _found(entry, lemma, length)))
    return {key: merged(pairs) for key, pairs in found.items()}


def _found(entry: Json, lemma: Json, length: int) -> Found:
    summary = split_part(entry["summary"], lemma)[1] if "part" in entry["data"] else entry["summary"]
    if entry["verdict"] == "proved":  # the rules stand below the name of the lemma, whole
        summary = summary.partition("; rests on the rules ")[0]
    return Found(summary, remaining(entry["data"], length), "witness" in entry["data"])


def remaining(data: Json, length: int) -> str:
    """What else an evidence holds (numbers of boxes, cases), on one line, cut to ``length``; a witness is never cut."""
    rest = {key: value for key, value in data.items() if key not in SHOWN_ELSEWHERE}
    witness = brief(rest.pop("witness"), 2000) if "witness" in rest else ""
    others = brief(rest, length) if rest and length else ""
    return " ".join(part for part in (f"witness {witness}" if witness else "", others) if part)


# --- planted faults ---------------------------------------------------------------------------------------------------


class Sown(NamedTuple):
    """A planted fault, and why it has its outcome."""

    fault: str
    reason: str


def faults(lemma: Json, length: int, manner: Manner = "shown") -> dict[str, dict[str, list[Sown]]]:
    """The planted faults by outcome (see ``planted.KINDS``), the worst first, and by the parts that have them.

    length: of the reasons; of a dropped hypothesis the name of the step that needs it is told, whatever the length.
    manner: "counted" leaves out those that were noticed.
    """
    found: dict[str, list[tuple[str, Sown]]] = {kind: [] for kind in planted.KINDS}
    for fault in lemma["planted"]:
        part, name = split_part(fault["fault"], lemma)
        kind = planted.kind(fault)
        if manner == "counted" and fault["outcome"] in planted.NOTICED:
            continue
        if kind == planted.DROPPED:
            step = fault["reason"].partition("step '")[2].rpartition("'")[0]
            found[kind].append((part, Sown(name.removeprefix(planted.WITHOUT), cut(step, max(length, STEP_NAME)))))
        else:
            found[kind].append((part, Sown(name, cut(one_line(fault["reason"]), length))))
    return {kind: by_parts(merged(pairs), lemma) for kind, pairs in found.items() if pairs}
