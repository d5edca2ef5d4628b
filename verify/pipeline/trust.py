"""What a result rests on: the rules its proof applies, and what its author assumed, through all lemmas it uses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

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
    rests = f"{name} is {judged[name].verdict}. It rests on {len(below)} lemmas ({_counted(below)})"
    return f"{rests} and trusts {', '.join(rules)}." if rules else f"{rests} and trusts no rule."


def _counted(below: Sequence[Judged]) -> str:
    words = [str(one.verdict) for one in below]
    return ", ".join(f"{words.count(word)} {word}" for word in sorted(set(words)))
