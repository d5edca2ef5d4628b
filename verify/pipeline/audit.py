"""What if a constant were another? Re-check its lemma, name the step that fails, and solve every chain anew."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from flint import arb

from verify.balls.exact import ball
from verify.errors import BadInput
from verify.lemma import Lemma
from verify.pipeline.execute import execute
from verify.pipeline.plan import CHAINS, Plan, Session, hooks, parts, plan
from verify.pipeline.request import Listener, Request
from verify.pipeline.run import carry_out
from verify.pipeline.select import one
from verify.pipeline.summary import CRASHED, OK, exit_code
from verify.verdict import Evidence, Verdict

Json = dict[str, Any]
TOLD = 1e-6  # smaller changes of a parameter, relative, are rounding
Widths = dict[tuple[str, str], Json]  # (chain, case) -> the width


def audit(target: str, settings: Sequence[str], request: Request, progress: Listener) -> tuple[Json, int]:
    """What becomes of a lemma and of the widths of all chains; and the exit code, that of the lemma's verdict, or 3 if
    the widths cannot be computed.

    settings: "NAME=VALUE". Raises BadInput for a constant that the lemma does not have, or that is no number.
    """
    library, name = one(target, request.paths, request.cache)
    edits = tuple((name, *_setting(setting)) for setting in settings)
    asked = replace(request, targets=(name,), edits=edits)
    planned = replace(plan(library, library.with_uses([name]), asked), with_faults=False, hooks=())
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
        "witnesses": list(_witnesses(parts(planned.library.lemma(name)), lemma["evidence"], [c for _, c, _ in edits])),
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
    return list(dict.fromkeys(e["data"]["failed"] for e in lemma["evidence"] if e["data"].get("failed")))


def _witnesses(statements: Mapping[str, Lemma], evidence: Sequence[Json], edited: Sequence[str]) -> Iterator[Json]:
    """Every counterexample, and what the edited constants must be at least (alone) for the claim to hold there."""
    for found in evidence:
        witness = found["data"].get("witness")
        if found["verdict"] == Verdict.REFUTED.value and isinstance(witness, Mapping) and "instance" in witness:
            statement = statements[found["data"].get("part", "")]
            least = {c: value for c in edited if (value := _needed(statement, c, witness)) is not None}
            yield {"part": found["data"].get("part", ""), "instance": witness["instance"], "needed": least}


def _needed(statement: Lemma, name: str, witness: Mapping[str, Any]) -> float | None:
    """The value of a constant at which the sides of the claim would be equal, if the larger one is a multiple of it."""
    constant = statement.constants.get(name)
    sides = [witness.get(side) for side in ("claimed_smaller", "claimed_larger")]
    if constant is None or None in sides or (statement.claim.high / constant).has(constant):
        return None
    low, high = (arb(side) for side in sides)
    return float((ball(constant.value) * low / high).mid())


def _solved(session: Session, request: Request, progress: Listener) -> tuple[list[Evidence], list[Evidence]]:
    """The chains as they are stated and with the edits; solved once if they never ask for an edited lemma, and not at
    all if that lies outside every pack."""
    packed = any(session.library().entry(lemma).module for lemma, _, _ in session.edits)
    tasks = tuple((kind, task) for kind, task in hooks() if kind == CHAINS and packed)
    session = replace(session, simulate=False)
    before = _solve(Plan(replace(session, edits=()), (), (), tasks), request, progress)
    asked = {lemma for evidence in before for lemma in evidence.data.get("lemmas", ())}
    touched = any(lemma in asked for lemma, _, _ in session.edits)
    return before, _solve(Plan(session, (), (), tasks), request, progress) if touched else before


def _solve(planned: Plan, request: Request, progress: Listener) -> list[Evidence]:
    return [result.evidence for result in execute(planned, request, progress).values()]


def _compared(before: Widths, after: Widths) -> list[Json]:
    """The width of every case of every chain; None where a chain has no solution.

    factor: the new width over the old one; parameters: the same of every parameter that was chosen with it.
    """
    return [_change(*key, before.get(key), after.get(key)) for key in dict.fromkeys([*before, *after])]


def _change(chain: str, case: str, before: Json | None, after: Json | None) -> Json:
    widths = [None if found is None else found["m"] for found in (before, after)]
    chosen = [_parameters(found) for found in (before, after)]
    shared = [name for name in chosen[0] if name in chosen[1] and chosen[0][name]]
    return {
        "chain": chain,
        "case": case,
        "before": widths[0],
        "after": widths[1],
        "factor": widths[1]["upper"] / widths[0]["upper"] if widths[0] and widths[1] else None,
        "parameters": {name: float(chosen[1][name] / chosen[0][name]) for name in shared},
    }


def _parameters(width: Json | None) -> dict[str, Fraction]:
    """The exact values of the parameters in a width's certificate."""
    found = (width or {}).get("certificate", {}).get("values", {})
    return {name: Fraction(value) for name, value in found.items()}


def _by_case(found: Sequence[Evidence]) -> Widths:
    chains = [chain for evidence in found for chain in evidence.data["entries"]]
    return {(chain["id"], width["case"]): width for chain in chains for width in chain["widths"]}


def text(found: Json) -> str:
    """The audit for a terminal."""
    settings = ", ".join(f"{name} = {value}" for name, value in found["set"].items())
    lines = [f"{found['lemma']} with {settings}: {found['verdict']}", found["summary"]]
    lines += [f"  {e['check']}: {e['verdict']}: {e['summary']}" for e in found["evidence"]]
    lines += [line for witness in found["witnesses"] for line in _witnessed(witness)]
    lines += [f"failing proof step: {step}" for step in found["failed_steps"]]
    lines += [line for width in found["widths"] if (line := _moved(width))]
    if found["widths_error"]:
        lines.append(f"The widths cannot be computed: {found['widths_error']}")
    elif found["widths"]:
        what = "is binding: a width moves" if found["binding"] else "is not binding: no width moves"
        lines.append(f"The constant {what} ({len(found['widths'])} widths solved).")
    return "\n".join(lines)


def _witnessed(witness: Json) -> list[str]:
    needed = [f"{name} >= {value:.5g}" for name, value in witness["needed"].items()]
    where = f" (part {witness['part']})" if witness["part"] else ""
    lines = [f"witness{where}: {json.dumps(witness['instance'])}"]
    return [*lines, f"  the claim needs {', '.join(needed)} there"] if needed else lines


def _moved(width: Json) -> str:
    """What changed of one width, in a line; empty if nothing did."""
    chosen = [f"{name} x {factor:.4g}" for name, factor in width["parameters"].items() if abs(factor - 1) > TOLD]
    if width["before"] == width["after"]:
        return f"  {width['chain']} ({width['case']}): m unchanged, {', '.join(chosen)}" if chosen else ""
    before, after = ("none" if m is None else f"{m['upper']:.6g}" for m in (width["before"], width["after"]))
    factor = [f"m x {width['factor']:.3g}"] if width["factor"] else []
    return f"  {width['chain']} ({width['case']}): m from {before} to {after} ({', '.join([*factor, *chosen])})"
