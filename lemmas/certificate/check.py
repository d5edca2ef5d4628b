"""Re-verify a certificate from its file alone.

This shares nothing with the prover but the number type: its own reader, its own formulas (the theorem is stated in
`lemmas.certificate.bounds`), and another algorithm for eigenvalues: a matrix is positive definite if interval Gaussian
elimination meets positive pivots only (Sylvester), at twice the prover's precision. Every stated bound is recomputed,
and none may be better than what can be proved here; the closing inequality is then verified from the stated bounds.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from flint import arb, arb_mat, ctx, fmpq

from lemmas.certificate.read import CLAIM, THEOREM, Refused, Stated, read, require

PRECISION = 256


@dataclass(frozen=True)
class Valid:
    """Every inequality of the file was proved again; this is what it certifies, of n points in R^d and m neurons."""

    n: int
    d: int
    m: int
    iterate: int
    eta: Fraction
    radius: Decimal
    rate: Decimal
    fingerprint: str
    digest: str
    theorem: str = THEOREM
    claim: str = CLAIM

    def __bool__(self) -> bool:
        raise TypeError("a result is not a truth value: ask isinstance(result, Valid)")


@dataclass(frozen=True)
class Rejected:
    """The file certifies nothing, and why."""

    reason: str

    def __bool__(self) -> bool:
        raise TypeError("a result is not a truth value: ask isinstance(result, Valid)")


def check(path: Path, fingerprint: str | None = None) -> Valid | Rejected:
    """Verify the certificate in the file; with `fingerprint`, also that it cites that statement of the theorem.

    Raises OSError if the file cannot be read; whatever it contains, the answer is Valid or Rejected.
    """
    return check_bytes(Path(path).read_bytes(), fingerprint)


def check_bytes(raw: bytes, fingerprint: str | None = None) -> Valid | Rejected:
    """Verify the bytes of a certificate; as `check`."""
    try:
        stated = read(raw)
        cited = stated.fingerprint
        if fingerprint is not None:
            require(cited == fingerprint, f"it cites another statement of {THEOREM} (fingerprint {cited or 'none'})")
        with ctx.workprec(PRECISION):
            _verify(stated)
    except Refused as refusal:
        return Rejected(str(refusal))
    n, d, m = len(stated.X), len(stated.X[0]), len(stated.W)
    rate = stated.bounds["rate"]
    return Valid(n, d, m, stated.iterate, stated.eta, stated.radius, rate, cited, stated.digest)


# --- the inequalities -------------------------------------------------------------------------------------------------


def _verify(net: Stated) -> None:
    """Refuses unless every stated bound and the closing inequality are proved in balls."""
    stated = {name: _ball(value) for name, value in net.bounds.items()}
    X, W = arb_mat(net.X), arb_mat(net.W)
    G, Z = X * X.transpose(), (X * W.transpose()).tolist()
    _verify_data(G, stated)
    _verify_weights(net, G, Z, stated)
    _verify_residual(net, Z, stated)
    _verify_consequences(net, stated)


def _verify_data(G: arb_mat, stated: dict[str, arb]) -> None:
    n, nu, n4 = G.nrows(), stated["nu"], stated["n4"]
    require(nu > 0 and n4 > 0, "nu and n4 must be positive")
    require(all(nu * nu >= G[i, i] for i in range(n)), "nu is smaller than the norm of a data point")
    squares = arb_mat(n, n, [g * g for g in G.entries()])
    require(_positive_definite(_shift(n4 * n4, squares)), "n4 is smaller than |G o G|^(1/2)")


def _verify_weights(net: Stated, G: arb_mat, Z: list[list[arb]], stated: dict[str, arb]) -> None:
    tops = [_largest(column) for column in zip(*Z, strict=True)]
    require(all(stated["top"] >= t for t in tops), "top is smaller than a preactivation <w_r, x_i>")
    features = [[z.exp() for z in row] for row in Z]
    norm = stated["jacobian_norm"]
    gram = _hadamard_gram(G, features)
    require(norm > 0 and _positive_definite(_shift(norm * norm, gram)), "jacobian_norm is smaller than |J(W)|")
    level = _ball(net.level)
    damping = [(level - t).min(arb(0)).exp() for t in tops]
    damped = [[e * s for e, s in zip(row, damping, strict=True)] for row in features]
    rest = _shift(-stated["sigma0_squared"], -_hadamard_gram(G, damped))
    require(_positive_definite(rest), "sigma0_squared is larger than the smallest eigenvalue of the damped J J^T")


def _verify_residual(net: Stated, Z: list[list[arb]], stated: dict[str, arb]) -> None:
    square = arb(0)
    for label, row in zip(net.y, Z, strict=True):
        e = arb(label) - sum((s * z.exp() for s, z in zip(net.signs, row, strict=True)), arb(0))
        square += e * e
    residual = stated["residual"]
    require(residual > 0 and residual * residual >= square, "residual is smaller than |y - F(W)|")


def _verify_consequences(net: Stated, stated: dict[str, arb]) -> None:
    """What follows from the stated bounds by scalar arithmetic: derived bounds, and the closing inequality."""
    eta, s, nu, residual = _ball(net.eta), _ball(net.radius), stated["nu"], stated["residual"]
    require(eta > 0 and s > 0, "eta and radius must be positive")
    require(stated["sigma0_squared"] > 0, "sigma0_squared must be positive")
    sigma, stretch = stated["sigma0_squared"].sqrt(), ((nu * s).exp() - 1) / nu
    L, curvature, beta = stated["L"], stated["curvature"], stated["beta"]
    drift = stated["n4"] * stated["top"].exp()
    require(L >= stated["n4"] * _ball(net.level).exp(), "L is smaller than n4 exp(level)")
    require(curvature >= drift * (nu * s).exp(), "curvature is smaller than n4 exp(top + nu radius)")
    require(beta >= stated["jacobian_norm"] + drift * stretch, "beta is smaller than the bound on |J| over the ball")
    c, end, reach = stated["c"], stated["sigma_end"], stated["reach"]
    require(c <= 1 - eta * beta * beta / 2 - eta * curvature * residual / 2, "c is larger than the stated bounds give")
    require(end <= sigma - L * stretch, "sigma_end is larger than the stated bounds give")
    require(reach <= sigma * s - L * (stretch - s) / nu, "reach is larger than the stated bounds give")
    require(c > 0 and end > 0, "c and sigma_end must be positive")
    require(c * reach > residual, "the closing inequality c * reach > residual fails")
    require(stated["rate"] > 0, "rate must be positive")
    require(stated["rate"] <= eta * c * end * end, "rate is larger than eta c sigma_end^2")


def _ball(value: Fraction | Decimal) -> arb:
    return arb(fmpq(*value.as_integer_ratio()))


def _largest(values: tuple[arb, ...]) -> arb:
    result = values[0]
    for v in values[1:]:
        result = result.max(v)
    return result


def _hadamard_gram(G: arb_mat, features: list[list[arb]]) -> arb_mat:
    """G o (E E^T), which is J J^T."""
    E = arb_mat(features)
    products = E * E.transpose()
    return arb_mat(G.nrows(), G.nrows(), [g * p for g, p in zip(G.entries(), products.entries(), strict=True)])


def _shift(t: arb, S: arb_mat) -> arb_mat:
    """t I - S."""
    n = S.nrows()
    return arb_mat([[(t if i == j else 0) - S[i, j] for j in range(n)] for i in range(n)])


def _positive_definite(S: arb_mat) -> bool:
    """True only if every symmetric matrix in the balls is: positive pivots in elimination, by blocks of halves."""
    n = S.nrows()
    if n == 1:
        return S[0, 0] > 0
    rows, h = S.tolist(), n // 2
    corner, side = arb_mat([row[:h] for row in rows[:h]]), arb_mat([row[h:] for row in rows[:h]])
    if not _positive_definite(corner):
        return False
    try:
        complement = arb_mat([row[h:] for row in rows[h:]]) - side.transpose() * corner.solve(side)
    except ZeroDivisionError:
        return False
    return _positive_definite(complement)
