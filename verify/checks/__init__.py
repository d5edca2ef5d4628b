"""One module a kind of evidence; each has ``name``, ``applies(lemma)`` and ``run(lemma, context)``."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from verify.checks.base import Check

CHECK_NAMES = ("symbolic", "interval", "engines", "precision", "montecarlo", "worstcase", "vacuity", "display")


def load(name: str) -> Check:
    """The check called ``name``; imported here, so that what needs none of them stays fast."""
    return cast("Check", importlib.import_module(f"verify.checks.{name}"))
