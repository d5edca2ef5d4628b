"""The page in a browser: offline, by keyboard, on paper, for a screen reader, in both schemes."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from verify.formats import html

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

Report = dict[str, Any]
pytestmark = pytest.mark.browser

CHROMIUM = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None
)
QUIET = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-component-update", "--disable-background-networking"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    api = pytest.importorskip(
        "playwright.sync_api", reason="playwright is not installed (pip install theorem-verify[browser])"
    )
    executable = os.environ.get("VERIFY_BROWSER", CHROMIUM)
    if executable is None:
        pytest.skip("no chromium on the PATH and VERIFY_BROWSER is not set")
    with api.sync_playwright() as play:
        running = play.chromium.launch(executable_path=executable, args=QUIET)
        yield running
        running.close()


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
def test_axe_finds_nothing(browser: Browser, file: Path, scheme: str, width: int) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
    page, _ = opened(browser, file, color_scheme=scheme, viewport={"width": width, "height": 800})
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    found = axe.Axe().run(page, options={"runOnly": {"type": "tag", "values": rules}})
    assert found.violations_count == 0, found.generate_report()
    passed = {entry["id"] for entry in found.response["passes"]}
    assert {"color-contrast", "region", "landmark-one-main", "heading-order", "bypass"} <= passed


def test_a_narrow_page_does_not_scroll_sideways(browser: Browser, file: Path) -> None:
    page, _ = opened(browser, file, viewport={"width": 400, "height": 800})
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth") <= 400


def test_paper_is_light_and_shows_what_is_folded(browser: Browser, file: Path) -> None:
    page, _ = opened(browser, file, color_scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(27, 28, 30)"
    step = page.locator("#lemma-exp-first-order .steps li").first
    assert step.bounding_box()["height"] > 5  # type: ignore[index]  # folded steps have no box
    assert not page.locator("nav").is_visible()


def test_the_what_if_table_answers(browser: Browser, report: Report, tmp_path: Path) -> None:
    options = [
        {"value": "4", "verdict": "proved", "note": "", "widths": {"classical, sphere": "2.1e22"}},
        {"value": "3", "verdict": "refuted", "note": "equal points", "widths": {"classical, sphere": "1.1e22"}},
    ]
    data = {"constants": [{"name": "gram-perturbation.C", "stated": "4", "options": options}]}
    file = tmp_path / "report.html"
    file.write_text(html.render(report, whatif=data), encoding="utf-8")
    page, requested = opened(browser, file)
    page.get_by_label("Value").select_option(label="3")
    place = page.locator("#whatif-place")
    assert "gram-perturbation.C = 3: refuted. equal points" in place.inner_text()
    assert place.locator("tbody tr, table tr").last.inner_text().split("\t") == [
        "classical, sphere",
        "2.1e22",
        "1.1e22",
    ]
    assert [address for address in requested if not address.startswith("data:")] == [file.as_uri()]
