"""What a pack adds: findings, chains, and the widths of an audit."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from verify.pack import InstalledPack, Pack
from verify.pipeline.audit import audit, text
from verify.pipeline.request import Request
from verify.pipeline.run import run, silent
from verify.registry import Library

HOOKS = """
from pathlib import Path

def findings(context):
    yield {"id": "a-finding", "title": "The square is found", "verdict": "refuted", "data": {"seed": context.seed}}


def resting(context):
    context.library("square")
    yield {"id": "resting", "title": "The square is found", "verdict": "certified", "data": {}}


def apart(context):
    yield {"id": "apart", "title": "Nothing is needed", "verdict": "certified", "data": {}}


def counted(context):
    context.library("square")
    with (Path(__file__).parent / "runs").open("a") as runs:
        runs.write("x")
    yield {"id": "counted", "title": "Counted", "verdict": "certified", "data": {}}


def crash(context):
    raise ZeroDivisionError("one\\ntwo")


def widths(context):
    m = 10 * int(context.library("square").constants["C"].value)
    if m > 50:
        raise ValueError("no width")
    width = {"case": "a", "n": 1, "d": 1, "delta": 0.1, "eps": 0.1, "lambda": {"lower": 1, "upper": 1},
             "m": {"lower": m, "upper": m}, "eta": 0.1, "steps": None, "binding": "square", "log10_slack": {},
             "certificate": {"values": {"R": f"1/{m}", "eta": "1/3"}},
             "empirical": None, "certified": None, "simulated_m": None}
    return [{"id": "chain", "widths": [width]}]


def radii(context):
    C = int(context.library("square").constants["C"].value)
    [chain] = widths(context)
    chain["widths"][0] |= {"m": {"lower": 20, "upper": 20}, "certificate": {"values": {"R": f"{C}/7"}}}
    chain["widths"][0]["case"] = "simulated" if context.simulate else "solved"
    return [chain]
"""


@pytest.fixture
def pack(write: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """pack(findings=..., widths=...) installs a pack with the lemmas square and other."""
    write("toys/square")
    folder = write("toys/other").parents[1]
    (tmp_path / "toy_hooks.py").write_text(HOOKS)
    monkeypatch.syspath_prepend(str(tmp_path))

    def install(**fields: Any) -> None:
        found = (InstalledPack(Pack("toys", folder, **fields), "claims"),)
        monkeypatch.setattr("verify.pipeline.select.installed_packs", lambda: found)
        monkeypatch.setattr("verify.pipeline.plan.installed_packs", lambda: found)

    yield install
    for name in [name for name in sys.modules if name.split(".")[0] in ("toy_hooks", "claims")]:
        del sys.modules[name]


def request_to(tmp_path: Path, **options: Any) -> Request:
    return Request(out=tmp_path / "out", **options)


def test_a_full_run_shows_what_the_pack_adds(pack: Any, tmp_path: Path) -> None:
    pack(findings=("toy_hooks:findings",), widths=("toy_hooks:widths",))
    outcome = run(request_to(tmp_path, seed=7))
    assert outcome.code == 0, outcome.report["summary"]
    assert [(f["id"], f["data"]) for f in outcome.report["findings"]] == [("a-finding", {"seed": 7})]
    assert [chain["id"] for chain in outcome.report["chains"]] == ["chain"]
    assert run(request_to(tmp_path, targets=("square",))).report["chains"] == []


def test_a_finding_about_a_lemma_is_shown_where_that_is_run(pack: Any, tmp_path: Path) -> None:
    pack(findings=("toy_hooks:findings", "toy_hooks:crash"), about={"toy_hooks:findings": "square"})
    outcome = run(request_to(tmp_path, targets=("square",)))
    assert [finding["id"] for finding in outcome.report["findings"]] == ["a-finding"]
    assert run(request_to(tmp_path, targets=("other",))).report["findings"] == []


def test_an_audit_asks_for_no_findings(pack: Any, tmp_path: Path) -> None:
    pack(findings=("toy_hooks:crash",), about={"toy_hooks:crash": "square"})
    found, code = audited(tmp_path, "square", "C=3")
    assert (found["verdict"], code) == ("refuted", 1)


def test_a_hook_that_crashes_is_an_error_and_not_an_empty_list(pack: Any, tmp_path: Path) -> None:
    pack(findings=("toy_hooks:crash", "toy_hooks:findings"))
    outcome = run(request_to(tmp_path))
    assert outcome.code == 3
    assert [(f["id"], f["verdict"]) for f in outcome.report["findings"]] == [
        ("toy-hooks-crash", "error"),
        ("a-finding", "refuted"),
    ]
    assert "ZeroDivisionError: one two" in outcome.report["summary"]


def audited(tmp_path: Path, name: str, setting: str) -> tuple[dict[str, Any], int]:
    return audit(name, [setting], request_to(tmp_path), silent)


def test_an_audit_shows_the_widths_that_move(pack: Any, tmp_path: Path) -> None:
    pack(widths=("toy_hooks:widths",))
    found, code = audited(tmp_path, "square", "C=3")
    assert code == 1
    assert found["binding"] is True
    assert [(w["before"]["upper"], w["after"]["upper"]) for w in found["widths"]] == [(20, 30)]
    assert found["widths"][0]["factor"] == 1.5
    assert found["widths"][0]["parameters"] == {"R": pytest.approx(2 / 3), "eta": 1}
    assert "m from 20 to 30 (m x 1.5, R x 0.6667)" in text(found)
    assert "is binding" in text(found)


def test_an_audit_shows_parameters_that_move_while_the_width_does_not(pack: Any, tmp_path: Path) -> None:
    """And it asks for the widths alone, without simulations."""
    pack(widths=("toy_hooks:radii",))
    found, _ = audited(tmp_path, "square", "C=3")
    assert found["binding"] is False
    assert "chain (solved): m unchanged, R x 1.5" in text(found)
    assert "is not binding" in text(found)


def test_an_audit_shows_the_witness_and_what_it_asks_of_the_constant(write: Any, tmp_path: Path) -> None:
    """For |x| <= 1: 2 x <= C x fails for C = 1, and any point needs C >= 2."""
    from verify import Lemma, Quantity, const, le, real
    from verify.pipeline.audit import _witnesses

    x, C = Quantity("x", real(0, 1)), const("C", 1)
    found = {"instance": {"x": "0.5"}, "claimed_smaller": "[1.0 +/- 1e-10]", "claimed_larger": "[0.5 +/- 1e-10]"}
    evidence = [{"verdict": "refuted", "data": {"witness": found}}, {"verdict": "inconclusive", "data": {}}]
    [witness] = _witnesses({"": Lemma(le(2 * x, C * x))}, evidence, ["C"])
    assert witness["needed"] == {"C": pytest.approx(2)}
    [witness] = _witnesses({"": Lemma(le(2 * x, C * x + 1))}, evidence, ["C"])
    assert witness["needed"] == {}


def test_decimals_are_exact(pack: Any, tmp_path: Path) -> None:
    pack()
    found, code = audited(tmp_path, "square", "C=2.0")
    assert (found["verdict"], code) == ("proved", 0)
    assert [c["stated"] for c in found["constants"]] == ["2"]


def test_a_constant_that_no_chain_asks_for_is_not_binding(pack: Any, tmp_path: Path) -> None:
    pack(widths=("toy_hooks:widths",))
    found, _ = audited(tmp_path, "other", "C=3")
    assert found["binding"] is False
    assert "is not binding" in text(found)


def test_widths_that_cannot_be_computed_are_not_unchanged(pack: Any, tmp_path: Path) -> None:
    pack(widths=("toy_hooks:widths",))
    found, code = audited(tmp_path, "square", "C=9")
    assert (found["binding"], found["widths"], code) == (None, [], 1)
    assert "no width" in found["widths_error"]
    assert "cannot be computed" in text(found)


def test_without_chains_there_is_nothing_to_bind(pack: Any, tmp_path: Path) -> None:
    pack()
    found, code = audited(tmp_path, "square", "C=2")
    assert (found["widths"], found["binding"], code) == ([], False, 0)


def test_an_audit_changes_the_lemma_only_in_its_own_session(pack: Any, tmp_path: Path) -> None:
    from verify.pipeline.select import installed

    pack()
    audited(tmp_path, "square", "C=3")
    library: Library = installed()
    assert library.lemma("square").constants["C"].value == 2


def test_widths_of_one_chain_are_put_together(pack: Any, tmp_path: Path) -> None:
    pack(widths=("toy_hooks:widths", "toy_hooks:radii"))
    [chain] = run(request_to(tmp_path)).report["chains"]
    assert [width["case"] for width in chain["widths"]] == ["a", "simulated"]


def test_a_finding_that_rests_on_a_false_lemma_is_blocked(pack: Any, write: Any, tmp_path: Path) -> None:
    pack(findings=("toy_hooks:resting", "toy_hooks:apart"))
    write("toys/square", constant=3)
    verdicts = {f["id"]: f["verdict"] for f in run(Request(out=tmp_path / "out")).report["findings"]}
    assert verdicts == {"resting": "blocked", "apart": "certified"}


def test_a_hook_is_run_again_only_if_a_lemma_it_asked_for_has_changed(pack: Any, write: Any, tmp_path: Path) -> None:
    pack(findings=("toy_hooks:counted",))

    def runs() -> int:
        assert [finding["id"] for finding in run(request_to(tmp_path)).report["findings"]] == ["counted"]
        return len((tmp_path / "runs").read_text())

    assert (runs(), runs()) == (1, 1)
    write("toys/other", title="Another title.")
    assert runs() == 1
    write("toys/square", title="Another title.")
    assert (runs(), runs()) == (2, 2)
    write("toys/square")
    assert runs() == 2  # as it was at first
