"""The colours: readable by the WCAG's own formula, in both schemes."""

from __future__ import annotations

import pytest

from verify.formats import palette, words
from verify.formats.palette import DARK, LIGHT, Tone


def luminance(colour: str) -> float:
    """Relative luminance of an sRGB colour (WCAG 2.1)."""
    parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_formula_gives_21_for_black_on_white() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
def test_text_and_lines_stand_out(scheme: dict[str, Tone]) -> None:
    for name, tone in scheme.items():
        if name not in ("claim",):
            assert contrast(tone.ink, tone.fill) >= 4.5, name
    for name in words.WORST_FIRST:
        assert contrast(scheme[name].line, scheme["panel"].fill) >= 3, name
    for surface in ("page", "panel", "quiet"):
        for ink in ("page", "quiet", "link", "claim", "seen"):
            assert contrast(scheme[ink].ink, scheme[surface].fill) >= 4.5, (ink, surface)


def test_both_schemes_colour_the_same_things_and_the_style_sheet_has_them_all() -> None:
    assert set(LIGHT) == set(DARK) > set(words.WORST_FIRST)
    for name in LIGHT:
        assert palette.css().count(f"--{name}-fill:") == 2
