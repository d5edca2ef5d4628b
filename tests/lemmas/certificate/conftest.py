"""Small networks and their certificates."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from lemmas.certificate.format import Certificate
from lemmas.certificate.prove import certify
from lemmas.model import Array

Problem = Callable[..., tuple[Array, Array]]


def sphere_problem(n: int, d: int, seed: int, scale: float = 1.0) -> tuple[Array, Array]:
    """n random points of norm `scale` up to rounding, and labels: uniform for even seeds, signs for odd ones."""
    rng = np.random.default_rng(1000 + seed)
    X = rng.standard_normal((n, d))
    X *= scale / np.linalg.norm(X, axis=1, keepdims=True)
    return X, rng.choice([-1.0, 1.0], n) if seed % 2 else rng.uniform(-1, 1, n)


@pytest.fixture(scope="session")
def problem() -> Problem:
    return sphere_problem


@pytest.fixture(scope="session")
def certificate() -> Certificate:
    """n = d = 2, m = 4, coupled, |x_i| = 1.5, with damped neurons."""
    found = certify(*sphere_problem(2, 2, 4, scale=1.5), width=4, seed=1, fingerprint="ab12")
    assert isinstance(found, Certificate)
    return found


@pytest.fixture
def content(certificate: Certificate) -> dict[str, Any]:
    """What the file of `certificate` says, to tamper with."""
    parsed: dict[str, Any] = json.loads(certificate.to_bytes())
    return parsed


@pytest.fixture(scope="session")
def seal() -> Callable[[dict[str, Any]], bytes]:
    """The canonical bytes of a content, with the right digest."""

    def sealed(content: dict[str, Any]) -> bytes:
        unsigned = {name: value for name, value in content.items() if name != "digest"}
        text = json.dumps(unsigned, sort_keys=True, ensure_ascii=False, indent=1) + "\n"
        signed = {**unsigned, "digest": hashlib.sha256(text.encode()).hexdigest()}
        return (json.dumps(signed, sort_keys=True, ensure_ascii=False, indent=1) + "\n").encode()

    return sealed
