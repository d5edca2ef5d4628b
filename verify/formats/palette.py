"""The colours of the eight words, once, for pages, pictures and diagrams, in a light and a dark scheme."""

from __future__ import annotations

from typing import NamedTuple

from verify.formats.words import WORST_FIRST


class Tone(NamedTuple):
    """A background, the text that is readable on it (WCAG AA), and the line that sets it off from the page."""

    fill: str
    ink: str
    line: str


LIGHT = {
    "proved": Tone("#d9f0df", "#0f4d22", "#1f7a3d"),
    "certified": Tone("#d6ecf2", "#0b4657", "#17718c"),
    "supported": Tone("#e3e6fa", "#2c2f80", "#4a50b5"),
    "inconclusive": Tone("#fdf0c7", "#5c4300", "#8a6600"),
    "refuted": Tone("#fbdcd9", "#7c1410", "#c2281f"),
    "blocked": Tone("#f7e0ee", "#701a4c", "#a83274"),
    "error": Tone("#fde3cf", "#6f3200", "#b35600"),
    "not-run": Tone("#e8e8e6", "#44464a", "#6b6e73"),
    "page": Tone("#fcfcfa", "#1b1c1e", "#6b6e73"),
    "panel": Tone("#ffffff", "#1b1c1e", "#d5d5d0"),
    "quiet": Tone("#f1f1ee", "#54575c", "#d5d5d0"),
    "link": Tone("#e8eefc", "#1a4fa3", "#1a4fa3"),
    "claim": Tone("#2a5db0", "#1f4788", "#2a5db0"),
    "seen": Tone("#fff4e8", "#8a4300", "#b35600"),
}

DARK = {
    "proved": Tone("#143d22", "#b7eac5", "#57b877"),
    "certified": Tone("#0f3a47", "#aee0ee", "#4fb0cc"),
    "supported": Tone("#2a2d63", "#cfd3fb", "#8f96ea"),
    "inconclusive": Tone("#463708", "#f6dd94", "#cfa42f"),
    "refuted": Tone("#571a16", "#fbc9c4", "#f0685e"),
    "blocked": Tone("#4c1a38", "#f5c6de", "#dd74ad"),
    "error": Tone("#512b0b", "#fbd0ac", "#e8924a"),
    "not-run": Tone("#333539", "#c9cbce", "#8f9297"),
    "page": Tone("#141619", "#e8e8e5", "#8f9297"),
    "panel": Tone("#1b1e22", "#e8e8e5", "#3a3e44"),
    "quiet": Tone("#24272c", "#b4b7bb", "#3a3e44"),
    "link": Tone("#1d2c48", "#9cc1ff", "#9cc1ff"),
    "claim": Tone("#7fb0ff", "#a9c9ff", "#7fb0ff"),
    "seen": Tone("#33230f", "#f5b878", "#e8924a"),
}


def variables(scheme: dict[str, Tone]) -> str:
    """The scheme as CSS custom properties: ``--proved-fill``, ``--proved-ink``, ``--proved-line`` and so on."""
    return " ".join(
        f"--{name}-{part}: {colour};" for name, tone in scheme.items() for part, colour in tone._asdict().items()
    )


def css() -> str:
    """The custom properties of both schemes (paper is always light), and the look of a verdict in running text."""
    words = "\n".join(
        f".badge.v-{name} {{ background: var(--{name}-fill); color: var(--{name}-ink); }}"
        f" .badge.v-{name}, .hero.v-{name} {{ border-color: var(--{name}-line); }}"
        for name in WORST_FIRST
    )
    dark = f"@media screen and (prefers-color-scheme: dark) {{ :root {{ {variables(DARK)} }} }}"
    return f":root {{ color-scheme: light dark; {variables(LIGHT)} }}\n{dark}\n{words}\n"
