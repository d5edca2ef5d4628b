"""Toy lemmas, written to a folder as a user would write them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

HEADER = '''"""{title}"""

{preamble}
from verify import Lemma, Quantity, const, eq, le, positive, real
from verify.proof import algebra

x = Quantity("x", real())
C = const("C", {constant})


def proof(p):
    {action}
    return p.conclude(algebra(p.goal.left, p.goal.right))


lemma = Lemma(eq((x + 1) ** 2, x**2 + C * x + 1), uses={uses!r}, proof=proof{extra})
'''

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """write("toys/square", uses=(), constant=2, ...) makes a lemma file in a group folder and returns its path."""

    def make(
        place: str,
        *,
        title: str = "The square of a sum.",
        constant: object = 2,
        uses: tuple[str, ...] = (),
        action: str = "pass",
        preamble: str = "",
        extra: str = "",
    ) -> Path:
        path = tmp_path / "claims" / f"{place.replace('-', '_')}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        text = HEADER.format(
            title=title, constant=constant, uses=uses, action=action, preamble=preamble, extra=extra and f", {extra}"
        )
        path.write_text(text, encoding="utf-8")
        return path

    return make


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No test reads or writes the user's cache."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("VERIFY_CACHE", str(folder))
    return folder
