"""What if a constant were another? Re-check its lemma, name the step that fails, and solve every chain anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from verify.errors import BadInput
from verify.pipeline.execute import execute
from verify.pipeline.plan import CHAINS, Plan, Session, hooks, plan
from verify.pipeline.request import Listener, Request
from verify.pipeline.run import carry_out
from verify.pipeline.select import one
from verify.pipeline.summary import CRASHED, OK, exit_code
from verify.verdict import Evidence, Verdict

Json = dict[str, Any]
Widths = dict[tuple[str, str], Json]  # (chain, case) -> bounds of m


def audit(target: str, settings: Sequence[str], request: Request, progress: Listener) -> tuple[Json, int]:
    """What becomes of a lemma and of the widths of all chains; and the exit code, that of the lemma's verdict, or 3 if
    the widths cannot be computed.

    settings: "NAME=VALUE". Raises BadInput for a constant that the lemma does not have, or that is no number.
    """
    library, name = one(target, request.paths)
    edits = tuple((name, *_setting(setting)) for setting in settings)
    asked = replace(request, targets=(name,), edits=edits)
    planned = replace(plan(library, library.with_uses([name]), asked), with_faults=False)
    report = carry_out(planned, request, progress)
    lemma = next(entry for entry in report["lemmas"] if entry["id"] == name)
    before, after = _solved(planned.session, request, progress)
    crashed = [f"{e.check}: {e.summary}" for e in (*before, *after) if e.verdict is Verdict.ERROR]
    widths = [] if crashed else _compared(_by_case(before), _by_case(after))
    return {
        "lemma": name,
        "set": {constant: value for _, constant, value in edits},
        "verdict": lemma["verdict"],
        "summary": report["summary"],
        "failed_steps": _failed_steps(lemma),
        "evidence": lemma["evidence"],
        "constants": lemma["constants"],
        "widths": widths,
        "widths_error": crashed[0] if crashed else None,
        "binding": None if crashed else any(width["before"] != width["after"] for width in widths),
    }, exit_code(report) or (CRASHED if crashed else OK)


def _setting(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (name.strip() and equals and value.strip()):
        raise BadInput(f"--set {text}: write NAME=VALUE, such as C=3 or C=exp(1)-1")
    return name.strip(), value.strip()


def _failed_steps(lemma: Json) -> list[str]:
    """The proof step at which each proof (of a part) gives up."""
    return [e["data"]["failed"] for e in lemma["evidence"] if e["data"].get("failed")]


def _solved(session: Session, request: Request, progress: Listener) -> tuple[list[Evidence], list[Evidence]]:
    """The chains as they are stated and with the edits; solved once if they never ask for an edited lemma."""
    tasks = tuple((kind, task) for kind, task in hooks() if kind == CHAINS)
    before = _solve(Plan(replace(session, edits=()), (), (), tasks), request, progress)
    asked = {lemma for evidence in before for lemma in evidence.data.get("lemmas", ())}
    touched = any(lemma in asked for lemma, _, _ in session.edits)
    return before, _solve(Plan(session, (), (), tasks), request, progress) if touched else before


def _solve(planned: Plan, request: Request, progress: Listener) -> list[Evidence]:
    return [result.evidence for result in execute(planned, request, progress).values()]


def _compared(before: Widths, after: Widths) -> list[Json]:
    """The width of every case of every chain; None where a chain has no solution."""
    cases = dict.fromkeys([*before, *after])
    return [
        {"chain": chain, "case": case, "before": before.get((chain, case)), "after": after.get((chain, case))}
        for chain, case in cases
    ]


def _by_case(found: Sequence[Evidence]) -> Widths:
    chains = [chain for evidence in found for chain in evidence.data["entries"]]
    return {(chain["id"], width["case"]): width["m"] for chain in chains for width in chain["widths"]}


def text(found: Json) -> str:
    """The audit for a terminal."""
    settings = ", ".join(f"{name} = {value}" for name, value in found["set"].items())
    lines = [f"{found['lemma']} with {settings}: {found['verdict']}", found["summary"]]
    lines += [f"  {e['check']}: {e['verdict']}: {e['summary']}" for e in found["evidence"]]
    lines += [f"failing proof step: {step}" for step in found["failed_steps"]]
    lines += [_moved(width) for width in found["widths"] if width["before"] != width["after"]]
    if found["widths_error"]:
        lines.append(f"The widths cannot be computed: {found['widths_error']}")
    elif found["widths"]:
        what = "is binding: a width moves" if found["binding"] else "is not binding: no width moves"
        lines.append(f"The constant {what} ({len(found['widths'])} widths solved).")
    return "\n".join(lines)


def _moved(width: Json) -> str:
    before, after = ("none" if m is None else f"{m['upper']:.6g}" for m in (width["before"], width["after"]))
    return f"  {width['chain']} ({width['case']}): m from {before} to {after}"
