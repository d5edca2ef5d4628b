"""Theorem checking: statements, proofs and evidence. ``__all__`` is the public API, imported when first used."""

from __future__ import annotations

import importlib
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from verify.errors import BadInput
    from verify.lemma import Lemma, Search
    from verify.pack import Pack
    from verify.proof import Fact, Proof, StepFailed
    from verify.relations import Relation, eq, ge, gt, le, lt
    from verify.statement import Constant, Domain, Quantity, Size, StatementError, const, integer, positive, real
    from verify.verdict import Evidence, Margin, Verdict

STARTED = time.time()  # a file that is older still is as it was when anything of this package or a pack was imported

__all__ = [
    "BadInput",
    "Constant",
    "Domain",
    "Evidence",
    "Fact",
    "Lemma",
    "Margin",
    "Pack",
    "Proof",
    "Quantity",
    "Relation",
    "Search",
    "Size",
    "StatementError",
    "StepFailed",
    "Verdict",
    "const",
    "eq",
    "ge",
    "gt",
    "integer",
    "le",
    "lt",
    "positive",
    "real",
]

_NAMES = {
    "errors": "BadInput",
    "lemma": "Lemma Search",
    "pack": "Pack",
    "proof": "Fact Proof StepFailed",
    "relations": "Relation eq ge gt le lt",
    "statement": "Constant Domain Quantity Size StatementError const integer positive real",
    "verdict": "Evidence Margin Verdict",
}
HOME = {name: module for module, names in _NAMES.items() for name in names.split()}


def __getattr__(name: str) -> Any:
    """Import the module a public name lives in: `python -m verify list` must not pay for SymPy."""
    if name not in HOME:
        raise AttributeError(f"module 'verify' has no attribute {name!r}")
    return getattr(importlib.import_module(f"verify.{HOME[name]}"), name)
