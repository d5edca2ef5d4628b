"""The certified width: the least at which one run of gradient descent comes to provably converging weights.

A fact about the start that a seed draws, not about a probability; the certificate is re-verified before it counts.
"""

from __future__ import annotations

import numpy as np

from lemmas.certificate.check import Valid, check_bytes
from lemmas.certificate.format import Certificate
from lemmas.certificate.prove import certify
from lemmas.data import DataSet, Floats
from lemmas.simulation.observe import STEPS
from lemmas.simulation.simulate import Init
from verify.stats.streams import stream

LARGEST = 64  # neurons: wider networks are not tried


def certified_width(points: DataSet, init: Init, seed: int, *, largest: int = LARGEST) -> int | None:
    """The least m of at most ``largest`` with a certificate within STEPS steps of the float run from seed's start.

    Each m that the rank of X allows is tried, for one that succeeds says nothing about the next. Without labels they
    are random signs, drawn from the seed. None if no certificate was obtained.
    """
    y = points.y if points.y is not None else stream(seed, "certified", points.name, 0).choice([-1.0, 1.0], points.n)
    copies = 2 if init == "coupled" else 1  # a coupled start has two neurons for each Gaussian vector
    least = copies * -(-points.n // int(np.linalg.matrix_rank(points.X)))
    widths = range(least, largest + 1, copies)
    return next((m for m in widths if _obtained(points.X, y, m, init, seed)), None)


def _obtained(X: Floats, y: Floats, m: int, init: Init, seed: int) -> bool:
    found = certify(X, y, width=m, init=init, seed=seed, max_steps=STEPS)
    return isinstance(found, Certificate) and isinstance(check_bytes(found.to_bytes()), Valid)
