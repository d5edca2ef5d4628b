"""One module a kind of evidence; each has ``name``, ``applies(lemma)`` and ``run(lemma, context)``."""

from __future__ import annotations

import importlib
import importlib.util
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from verify.checks.base import Check

_ORDER = ("symbolic", "interval", "precision", "montecarlo", "worstcase")
CHECK_NAMES = tuple(name for name in _ORDER if importlib.util.find_spec(f"verify.checks.{name}"))


def load(name: str) -> Check:
    """The check called ``name``; imported here, so that what needs none of them stays fast."""
    return cast("Check", importlib.import_module(f"verify.checks.{name}"))
