"""How ``maths.woff2`` was made: a subset of Latin Modern Math, renamed as its licence asks of modified copies.

    pip install fonttools brotli; apt-get install fonts-lmodern
    python make_maths_font.py latinmodern-math.otf maths.woff2

Kept are the letters of mathematical English (italic, Greek, script and double-struck capitals), the operators below,
and whatever larger forms of them the MATH table names. Dropped are the separate drawings for subscripts (``ssty``):
they would double the size. The licence lies beside the font (GUST-FONT-LICENSE.txt).
"""

from __future__ import annotations

import sys

from fontTools import subset  # type: ignore[import-untyped,import-not-found,unused-ignore]
from fontTools.ttLib import TTFont  # type: ignore[import-untyped,import-not-found,unused-ignore]

NAME = "Verify Math"
RANGES = (
    (0x20, 0x7E),  # ASCII
    (0x391, 0x3A9),  # Greek
    (0x3B1, 0x3C9),
    (0x1D434, 0x1D467),  # mathematical italic
    (0x1D49C, 0x1D4B5),  # script capitals
    (0x1D538, 0x1D551),  # double-struck capitals
    (0x1D6E2, 0x1D71B),  # mathematical italic Greek
)
SINGLES = (
    "\u00a0\u00ac\u00b1\u00b7\u00d7\u00f7\u02c6\u02dc\u00af\u03d1\u03d5\u03d6\u03f0\u03f1\u03f5\u2013\u2014\u2016"
    "\u2020\u2026\u2032\u2033\u2061\u2062\u2063ℂℋℎℐℒℓℕℙℚℛℝℤℬℰℱℳ←↑→↓↔↦⇐⇒⇔∀∂∃∅∇∈∉∏∑−∓∕∖∘∙√∝∞∣∥∧∨∩∪∫∼≃≅≈≔≠≡≤≥≪≫≺≻⊀⊁⊂⊆⊕⊗⊙⊤⊥"
    "⋀⋁⋂⋃⋅⋠⋡⋮⋯⋱⌈⌉⌊⌋⏞⏟⟨⟩⨁⨂⩽⩾⪯⪰𝟙\u0302\u0303\u0304\u0305\u0307\u0308\u030c\u0338\u20d7"
)


def make(source: str, target: str) -> None:
    """Write the subset of the font file ``source`` to ``target``."""
    font = TTFont(source, recalcTimestamp=False)
    options = subset.Options(layout_features=["dtls", "flac", "kern"], hinting=False, name_IDs=[0, 1, 2, 4, 6, 13, 14],
                             desubroutinize=True)  # outlines written out compress better  # fmt: skip
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=[*map(ord, SINGLES), *(code for a, b in RANGES for code in range(a, b + 1))])
    subsetter.subset(font)
    for record in font["name"].names:
        if record.nameID in (1, 4):
            record.string = NAME
        elif record.nameID == 6:
            record.string = NAME.replace(" ", "")
    cff = font["CFF "].cff
    cff.fontNames = [NAME.replace(" ", "")]
    cff.topDictIndex[0].FullName = cff.topDictIndex[0].FamilyName = NAME
    font.flavor = "woff2"
    font.save(target)


if __name__ == "__main__":
    make(*sys.argv[1:])
