"""Which versions of what computed a result."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version

NUMERIC = ("numpy", "scipy", "sympy", "mpmath", "python-flint", "z3-solver", "numba")


def versions() -> dict[str, str]:
    """This package, Python, and the libraries whose numbers a result rests on."""
    return {"theorem-verify": _version("theorem-verify"), "python": platform.python_version()} | {
        name: _version(name) for name in NUMERIC
    }


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"
