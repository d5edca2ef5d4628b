"""What ``list`` and ``show`` print."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from verify.config import Config
from verify.errors import BadInput
from verify.pipeline.select import installed, one

if TYPE_CHECKING:
    from verify.registry import Library


def listing(paths: Sequence[Path], as_json: bool) -> str:
    """All lemmas by group. Imports none of them."""
    entries = installed(paths).entries.values()
    if as_json:
        keys = ("id", "group", "title", "file", "line", "uses")
        return json.dumps([{key: getattr(entry, key) for key in keys} for entry in entries], indent=1)
    width = max((len(entry.id) for entry in entries), default=0)
    lines: list[str] = []
    group = None
    for entry in entries:
        if entry.group != group:
            group = entry.group
            lines.append(f"{group}")
        lines.append(f"  {entry.id:<{width}}  {entry.title}")
    return "\n".join(lines)


def description(target: str, paths: Sequence[Path], as_json: bool) -> str:
    """One lemma: statement, constants, proof steps, uses, limitations. Raises BadInput."""
    found = _details(*one(target, paths))
    return json.dumps(found, indent=1, ensure_ascii=False) if as_json else _text(found)


def replayed(targets: Sequence[str], key: str, seed: int | None, config: Config, cache: bool = True) -> str:
    """One draw, drawn again from its key, as JSON: the instance, the hypotheses, both sides. Raises BadInput."""
    from verify.checks.montecarlo import replay
    from verify.pipeline.plan import parts

    if len(targets) != 1:
        raise BadInput("--draw replays a draw of one lemma")
    library, name = one(targets[0], config.paths, cache)
    lemma = library.lemma(name)
    drawn = next((s for s in parts(lemma).values() if key.startswith(f"{s.id}.")), lemma)
    try:
        found = replay(drawn, key, config.seed if seed is None else seed)
    except ValueError as problem:
        raise BadInput(f"--draw {key}: {problem}") from None
    return json.dumps(found, indent=1)


def _details(library: Library, name: str) -> dict[str, Any]:
    from verify.pipeline.judge import designated
    from verify.pipeline.plan import parts
    from verify.pipeline.report import constants, statement

    entry, lemma = library.entry(name), library.lemma(name)
    keys = ("id", "group", "title", "file", "line")
    return {key: getattr(entry, key) for key in keys} | {
        "statement": statement(lemma),
        "parts": {part: statement(one) for part, one in parts(lemma).items() if part},
        "constants": constants(lemma),
        "proof": _steps(library, name),
        "designated": designated(lemma),
        "uses": list(entry.uses),
        "source": lemma.source,
        "limitations": lemma.limitations,
        "assumed": lemma.assumed,
        "fingerprint": lemma.fingerprint,
    }


def _steps(library: Library, name: str) -> list[dict[str, Any]]:
    """The proof steps, as the symbolic check finds them now."""
    from verify.pipeline.plan import Session, Task
    from verify.pipeline.worker import Left, run_batch

    if library.lemma(name).proof is None:
        return []
    session = Session(tuple(library.entries.values()), "quick", 0)
    proof = Task(name, "", "symbolic")
    [found] = run_batch(session, [Left((proof,))])
    evidence = found[proof].evidence
    failed = {"step": evidence.summary, "by": "algebra", "ref": None, "verdict": str(evidence.verdict)}
    return list(evidence.data.get("steps", [failed]))


def _text(found: dict[str, Any]) -> str:
    stated = found["statement"]
    lines = [f"{found['id']} ({found['group']}): {found['title']}", f"{found['file']}:{found['line']}", ""]
    lines += [f"  {stated['sympy']}", f"  {stated['latex']}"]
    lines += [f"  given {line}" for line in stated["given"]]
    if stated["fails_with"]:
        lines.append(f"  with probability at least 1 - {stated['fails_with']}")
    lines += [f"  and {part}: {one['sympy']}" for part, one in found["parts"].items()]
    lines += ["", "constants: " + (", ".join(map(_constant, found["constants"])) or "none")]
    lines += [f"designated check: {found['designated']}", f"uses: {', '.join(found['uses']) or 'none'}"]
    lines += [f"source: {found['source'] or 'none given'}", f"limitations: {found['limitations'] or 'none stated'}"]
    lines += [f"assumed: {found['assumed']}"] if found["assumed"] else []
    lines += ["", "proof:" if found["proof"] else "proof: none by steps"]
    lines += [f"  {step['verdict']:<9} {step['step']}  [{step['by']}: {step['ref']}]" for step in found["proof"]]
    return "\n".join(lines)


def _constant(constant: dict[str, Any]) -> str:
    return f"{constant['name']} = {constant['stated']} ({constant['kind']})"


def drawing(paths: Sequence[Path], language: str, report: Path | None) -> str:
    """The graph of all lemmas; with a report, of its lemmas and their verdicts. Raises BadInput."""
    from verify.formats import graph
    from verify.pipeline.baseline import read_report

    if report is not None:
        nodes = graph.nodes(read_report(report))
    else:
        entries = installed(paths).entries.values()
        nodes = [graph.Node(id=e.id, group=e.group, uses=list(e.uses), verdict=None, proof_state=None) for e in entries]
    draw = {"svg": graph.picture, "mermaid": graph.mermaid, "dot": graph.dot}[language]
    return draw(nodes).rstrip("\n")


def plotted(report: Path, out: Path, form: str) -> str:
    """Write the figures of a report; the files, a line each. Raises BadInput."""
    from verify.formats import figures
    from verify.pipeline.baseline import read_report
    from verify.pipeline.request import writable

    if not report.is_file():
        raise BadInput(f"{report}: no such file; 'python -m verify all' writes one")
    found = read_report(report)
    try:
        writable(out, "--out")
        return "\n".join(map(str, figures.draw(found, out, form))) or "the report has nothing to draw"
    except figures.MissingExtra as problem:
        raise BadInput(str(problem)) from None
