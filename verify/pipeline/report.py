"""The report as one JSON value. Nothing in it but ``run`` and ``timings`` depends on when, where and how it was run."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from verify.entries import Entry
from verify.lemma import Lemma
from verify.pipeline.judge import Judged, designated
from verify.pipeline.plan import CHAINS, FINDINGS, parts
from verify.pipeline.request import Request
from verify.pipeline.summary import overall, summary
from verify.pipeline.trust import sentences, trusts
from verify.pipeline.worker import to_json
from verify.registry import Library
from verify.statement import Constant
from verify.verdict import Evidence, Verdict

Json = dict[str, Any]

SCHEMA = "verify-report/1"
FALLEN = (Verdict.REFUTED, Verdict.BLOCKED, Verdict.ERROR)
LIFTED = ("margin", "sharp", "steps", "trusts")  # data shown at the lemma, not at the evidence


def assemble(
    library: Library, judged: Mapping[str, Judged], hooks: Sequence[tuple[str, Evidence]], request: Request
) -> Json:
    """The report without ``run`` and ``timings``. ``hooks``: (kind, evidence) of what packs add."""
    lemmas = [_lemma(library, judged, name, request) for name in judged]
    findings = [finding for kind, evidence in hooks for finding in _findings(kind, evidence, judged)]
    chains = _put_together(c for kind, evidence in hooks if kind == CHAINS for c in evidence.data.get("entries", ()))
    verdict = overall(judged.values(), lemmas, findings, request.allow_assumed)
    return {
        "schema": SCHEMA,
        "verdict": verdict.value,
        "summary": summary(verdict, judged, lemmas, findings, request.allow_assumed),
        "lemmas": lemmas,
        "findings": findings,
        "chains": chains,
        "trust": sentences(judged, library),
    }


def _findings(kind: str, evidence: Evidence, judged: Mapping[str, Judged]) -> list[Json]:
    """A pack's findings; a hook that crashed is one, so that nobody takes its silence for success.

    A finding that rests on a lemma which is refuted is `blocked`, as a lemma would be.
    """
    if evidence.verdict is Verdict.ERROR:
        name = "".join(c if c.isalnum() else "-" for c in evidence.check.lower()).strip("-")
        title = f"{evidence.check} crashed: {evidence.summary}"
        return [{"id": name, "title": title, "verdict": evidence.verdict.value, "data": {}}]
    entries = list(evidence.data["entries"]) if kind == FINDINGS else []
    fallen = [name for name in evidence.data.get("lemmas", ()) if name in judged and judged[name].verdict in FALLEN]
    return [_blocked(entry, fallen) if fallen else entry for entry in entries]


def _blocked(finding: Json, fallen: Sequence[str]) -> Json:
    if not Verdict(finding["verdict"]).holds:
        return finding
    return {**finding, "verdict": Verdict.BLOCKED.value, "data": {**finding["data"], "blocked by": list(fallen)}}


def _put_together(entries: Iterable[Json]) -> list[Json]:
    """One entry for each chain, with all its widths, in the order in which they come."""
    found: dict[str, Json] = {}
    for entry in entries:
        found[entry["id"]] = _merged(found[entry["id"]], entry) if entry["id"] in found else entry
    return list(found.values())


def _merged(first: Any, second: Any) -> Any:
    """Two JSON values as one: what differs is joined in lists and objects; of other values the first stays."""
    if isinstance(first, Mapping) and isinstance(second, Mapping):
        shared = {key: _merged(value, second[key]) for key, value in first.items() if key in second}
        return {**first, **second, **shared}
    joined = isinstance(first, list) and isinstance(second, list) and first != second
    return [*first, *second] if joined else first


def _lemma(library: Library, judged: Mapping[str, Judged], name: str, request: Request) -> Json:
    entry, one = library.entry(name), judged[name]
    found = [e for evidence in one.evidence.values() for e in evidence]
    return {
        "id": name,
        "group": entry.group,
        "title": entry.title,
        "file": entry.file,
        "line": entry.line,
        "source": one.lemma.source,
        "limitations": one.lemma.limitations,
        "statement": statement(one.lemma),
        "fingerprint": one.lemma.fingerprint,
        "uses": list(entry.uses),
        "trusts": trusts(name, judged, library),
        "proof": [step for part, evidence in one.evidence.items() for step in _steps(part, evidence)],
        "designated": designated(one.lemma),
        "verdict": one.verdict.value,
        "evidence": [*(_evidence(part, e) for part, evidence in one.evidence.items() for e in evidence), *_ruling(one)],
        "constants": constants(one.lemma, found),
        "margin": _margin(designated(one.lemma), one.evidence.get("", ())) or _margin(designated(one.lemma), found),
        "planted": [dict(fault) for fault in one.planted],
        "reproduce": _reproduce(entry, request),
        "parts": [{"name": part, "statement": statement(s)} for part, s in parts(one.lemma).items() if part],
    }


def statement(lemma: Lemma) -> Json:
    """The statement as it is displayed: domains, hypotheses and abbreviations under ``given``."""
    quantities = sorted(lemma.symbols - set(lemma.where), key=lambda symbol: str(symbol.name))
    domains = [f"{symbol.name} in {symbol.domain}: {symbol.meaning}".removesuffix(": ") for symbol in quantities]
    given = [f"{name}: {relation}" for name, relation in lemma.given.items()]
    where = [f"{symbol.name} := {expression}" for symbol, expression in lemma.where.items()]
    return {
        "latex": lemma.displayed() if lemma.latex else "",
        "sympy": str(lemma.claim),
        "given": domains + given + where,
        "fails_with": None if lemma.fails_with is None else str(lemma.fails_with),
    }


def constants(lemma: Lemma, evidence: Iterable[Evidence] = ()) -> list[Json]:
    """The named constants with their stated values, and their sharp ones where some check enclosed them."""
    sharp = {name: value for e in evidence for name, value in e.data.get("sharp", {}).items()}
    return [_constant(constant, sharp.get(name)) for name, constant in lemma.constants.items()]


def _constant(constant: Constant, sharp: Json | None) -> Json:
    return {"name": constant.name, "stated": str(constant.value), "sharp": sharp, "kind": constant.tightness}


def _margin(check: str, evidence: Sequence[Evidence]) -> Json | None:
    """The designated check's margin; failing that the smallest that another check found.

    A lemma's margin is that of its own claim: a further part may be tight where the claim is not.
    """
    having = [e for e in evidence if e.data.get("margin")]
    best = min(having, key=lambda e: (e.check != check, e.data["margin"]["factor"]), default=None)
    return best.data["margin"] if best else None


def _evidence(part: str, evidence: Evidence) -> Json:
    shown = to_json(evidence)
    shown["data"] = {key: value for key, value in shown["data"].items() if key not in LIFTED}
    if part:
        shown["data"]["part"] = part
        shown["summary"] = f"{part}: {shown['summary']}"
    return shown


def _ruling(one: Judged) -> list[Json]:
    """Why the lemma has a verdict that none of its own checks gave: what it uses, or what its author assumes."""
    own = {e.verdict for evidence in one.evidence.values() for e in evidence}
    return [] if one.verdict in own else [to_json(Evidence("judge", one.verdict, one.reason))]


def _steps(part: str, evidence: Iterable[Evidence]) -> list[Json]:
    steps = [step for e in evidence for step in e.data.get("steps", ())]
    return [{**step, "step": f"{part}: {step['step']}"} if part else step for step in steps]


def _reproduce(entry: Entry, request: Request) -> str:
    target = entry.id if entry.module else entry.file
    command = ["python", "-m", "verify", "run", target, "--effort", request.effort, "--seed", str(request.seed)]
    return shlex.join(command)
