"""What objects show in a notebook: well-formed, complete, and never greener than they are."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest

from verify import BadInput, Lemma, Quantity, const, ge, le, notebook, positive, real
from verify.formats import palette
from verify.notebook import Report, Widths

x, delta = Quantity("x", real(-1, 1)), Quantity("delta", positive(1, open_upper=True))
CUBE = Lemma(
    le(x**3, const("C", 2) * x**2),
    given={"small": le(x, 1)},
    latex=r"x^3 \le {C} x^2",
    limitations="Only for x < 1 & more.",
    id="cube",
)


def parsed(html: str) -> ET.Element:
    return ET.fromstring(f"<div>{html}</div>")


def test_a_lemma_shows_its_formula_form_hypotheses_and_constants() -> None:
    shown = parsed(CUBE._repr_html_())
    text = "".join(shown.itertext())
    assert shown.find(".//math") is not None
    for piece in ("cube", "x**3 <= C*x**2", "small: x <= 1", "C2upper", "Only for x < 1 & more."):
        assert piece in text
    assert CUBE._repr_latex_() == r"$\displaystyle x^3 \le 2 x^2$"
    assert CUBE.set(C=3)._repr_latex_() == r"$\displaystyle x^3 \le 3 x^2$"


def test_a_lemma_has_no_verdict_and_says_its_probability() -> None:
    risky = Lemma(ge(x, -1), fails_with=delta)
    shown = "".join(parsed(risky._repr_html_()).itertext())
    assert "with probability at least 1 - (delta)" in shown
    assert "proved" not in shown
    assert risky._repr_latex_() == r"$\displaystyle \texttt{x >= -1}$"


def report() -> Report:
    margin = {"factor": 2.0, "meaning": "attained", "at": {}}
    lemmas = [
        {"id": "a", "verdict": "proved", "margin": margin, "trusts": ["Weyl"]},
        {"id": "b-c", "verdict": "refuted", "margin": None, "trusts": []},
    ]
    return Report({"verdict": "refuted", "summary": "b-c <refuted>", "lemmas": lemmas, "chains": []})


def test_a_report_shows_every_lemma_with_its_verdict_and_what_it_trusts() -> None:
    shown = parsed(report()._repr_html_())
    rows = [["".join(cell.itertext()) for cell in row] for row in shown.iter("tr")]
    assert rows[1:] == [["a", "proved", "2 (exact)", "Weyl"], ["b-c", "refuted", "none", "none"]]
    assert "b-c <refuted>" in "".join(shown.itertext())
    colours = {span.text: span.get("style", "") for span in shown.iter("span")}
    assert palette.LIGHT["refuted"].fill in colours["refuted"]
    assert r"\texttt{b-c} & \text{refuted}" in report()._repr_latex_()


def width(case: str, m: int) -> dict[str, Any]:
    return {"case": case, "m": {"lower": 1, "upper": m}, "lambda": {"lower": "1.19", "upper": "1.21"}, "binding": None}


def test_widths_show_the_standing_of_their_theorem() -> None:
    chains: list[dict[str, Any]] = [
        {"id": "classical", "widths": [width("sphere_1", 3 * 10**23)]},
        {"id": "tight", "widths": [], "reason": "no <labels>"},
    ]
    bare = "".join(parsed(Widths(chains)._repr_html_()).itertext())
    assert "not-run" in bare
    assert "proved" not in bare
    assert "tight: no width: no <labels>" in bare
    told = "".join(parsed(Widths(chains, {"classical": "proved"})._repr_html_()).itertext())
    assert "classicalsphere_1proved3e23[1.19, 1.21]none" in told
    latex = Widths(chains, {"classical": "blocked"})._repr_latex_()
    assert r"\texttt{classical} & \texttt{sphere\_1} & \text{blocked} & m \ge 3 \cdot 10^{23}" in latex
    assert r"\text{not-run}" in Widths(chains)._repr_latex_()


def test_widths_of_a_report_take_the_verdicts_from_it() -> None:
    lemma = {"id": "convergence-classical", "verdict": "blocked"}
    found = Widths.of({"chains": [{"id": "classical", "widths": [width("s", 10)]}], "lemmas": [lemma]})
    assert found.theorems == {"classical": "blocked"}
    assert Widths.of({"chains": [{"id": "sharp", "widths": []}], "lemmas": [lemma]}).theorems == {
        "sharp": "not in this report"
    }
    assert (
        "not in this report"
        in Widths.of({"chains": [{"id": "sharp", "widths": [width("s", 10)]}], "lemmas": []})._repr_html_()
    )


@pytest.mark.parametrize(
    ("m", "shown"), [(14, "14"), (999_999, "999999"), (10**6, "1000000"), (123_456_789, "1.24 \\cdot 10^{8}")]
)
def test_large_widths_are_rounded_up(m: int, shown: str) -> None:
    assert notebook.scientific(m) == shown


def test_check_lemma_and_load(write: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("verify.pipeline.select.installed_packs", lambda: ())
    monkeypatch.setattr("verify.pipeline.plan.installed_packs", lambda: ())
    path = write("toys/square")
    assert notebook.lemma("square", (path,)).id == "square"
    found = notebook.check(str(path))
    assert found["verdict"] == "proved"
    file = tmp_path / "report.json"
    file.write_text(json.dumps(found))
    assert notebook.load(file)._repr_html_() == found._repr_html_()
    with pytest.raises(BadInput):
        notebook.load(tmp_path / "gone.json")
    with pytest.raises(BadInput):
        notebook.check("nothing-like-it")
