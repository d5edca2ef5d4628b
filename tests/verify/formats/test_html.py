"""The page as text: complete, in order, inert, small, and always the same."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from page_reader import Page, card, field

from verify.formats import html, words

Report = dict[str, Any]
Changed = Callable[..., Report]

FIELDS = ["Statement", "Hypotheses", "Constants", "Proof", "Evidence", "Margin", "Monte Carlo", "Planted faults",
          "Parts", "Uses", "Limitations", "Source", "Reproduce"]  # fmt: skip


@pytest.fixture
def page(report: Report) -> str:
    return html.render(report)


def test_the_same_report_gives_the_same_bytes(report: Report, page: str) -> None:
    shuffled = json.loads(json.dumps(dict(reversed(report.items()))))
    assert html.render(shuffled) == page


def test_it_is_one_file_without_script_or_any_address_to_load(page: str) -> None:
    parsed = Page(page)
    assert not {"script", "link", "img", "iframe", "object", "embed", "base"} & {tag for tag, _ in parsed.tags}
    assert all(value.startswith("#") for _, a in parsed.tags for key, value in a.items() if key in ("href", "src"))
    assert re.findall(r"url\((?!data:font/woff2;base64,)", page) == []
    assert "@import" not in page
    policy = next(a["content"] for tag, a in parsed.tags if tag == "meta" and "http-equiv" in a)
    assert policy == "default-src 'none'; style-src 'unsafe-inline'; font-src data:"


def test_ids_are_unique_and_every_link_and_label_has_a_target(page: str) -> None:
    tags = Page(page).tags
    ids = [a["id"] for _, a in tags if "id" in a]
    assert len(ids) == len(set(ids))
    assert {a["href"][1:] for _, a in tags if a.get("href", "").startswith("#")} <= set(ids)
    labels = {i for _, a in tags for k in ("aria-labelledby", "aria-describedby") if k in a for i in a[k].split()}
    assert labels <= set(ids)


def test_headings_never_skip_a_level(page: str) -> None:
    levels = [int(tag[1]) for tag, _ in Page(page).tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_sections_come_in_the_order_in_which_questions_are_asked(page: str) -> None:
    names = ["stands", "link", "loose", "widths", "graph", "slack", "index", "findings", "trust"]
    names += ["lemma-exp-first-order", "notation"]
    order = [page.index("id=verdict"), *(page.index(f"id={name}>") for name in names), page.index("id=run")]
    assert order == sorted(order)


def test_the_first_answers(report: Report, page: str) -> None:
    top = Page(page.split("id=widths>")[0].split("<main id=main>")[1]).text
    assert "refuted weight-movement is refuted: n=1, m=4" in top
    assert "Does it stand? No." in top
    assert "5 of 12 lemmas do not hold" in top
    assert "What is the weakest link? weight-movement" in top
    assert "How loose is the width? 15× to 51×" in top
    assert "At worst by chain: tight 51×." in top
    assert f"It rests on {len(words.all_trusts(report))} trusted rules" in top
    assert len(words.all_trusts(report)) == 6
    assert "theorem proved" in top


@pytest.mark.parametrize(
    ("word", "answer"),
    [("proved", "Yes, as proved."), ("supported", "Yes, as supported."), ("inconclusive", "Not shown."),
     ("refuted", "No."), ("not-run", "Not checked."), ("error", "Unknown: the checks themselves failed.")],
)  # fmt: skip
def test_does_it_stand(holding: Report, word: str, answer: str) -> None:
    assert f"Does it stand? {answer}" in Page(html.render({**holding, "verdict": word})).text


def test_a_planted_fault_that_went_unnoticed_is_told_at_the_top(holding: Report, changed: Changed) -> None:
    fault = {"fault": "C = 0", "outcome": "survived", "reason": ""}
    blind = {**changed(holding, "one-plus-x", planted=[fault]), "verdict": "error"}
    told = "All 7 hold. In 1 a planted fault went unnoticed, so its verdict means nothing."
    assert told in Page(html.render(blind)).text
    assert "went unnoticed" not in Page(html.render(holding)).text


def test_every_card_has_the_same_fields_in_the_same_order_and_none_is_blank(report: Report, page: str) -> None:
    for entry in report["lemmas"]:
        assert re.findall(r"<h4>(.*?)</h4>", card(page, entry["id"])) == FIELDS
        for title in FIELDS:
            assert field(page, entry["id"], title), (entry["id"], title)


def test_a_lemma_that_was_not_run_says_so(page: str) -> None:
    assert field(page, "width-exponent", "Evidence") == "not run (designated: symbolic)"
    for title in ("Hypotheses", "Constants", "Proof", "Margin", "Planted faults", "Limitations", "Parts"):
        assert field(page, "width-exponent", title) == "none"
    assert field(page, "width-exponent", "Monte Carlo") == "not run"


def test_what_a_card_says(report: Report, page: str) -> None:
    assert "<math" in card(page, "exp-first-order").split("<h4>Hypotheses")[0]
    assert field(page, "exp-first-order", "Statement").endswith("Abs(exp(z) - 1) <= C*Abs(z)")
    assert field(page, "exp-first-order", "Hypotheses") == "unit: Abs(z) <= 1 Symbols : z"
    assert "<li>z in (-oo, oo): any real number" in page.split("<h2 id=notation>")[1]
    constants = field(page, "exp-first-order", "Constants")
    assert constants == "exp-first-order.C stated 2; sharp exp(1) - 1 , in [1.71828, 1.71829]; upper"
    assert "2 steps, 1 by algebra, 1 by certificate; all proved" in field(page, "exp-first-order", "Proof")
    assert "rule transfer rule" in field(page, "gram-lower-tail", "Proof")
    assert "lemma exp-decay-quadratic : certified" in field(page, "gram-lower-tail", "Proof")
    assert "1 of 900" not in field(page, "gram-lower-tail", "Monte Carlo")
    assert "900 draws, 1 violations; stopped because: the e-process reached 1e9" in field(
        page, "gram-lower-tail", "Monte Carlo"
    )
    assert "estimate 0.41, interval from 0.38 to 0.43 at level 0.9" in field(page, "gram-lower-tail", "Monte Carlo")
    assert "factor 2.44: 1 / quantile" in field(page, "gram-lower-tail", "Margin")
    assert "with probability at least 1 - delta" in field(page, "exp-uniform-bound", "Statement")
    assert "witness {left: 0.0021" in field(page, "weight-movement", "Evidence")
    survived = field(page, "weight-movement", "Planted faults")
    assert "survived: false or not, no check noticed: the run fails constant 1" in survived
    assert field(page, "exp-decay-quadratic", "Uses") == "none; used by gram-lower-tail"
    assert field(page, "gram-perturbation", "Reproduce") == "python -m verify run gram-perturbation --seed 7"


def test_a_proof_that_does_not_hold_is_unfolded(page: str) -> None:
    assert "<details open>" in card(page, "weight-movement").split("<h4>Evidence")[0]
    assert "<details open>" not in card(page, "exp-first-order").split("<h4>Evidence")[0]


def test_what_is_trusted_stands_beside_every_verdict(report: Report, page: str) -> None:
    for entry in report["lemmas"]:
        assert words.trusts_text(entry["trusts"]) in Page(card(page, entry["id"]).split("<h4>")[0]).text
    assert report["trust"]["convergence-tight"] in Page(page).text


def index_row(page: str, name: str) -> list[str]:
    index = page.split("<h2 id=index>")[1]
    row = index.split(f"<th scope=row><a href=#lemma-{name}>")[1].split("<tr>")[0].split("</table>")[0]
    return [Page("<td" + cell).text for cell in row.split("<td")[1:]]


def test_the_index_says_what_became_of_the_planted_faults(page: str) -> None:
    # statement, proof, margin, rules, faults, then one column an outcome
    assert index_row(page, "exp-uniform-bound")[4:] == ["2", "1", "", "", "1", "", ""]
    assert index_row(page, "weight-movement")[4:] == ["1", "", "", "", "", "", "1"]
    assert page.count("<td class=bad>1") == 1


def test_the_width_of_a_theorem_that_does_not_hold_is_marked(page: str) -> None:
    first = page.split("<ul class=legend>")[1].split("<li>")[1]
    assert 'class="mark void"' in first
    assert "(theorem: blocked)" in first
    assert "classical" not in page.split("id=loose>")[1].split("</section>")[0]


def test_a_formula_that_cannot_be_read_is_shown_as_source(holding: Report, changed: Changed) -> None:
    statement = {**holding["lemmas"][1]["statement"], "latex": r"\nosuch{<b>}"}
    page = html.render(changed(holding, "one-plus-x", statement=statement))
    assert r"<code class=latex>\nosuch{&lt;b&gt;}</code>" in card(page, "one-plus-x")


def test_draws_none_of_which_meets_the_hypotheses_have_no_quantile(holding: Report, changed: Changed) -> None:
    data = {"trials": 0, "failures": 0, "stopped": "default: capped"}
    missed = [{"check": "montecarlo", "verdict": "inconclusive", "summary": "missed", "data": data}]
    page = html.render(changed(holding, "one-plus-x", evidence=missed))
    assert "<p>0 draws, 0 violations; stopped because: default: capped.</p>" in card(page, "one-plus-x")


def test_text_cannot_become_mark_up(holding: Report, changed: Changed) -> None:
    nasty = "</p><script>alert(1)</script>\x00&amp;"
    noisy = changed(holding, "one-plus-x", title=nasty, trusts=[nasty], limitations=[nasty], source=nasty, group=nasty,
                    reproduce=nasty, margin={"factor": 1.0, "meaning": nasty, "at": {nasty: nasty}},
                    planted=[{"fault": nasty, "outcome": "refuted", "reason": nasty}], parts=[{"name": nasty}],
                    proof=[{"step": nasty, "by": "rule", "ref": nasty, "verdict": "proved"}])  # fmt: skip
    noisy |= {"summary": nasty, "run": {nasty: nasty}, "trust": {"x": nasty}}
    noisy["findings"].append({"id": "nasty", "title": nasty, "verdict": "proved", "data": {nasty: [nasty]}})
    noisy["chains"][0]["widths"][0]["case"] = nasty
    page = html.render(noisy)
    assert "<script" not in page
    assert "\x00" not in page
    assert page.count("&lt;script&gt;alert(1)") > 10


def test_an_empty_report_is_a_page_too(holding: Report) -> None:
    empty = {**holding, "verdict": "not-run", "lemmas": [], "findings": [], "chains": [], "trust": {}, "run": {}}
    text = Page(html.render(empty)).text
    for sentence in ("none: there are no lemmas", "No chain was solved.", "none stated", "unknown"):
        assert sentence in text


def test_the_numbers_of_a_finding_are_a_table(report: Report) -> None:
    rows = [{"n": 10, "lambda": {"lower": "0.123456781", "upper": "0.123456789"}}, {"n": 20, "lambda": 0.25}]
    report["findings"] = [{"id": "rows", "title": "t", "verdict": "certified", "data": {"rows": rows, "limit": 0}}]
    page = Page(html.render(report)).text
    assert "n lambda 10 [0.123456, 0.123457] 20 0.25" in " ".join(page.split())
    assert not html.is_table([{"a": 1}, {"b": 2}])
    assert not html.is_table([])
    assert html.plain_data({"rows": rows, "limit": 0, "x": 1}) == {"limit": 0, "x": 1}
    assert html.plain_data({"x": [1], "series": {"a": [1]}, "d": 3}) == {"d": 3}


def test_the_what_if_is_embedded_where_a_chain_can_be_solved(report: Report, page: str) -> None:
    program = {"width": "</script><b>", "constants": {"gram-perturbation.C": 4.0}}
    report["chains"][1]["whatif"] = program
    with_table = html.render(report)
    scripts = [a for tag, a in Page(with_table).tags if tag == "script"]
    assert scripts == [{"type": "application/json", "id": "whatif-data"}, {}]
    body = json.loads(with_table.split('id="whatif-data">')[1].split("</script>")[0])
    (chain,) = body["chains"]
    assert {key: chain[key] for key in program} == program
    assert chain["id"] == "sharp"
    assert chain["stated"] == {w["case"]: w["m"]["upper"] for w in report["chains"][1]["widths"]}
    assert body["sharp"] == {"gram-perturbation.C": "2*(exp(1) - 1), in [3.43656, 3.43657]"}
    assert "id=whatif" not in page
    assert "<script" not in page
