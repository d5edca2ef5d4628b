"""Letters for proofs of no paper in particular: sizes, indices, families, numbers, two matrices."""

from __future__ import annotations

import sympy as sp

from verify import Quantity, integer, positive, real
from verify.proof import Index, Inner, gaussians, scalars, total, vectors
from verify.proof.terms import Mat, data

n, m = Quantity("n", integer(1)), Quantity("m", integer(1))
T = Quantity("T", integer(1))
i, j, k = Index("i", n), Index("j", n), Index("k", n)
r, t = Index("r", m), Index("t", T)
one, other = Index("one", 1), Index("other", 1)
x, w, g = data("X"), vectors("W"), gaussians("G")
f, c = scalars("f"), scalars("c")
a, b = Quantity("a", real()), Quantity("b", real())
p, z = Quantity("p", real(0)), Quantity("z", real())
level = Quantity("level", positive())
product = Mat("P", sp.Lambda((i, j), total(Inner(w(r), x(i)) * Inner(w(r), x(j)), r)))
skew = Mat("skew", sp.Lambda((i, j), f(i) - f(j)))
