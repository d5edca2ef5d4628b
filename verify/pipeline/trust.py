"""What a result rests on: the rules its proof applies, and what its author assumed, through all lemmas it uses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from verify.pipeline.judge import Judged
from verify.registry import Library


def trusts(name: str, judged: Mapping[str, Judged], library: Library) -> list[str]:
    """Rules and assumptions, sorted; "assumed: id (reason)" for a lemma that its author took without a check."""
    found: set[str] = set()
    for used in library.with_uses([name]):
        one = judged[used]
        found.update(rule for evidence in one.evidence.values() for e in evidence for rule in e.data.get("trusts", ()))
        if one.lemma.assumed is not None:
            found.add(f"assumed: {used} ({one.lemma.assumed})")
    return sorted(found)


def sentences(judged: Mapping[str, Judged], library: Library) -> dict[str, str]:
    """For each theorem (a lemma that uses others, and that no other uses) what it rests on, as a sentence."""
    used = {use for name in judged for use in library.entries[name].uses}
    tops = [name for name in judged if library.entries[name].uses and name not in used]
    return {name: _sentence(name, judged, library) for name in tops}


def _sentence(name: str, judged: Mapping[str, Judged], library: Library) -> str:
    below = [judged[use] for use in library.with_uses([name]) if use != name]
    rules = trusts(name, judged, library)
    rests = f"{name} is {judged[name].verdict}. It rests on {_number(len(below))} ({_counted(below)})"
    return f"{rests} and trusts {', '.join(rules)}." if rules else f"{rests} and trusts no rule."


def _counted(below: Sequence[Judged]) -> str:
    words = [str(one.verdict) for one in below]
    return ", ".join(f"{words.count(word)} {word}" for word in sorted(set(words)))


def text(report: dict[str, Any], name: str | None) -> str:
    """What the results of a report rest on, for a terminal: of all lemmas, or of one and what it uses."""
    lemmas = report["lemmas"]
    rules = {rule for lemma in lemmas for rule in lemma["trusts"]}
    lines = [f"{name or 'Everything'} rests on {_number(len(lemmas))}."]
    lines += _section("Rules applied without proof", sorted(r for r in rules if not r.startswith("assumed: ")), lemmas)
    lines += _section("Assumed by their authors", sorted(r for r in rules if r.startswith("assumed: ")))
    lines += _section("Proof steps that are not shown", _open_steps(lemmas))
    lines += _section("Supported by sampling, not proved", [x["id"] for x in lemmas if x["verdict"] == "supported"])
    bad = [f"{x['id']}: {x['verdict']}" for x in lemmas if x["verdict"] not in ("proved", "certified", "supported")]
    return "\n".join(lines + _section("Lemmas that do not hold", bad))


def _number(lemmas: int) -> str:
    return f"{lemmas} lemma" if lemmas == 1 else f"{lemmas} lemmas"


def _open_steps(lemmas: Sequence[dict[str, Any]]) -> list[str]:
    holds = ("proved", "certified", "supported")
    return [f"{x['id']}: {step['step']}" for x in lemmas for step in x["proof"] if step["verdict"] not in holds]


def _section(title: str, items: Sequence[str], lemmas: Sequence[dict[str, Any]] = ()) -> list[str]:
    """A heading and its items; for rules, with their references and the number of lemmas whose proof applies them."""
    shown = [f"  {item}{_reference(item, lemmas)}" for item in items] or ["  none"]
    return ["", f"{title}:", *shown]


def _reference(rule: str, lemmas: Sequence[dict[str, Any]]) -> str:
    refs = [(x["id"], step["ref"]) for x in lemmas for step in x["proof"] if step["by"] == "rule"]
    mine = [(lemma, ref) for lemma, ref in refs if ref and ref.partition(":")[0] == rule]
    users = len({lemma for lemma, _ in mine})
    return f" (in {users} proofs): {mine[0][1].partition(':')[2].strip()}" if mine else ""
