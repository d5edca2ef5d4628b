"""The pieces of a report, each with every field filled in."""

from __future__ import annotations

from typing import Any

Report = dict[str, Any]


def lemma(name: str, group: str, verdict: str, latex: str, **changes: Any) -> Report:
    """A lemma entry with every field filled in; ``changes`` replaces fields."""
    entry: Report = {
        "id": name,
        "group": group,
        "title": name.replace("-", " ").capitalize(),
        "file": f"lemmas/{group}/{name.replace('-', '_')}.py",
        "line": 12,
        "source": "this project's explicit version",
        "limitations": "Stated for unit data only.",
        "statement": {"latex": latex, "sympy": "M <= B", "given": [], "fails_with": None},
        "fingerprint": f"{sum(map(ord, name)):08x}",
        "uses": [],
        "trusts": [],
        "proof": [],
        "designated": "interval",
        "verdict": verdict,
        "evidence": [],
        "constants": [],
        "margin": None,
        "planted": [],
        "reproduce": f"python -m verify run {name} --seed 7",
    }
    return {**entry, **changes}


def step(text: str, by: str, ref: str | None, verdict: str = "proved") -> Report:
    return {"step": text, "by": by, "ref": ref, "verdict": verdict}


def evidence(check: str, verdict: str, summary: str, **data: Any) -> Report:
    return {"check": check, "verdict": verdict, "summary": summary, "data": data}


def quantile(estimate: float, lower: float, upper: float, level: float = 0.9) -> Report:
    return {"estimate": estimate, "lower": lower, "upper": upper, "level": level}


def constant(name: str, stated: str, sharp: Report | None, kind: str = "upper") -> Report:
    return {"name": name, "stated": stated, "sharp": sharp, "kind": kind}


def planted(fault: str, outcome: str, reason: str) -> Report:
    return {"fault": fault, "outcome": outcome, "reason": reason}


def width(case: str, n: int, d: int, m: int, slack: dict[str, float], binding: str, **seen: float | None) -> Report:
    return {
        "case": case,
        "n": n,
        "d": d,
        "delta": 0.1,
        "eps": 0.001,
        "lambda": {"lower": "1.19", "upper": "1.21"},
        "m": {"lower": m, "upper": m + m // 100},
        "eta": 1.5e-5,
        "steps": 4200,
        "binding": binding,
        "log10_slack": slack,
        "empirical": seen.get("empirical"),
        "certified": seen.get("certified"),
        "simulated_m": seen.get("simulated_m"),
    }
