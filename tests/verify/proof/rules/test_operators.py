"""Functions of matrices in the Loewner order: true on random matrices, the tail against a law that is known."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from verify import Quantity, integer, le, positive, real
from verify.proof import Fact, Index, Inner, StepFailed, assume, bound, certified, gaussians, in_domain, rules, total
from verify.proof.evaluate import evaluate, violation
from verify.proof.terms import (
    Entry,
    Expect,
    LambdaMin,
    Mat,
    MeanExcess,
    SpectralExcess,
    TracePower,
    data,
    rademachers,
    scalars,
    vectors,
)

n, q, J = Quantity("n", integer(1)), Quantity("q", integer(1)), Quantity("J", integer(1))
i, j, o, h, l, r = (Index(name, n) for name in ("i", "j", "o", "h", "l", "r"))
k, s = Index("k", J), Index("s", q)
x, v, g, e = data("X"), vectors("V"), gaussians("G"), rademachers("e")
f, t, c, u = scalars("f"), scalars("t"), scalars("c"), scalars("u")
z, theta, tau = Quantity("z", real(0)), Quantity("theta", positive()), Quantity("tau", real())
a, b = Quantity("a", real()), Quantity("b", real())


def matrix(name: str, entry: sp.Expr) -> Mat:
    found: Mat = Mat(name, sp.Lambda((i, j), entry))
    return found


row = total(f(l) * t(i, l) * v(l), l)  # a_i, a combination of vectors
other = total(f(r) * t(j, r) * v(r), r)
gram = matrix("gram", Inner(row, other))
point = total(c(h) * t(h, i) * v(h), h)
renamed = ((l, r), (h, Index("w", n)))
psd = rules.gram_is_psd(gram, row, i, j, (l, r))
letters = (Index("o", n), Index("y", n))
resolvent = rules.resolvent_above(gram, row, point, t(o, i) * f(o), theta, z, i, j, *letters, *renamed)
tangent = rules.tangent_above(gram, t(i, j), theta, z, psd, i, j, *letters)
order = certified(le(sp.exp(-z), 1 / (1 + z + z**2 / 2)), {z: z.domain})
falls = bound(sp.exp(-theta * z), "<=", 1 / (1 + theta * z + theta**2 * z**2 / 2), order_at := None) if False else None
scaled = rules.transfer_order(
    assume(le(sp.exp(-theta * z), 1 / (1 + theta * z + theta**2 * z**2 / 2))), z, resolvent, psd
) if False else None
