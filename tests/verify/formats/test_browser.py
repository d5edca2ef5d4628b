"""The page in a browser: offline, by keyboard, on paper, for a screen reader, in both schemes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from verify.formats import html

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

Report = dict[str, Any]
pytestmark = pytest.mark.browser


@pytest.fixture
def file(report: Report, tmp_path: Path) -> Path:
    path = tmp_path / "report.html"
    path.write_text(html.render(report), encoding="utf-8")
    return path


def opened(browser: Browser, file: Path, **options: Any) -> tuple[Page, list[str]]:
    """The page, and every address it asked for. Without smooth scrolling, so that nothing has to be waited for."""
    page = browser.new_page(**{"reduced_motion": "reduce", **options})
    requested: list[str] = []
    page.on("request", lambda request: requested.append(request.url))
    page.goto(file.as_uri())
    return page, requested


def test_it_opens_offline_and_asks_for_nothing(browser: Browser, file: Path) -> None:
    page, requested = opened(browser, file)
    page.wait_for_load_state("networkidle")
    assert [address for address in requested if not address.startswith("data:font/woff2")] == [file.as_uri()]
    assert page.evaluate("document.fonts.check('16px \"Verify Math\"')")
    assert page.evaluate("[...document.fonts].map((font) => font.status)") == ["loaded"]


def test_the_first_screen_answers_the_three_questions(browser: Browser, file: Path) -> None:
    page, _ = opened(browser, file, viewport={"width": 1280, "height": 800})
    for name in (
        "#verdict",
        "section[aria-labelledby=stands]",
        "section[aria-labelledby=link]",
        "section[aria-labelledby=loose]",
    ):
        box = page.locator(name).bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= 800


def test_a_node_of_the_graph_leads_to_its_card(browser: Browser, file: Path) -> None:
    page, _ = opened(browser, file, viewport={"width": 1280, "height": 800})
    node = page.locator("a[href='#lemma-weight-movement'] .node")
    node.click()
    assert page.url.endswith("#lemma-weight-movement")
    top = page.locator("#lemma-weight-movement").evaluate("(card) => card.getBoundingClientRect().top")
    assert abs(top) < 40


def test_the_keyboard_reaches_the_skip_link_first_and_then_the_graph(browser: Browser, file: Path) -> None:
    page, _ = opened(browser, file)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.locator(".skip").bounding_box()["x"] >= 0  # type: ignore[index]  # it is on the page
    page.locator("svg a[href='#lemma-one-plus-x']").focus()
    page.keyboard.press("Enter")
    assert page.url.endswith("#lemma-one-plus-x")


def test_every_formula_is_laid_out_as_mathematics(browser: Browser, report: Report, file: Path) -> None:
    page, _ = opened(browser, file)
    for entry in report["lemmas"]:
        formula = page.locator(f"#lemma-{entry['id']} .maths math")
        assert formula.count() == 1
        box = formula.bounding_box()
        assert box is not None
        assert box["width"] > 20
        assert box["height"] > 10
    # A fraction is laid out as one only if MathML is understood: its parts stand one above the other.
    parts = page.locator("#lemma-gram-lower-tail mfrac > *")
    top, bottom = (parts.nth(k).evaluate("(part) => part.getBoundingClientRect().bottom") for k in (0, 1))
    assert top < bottom


@pytest.mark.parametrize(
    ("scheme", "width"),
    [
        ("light", 1280),
        ("dark", 400),
        pytest.param("light", 400, marks=pytest.mark.slow),
        pytest.param("dark", 1280, marks=pytest.mark.slow),
    ],
)
def test_axe_finds_nothing(browser: Browser, report: Report, file: Path, scheme: str, width: int) -> None:
    report["chains"][0]["whatif"] = QUADRATIC
    file.write_text(html.render(report), encoding="utf-8")
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
    page, _ = opened(browser, file, color_scheme=scheme, viewport={"width": width, "height": 800})
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    found = axe.Axe().run(page, options={"runOnly": {"type": "tag", "values": rules}})
    assert found.violations_count == 0, found.generate_report()
    passed = {entry["id"] for entry in found.response["passes"]}
    assert {"color-contrast", "region", "landmark-one-main", "heading-order", "bypass"} <= passed


def test_a_narrow_page_does_not_scroll_sideways(browser: Browser, report: Report, file: Path) -> None:
    report["chains"][0]["whatif"] = QUADRATIC
    file.write_text(html.render(report), encoding="utf-8")
    page, _ = opened(browser, file, viewport={"width": 400, "height": 800})
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth") <= 400


def test_a_picture_that_is_cut_says_so(browser: Browser, file: Path) -> None:
    for width, shown in ((400, True), (1280, False)):
        page, _ = opened(browser, file, viewport={"width": width, "height": 800})
        assert [hint.is_visible() for hint in page.locator(".hint").all()] == [shown, shown]
        cut = page.get_by_label("Picture of the widths").evaluate("(box) => box.scrollWidth > box.clientWidth")
        assert cut is shown
        shades = page.evaluate(
            "[...document.querySelectorAll('.scroll')].map((box) => getComputedStyle(box).backgroundImage)"
        )
        assert len(shades) > 10
        assert all(shade.count("linear-gradient") == 4 for shade in shades)  # two at each end, one of them a cover


def test_paper_is_light_and_shows_what_is_folded(browser: Browser, file: Path) -> None:
    page, _ = opened(browser, file, color_scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(27, 28, 30)"
    step = page.locator("#lemma-exp-first-order .steps li").first
    assert step.bounding_box()["height"] > 5  # type: ignore[index]  # folded steps have no box
    assert not page.locator("nav").is_visible()


def test_a_page_without_open_chains_has_no_script(browser: Browser, file: Path) -> None:
    page, _ = opened(browser, file)
    assert page.locator("script").count() == 0
    assert page.locator("#whatif").count() == 0


def test_the_what_if_solves_the_chain_and_asks_for_nothing(browser: Browser, report: Report, tmp_path: Path) -> None:
    report["chains"][0]["whatif"] = QUADRATIC
    file = tmp_path / "report.html"
    file.write_text(html.render(report), encoding="utf-8")
    page, requested = opened(browser, file)
    place = page.locator("#whatif-place")
    assert place.locator("tr[data-m]").count() == 1
    assert place.locator("tr[data-m]").get_attribute("data-m") == "18"  # u = 9, so 2 m^2 >= 648
    page.get_by_label("Value", exact=True).fill("3.5")
    assert place.locator("tr[data-m]").get_attribute("data-m") == "14"  # 3.5 m^2 >= 648: m >= 13.6
    assert "python -m verify audit gram-perturbation --set C=3.5" in place.inner_text()
    assert "Sharp: 2*(exp(1) - 1), in" in place.inner_text()
    page.get_by_label("Value", exact=True).fill("-1")
    assert "positive as the stated one is" in place.inner_text()
    assert [address for address in requested if not address.startswith("data:")] == [file.as_uri()]


def test_the_what_if_says_where_no_width_suffices(browser: Browser, report: Report, tmp_path: Path) -> None:
    never = {"lemma": "gram-perturbation", "name": "never", "low": 2.0, "high": 1.0}
    report["chains"][0]["whatif"] = {**QUADRATIC, "requirements": [never]}
    file = tmp_path / "report.html"
    file.write_text(html.render(report), encoding="utf-8")
    page, _ = opened(browser, file)
    assert page.locator("#whatif-place tr[data-m]").get_attribute("data-m") == "none"


QUADRATIC = {
    "width": "m",
    "multiple": 2,
    "constants": {"gram-perturbation.C": 2.0},
    "unknowns": [{"name": "u", "side": "least", "bounds": [["*", 3.0, "n"], "later", 1.0]}],
    "tuned": {},
    "requirements": [
        {"lemma": "gram-perturbation", "name": "square",
         "low": ["*", "u", ["+", ["pow", "u", 2.0], ["*", -1.0, 9.0]]],
         "high": ["*", "gram-perturbation.C", ["pow", "m", 2.0]]},
    ],
    "cases": {"sphere-5x3": {"n": 3.0}},
}  # fmt: skip
