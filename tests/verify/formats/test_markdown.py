"""report.md: complete, and safe against text that looks like mark-up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from markdown_it import MarkdownIt

from verify.formats import markdown

Report = dict[str, Any]


def html(report: Report) -> str:
    return str(MarkdownIt("commonmark").enable("table").render(markdown.render(report)))


def rows(report: Report, heading: str) -> list[list[str]]:
    """The cells of the table below a heading, as text."""
    tokens = MarkdownIt("commonmark").enable("table").parse(markdown.render(report))
    at = next(i for i, t in enumerate(tokens) if t.type == "inline" and t.content == heading)
    found: list[list[str]] = []
    for token, following in zip(tokens[at:], tokens[at + 1 :], strict=False):
        if token.type == "table_close":
            break
        if token.type == "tr_open":
            found.append([])
        if token.type in ("td_open", "th_open"):
            found[-1].append("".join(c.content for c in following.children or []))
    return found


def test_the_first_line_is_the_verdict_and_the_summary_follows(report: Report) -> None:
    lines = markdown.render(report).splitlines()
    assert lines[0] == "# refuted"
    assert lines[2].startswith("weight-movement is refuted")


def test_every_lemma_has_its_verdict_and_what_it_trusts(report: Report) -> None:
    table = rows(report, "Lemmas")[1:]
    assert [(r[0], r[1]) for r in table] == [(entry["id"], entry["verdict"]) for entry in report["lemmas"]]
    assert [r[2] for r in table] == [", ".join(entry["trusts"]) or "none" for entry in report["lemmas"]]
    assert table[0][3] == "1.164 (stated over sharp constant)"
    why = {r[0]: r[4] for r in table}
    assert why["exp-first-order"] == "interval: phi1 is increasing, so the ends decide"
    assert why["weight-movement"].startswith("worstcase: n=1, m=4: moved 2.1e-3, bound 1.6e-3; planted fault survived")


def test_how_loose_is_stated_with_a_ratio_rounded_up(report: Report) -> None:
    assert rows(report, "How loose is the width?")[1] == ["sphere-5x3", "tight", "808", "16 (empirical)", "51x"]


def test_every_width_of_every_chain_is_listed(report: Report) -> None:
    assert len(rows(report, "Widths")) == 1 + 12
    assert rows(report, "Widths")[1][:4] == ["classical", "blocked", "sphere-5x3", "2.02e22"]


def test_findings_and_trust_sentences(report: Report) -> None:
    page = html(report)
    for finding in report["findings"]:
        assert finding["id"] in page
    assert report["trust"]["convergence-tight"] in page.replace("&quot;", '"')


def test_every_lemma_has_a_section_with_formula_evidence_limits_and_command(report: Report) -> None:
    page = markdown.render(report)
    for entry in report["lemmas"]:
        section = page.split(f"## {entry['id']}: {entry['verdict']}\n")[1].split("\n## ")[0]
        for needed in [entry["statement"]["latex"], entry["statement"]["sympy"], entry["reproduce"],
                       *entry["statement"]["given"], *(e["check"] for e in entry["evidence"])]:  # fmt: skip
            assert needed in section


def test_text_cannot_become_mark_up(holding: Report, changed: Callable[..., Report]) -> None:
    nasty = "a | b <script>x</script> [link](javascript:1) `c` *d* ~e~\n\n# heading"
    holding["summary"] = nasty
    noisy = changed(holding, "one-plus-x", title=nasty, trusts=[nasty], limitations=nasty, reproduce="echo `x`")
    noisy["lemmas"][1]["statement"]["sympy"] = "```\n<script>"
    tokens = MarkdownIt("commonmark").enable("table").parse(markdown.render(noisy))
    inner = [c.type for t in tokens for c in t.children or []]
    assert not {"html_inline", "link_open", "em_open"} & set(inner)
    assert all(t.type != "html_block" for t in tokens)
    assert rows(noisy, "Lemmas")[2][2] == nasty.replace("\n\n", " ")
    assert "<code>echo `x`</code>" in html(noisy)


def test_an_empty_report_says_so(holding: Report) -> None:
    page = markdown.render({**holding, "lemmas": [], "findings": [], "chains": [], "trust": {}})
    assert page.count("none") >= 2
    assert "no lemmas" in page
    assert "No chain was solved." in page
