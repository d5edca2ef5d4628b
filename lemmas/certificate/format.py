"""The certificate and its file: JSON in one canonical byte sequence, closed by a SHA-256 digest over all the rest.

Data, labels and weights are hexadecimal floats, which are exact; the bounds are decimals and eta is a fraction, which
mean exactly what they say. The file is read in `lemmas.certificate.read`, for the checker alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from lemmas.model import Array
from verify.formats.canonical import to_json, write_atomically

FORMAT = "exponential-regression-certificate/1"
THEOREM = "kantorovich-drift"
CLAIM = (
    "Gradient descent in exact arithmetic from these weights with this step eta converges to zero loss: "
    "|e(t+1)| <= (1 - rate) |e(t)| and |W(t) - W(0)|_F < radius for every t, "
    "and weights that fit every label exactly lie within radius of the given ones."
)


@dataclass(frozen=True)
class Origin:
    """Where the weights came from; told for reproduction, no part of what is certified."""

    init: str  # "coupled", "independent" or "given"
    seed: int | None
    iterate: int


@dataclass(frozen=True, eq=False)
class Certificate:
    """A proof about one network: X (n, d), y (n,), weights (m, d), signs (m,), the step, two choices and the bounds."""

    X: Array
    y: Array
    weights: Array
    signs: Array
    eta: Fraction
    level: Decimal
    radius: Decimal
    bounds: Mapping[str, Decimal]
    origin: Origin
    fingerprint: str = ""

    @property
    def claim(self) -> str:
        """What the file says it certifies."""
        return CLAIM

    @property
    def rate(self) -> Decimal:
        """The residual shrinks by the factor 1 - rate or more in every step."""
        return self.bounds["rate"]

    def to_bytes(self) -> bytes:
        """The canonical bytes of the file."""
        content = self._content()
        digest = hashlib.sha256(to_json(content).encode()).hexdigest()
        return to_json({**content, "digest": digest}).encode()

    def write(self, path: Path) -> None:
        """Write the file so that a reader sees all of it or nothing. Raises OSError."""
        write_atomically(path, self.to_bytes().decode())

    def _content(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "theorem": {"id": THEOREM, "fingerprint": self.fingerprint},
            "claim": CLAIM,
            "origin": {"init": self.origin.init, "seed": self.origin.seed, "iterate": self.origin.iterate},
            "eta": str(self.eta),
            "level": str(self.level),
            "radius": str(self.radius),
            "bounds": {name: str(value) for name, value in self.bounds.items()},
            "data": [_hex(row) for row in self.X],
            "labels": _hex(self.y),
            "signs": [int(s) for s in self.signs],
            "weights": [_hex(row) for row in self.weights],
        }


def _hex(values: Array) -> list[str]:
    return [float(v).hex() for v in values]
