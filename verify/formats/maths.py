"""LaTeX to MathML, which browsers lay out themselves: no script, no picture."""

from __future__ import annotations

import functools
from html import escape

from math_core import LatexError, LatexToMathML

from verify.formats.text import printable


@functools.lru_cache(maxsize=1024)  # a page that turns out too large is written again, shorter
def to_mathml(latex: str) -> str:
    """Display MathML for a formula (no ``$`` signs); the LaTeX source in ``<code>`` where it cannot be read."""
    try:
        return _converter().convert_with_local_state(printable(latex), displaystyle=True)
    except LatexError:
        return f'<code class="latex">{escape(printable(latex))}</code>'


@functools.cache
def _converter() -> LatexToMathML:
    return LatexToMathML(fancy_error=False)
