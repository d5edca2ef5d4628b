"""Train one network in floats, and prove of an iterate that gradient descent in exact arithmetic converges from there.

The theorem and its inequalities stand in `lemmas.certificate.bounds`. Floats choose the level and the radius; balls
then bound every quantity, each bound is rounded outwards to a decimal with a margin of 1e-9 (so that another algorithm
can confirm it), and the closing inequality is verified from those decimals alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
from flint import arb, ctx, fmpq

from lemmas import model
from lemmas.certificate import bounds
from lemmas.certificate.bounds import Measures, Network
from lemmas.certificate.format import Certificate, Origin
from lemmas.certificate.train import Checkpoint, TrainingStopped, draw_start, train
from lemmas.model import Array
from verify.balls.eigen import EnclosureError
from verify.balls.exact import from_decimal, lower_decimal, upper_decimal

PRECISION = 128  # bits of the prover's balls
DIGITS = 12  # of the stated decimals
MARGIN = fmpq(1, 10**9)  # by which a bound is stated worse than it was proved
PRETEST_SLACK = 1e-6  # by which floats must see the closing inequality hold before balls are asked
MAX_STEPS = 200_000

_DROPS = (0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 2.5, 3.0)  # levels tried, below the largest preactivation
_SMALLER_STEPS = (1, 4, 16, 64)  # an automatic step may be certified divided by one of these
_GRID = 64
_HUGE = 10**300


@dataclass(frozen=True)
class NotObtained:
    """No certificate, and why; this says nothing about whether gradient descent converges."""

    reason: str

    def __bool__(self) -> bool:
        raise TypeError("a result is not a truth value: ask isinstance(result, Certificate)")


@dataclass(frozen=True)
class Plan:
    """What floats chose; any choice is sound."""

    eta: Fraction
    level: Decimal
    radius: Decimal
    rate: float


def certify(
    X: Array,
    y: Array,
    W0: Array | None = None,
    signs: Array | None = None,
    *,
    width: int | None = None,
    init: str = "coupled",
    seed: int = 0,
    iterate: int | None = None,
    eta: Fraction | None = None,
    fingerprint: str = "",
    max_steps: int = MAX_STEPS,
    progress: Callable[[str], None] = lambda message: None,
) -> Certificate | NotObtained:
    """A certificate for the first checkpoint of a float run at which the proof succeeds, or for `iterate` alone.

    X (n, d) and y (n,); the start is W0 (m, d) with signs (m,), or is drawn: `width` neurons by `init` from `seed`.
    With `eta` both the run and the certified descent take that step; without, the step is chosen from |J|.
    Raises ValueError for shapes that do not match, numbers that are not finite, or an unusable width, init or eta.
    """
    if (W0 is None) != (signs is None) or (W0 is None) == (width is None):
        raise ValueError("give either W0 and signs, or a width")
    origin = Origin("given", None, 0) if width is None else Origin(init, seed, 0)
    if width is not None:
        W0, signs = draw_start(np.shape(X)[-1], width, init, seed)
    _check_options(iterate, eta, fingerprint)
    net = _checked(Network(*(np.array(A, dtype=np.float64) for A in (X, y, W0, signs))))
    if (hopeless := _too_narrow(net)) is not None:
        return NotObtained(hopeless)
    points = train(net, eta, max_steps if iterate is None else iterate)
    return _first(points, iterate or 0, lambda p: prove_at(p, eta is not None, origin, fingerprint), progress)


def _check_options(iterate: int | None, eta: Fraction | None, fingerprint: str) -> None:
    if eta is not None and not (0 < eta and max(eta.numerator, eta.denominator) < _HUGE):
        raise ValueError("eta must be positive, with less than 300 digits above and below the fraction bar")
    if iterate is not None and iterate < 0:
        raise ValueError(f"the iterate must not be negative, not {iterate}")
    if not set(fingerprint) <= set("0123456789abcdef") or len(fingerprint) > 64:
        raise ValueError("the fingerprint must be at most 64 hexadecimal digits")


def _checked(net: Network) -> Network:
    n, d = net.X.shape if net.X.ndim == 2 else (0, 0)
    m = len(net.W)
    if 0 in (n, d, m) or net.y.shape != (n,) or net.W.shape != (m, d) or net.signs.shape != (m,):
        raise ValueError("the shapes must be X (n, d), y (n,), W0 (m, d), signs (m,), none of them empty")
    if not all(np.isfinite(A).all() for A in (net.X, net.y, net.W)):
        raise ValueError("data, labels and weights must be finite")
    if not np.isin(net.signs, (-1.0, 1.0)).all():
        raise ValueError("every sign must be -1 or 1")
    return net


def _too_narrow(net: Network) -> str | None:
    """Why no weights at all can be certified, where float arithmetic can tell."""
    (n, _), m = net.X.shape, len(net.W)
    rank = int(np.linalg.matrix_rank(net.X))
    if m * rank >= n:
        return None
    return f"m rank(X) = {m} * {rank} is less than n = {n}, so the Jacobian never has full row rank: use a larger width"


def _first(
    points: Iterator[Checkpoint],
    start: int,
    prove: Callable[[Checkpoint], Certificate | NotObtained],
    progress: Callable[[str], None],
) -> Certificate | NotObtained:
    """The first certificate at iterates from `start` on; else the last reason why there is none."""
    last = ""
    try:
        for point in points:
            if point.iterate < start:
                continue
            found = prove(point)
            if isinstance(found, Certificate):
                return found
            last = f"at iterate {point.iterate} {found.reason}"
            progress(last)
    except TrainingStopped as stopped:
        last = "; ".join(part for part in (str(stopped), last) if part)
    return NotObtained(last)


def prove_at(point: Checkpoint, fixed_step: bool, origin: Origin, fingerprint: str) -> Certificate | NotObtained:
    """The certificate for these very weights, or why there is none. A step that is not fixed may be lowered."""
    etas = [point.eta] if fixed_step else [point.eta / k for k in _SMALLER_STEPS]
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        plan = choose(point.net, etas)
    if isinstance(plan, str):
        return NotObtained(plan)
    try:
        with ctx.workprec(PRECISION):
            stated = _prove(point.net.balls(), plan)
    except EnclosureError as failure:
        return NotObtained(str(failure))
    if isinstance(stated, str):
        return NotObtained(stated)
    net, told = point.net, Origin(origin.init, origin.seed, point.iterate)
    return Certificate(net.X, net.y, net.W, net.signs, plan.eta, plan.level, plan.radius, stated, told, fingerprint)


# --- the choice, in floats -------------------------------------------------------------------------------------------


def choose(net: Network, etas: Sequence[Fraction]) -> Plan | str:
    """The step and level of the best rate with which floats see the proof succeed, or why there are none."""
    if not np.isfinite(model.gram(net.X, net.W)).all():
        return "the Gram matrix overflows"
    m = bounds.measure(net)
    levels = m.top - np.array(_DROPS)
    damped = list(zip(levels.tolist(), _float_sigma0(net, m, levels), strict=True))
    if not max(sigma for _, sigma in damped) > 0:
        return "the smallest singular value of the Jacobian is 0 to rounding"
    hopeful = [(level, sigma) for level, sigma in damped if sigma > 0 and _limit(m, level, sigma) > m.residual]
    plans = [_plan(m, eta, level, sigma) for eta in etas for level, sigma in hopeful]
    found = [plan for plan in plans if plan is not None]
    return max(found, key=lambda plan: plan.rate) if found else _shortfall(m, float(min(etas)), damped)


def _float_sigma0(net: Network, m: Measures, levels: Array) -> list[float]:
    """sigma0 for each level; 0 where rounding alone could explain the eigenvalue."""
    noise = len(net.X) * np.finfo(float).eps * m.jacobian_norm**2
    least = np.linalg.eigvalsh(bounds.damped_gram(net, levels[:, None]))[:, 0]
    return [float(value) for value in np.sqrt(np.maximum(least - noise, 0.0))]


def _plan(m: Measures, eta: Fraction, level: float, sigma: float) -> Plan | None:
    """The smallest radius that closes, on a grid refined once; None if none does. Needs sigma > 0."""
    L = m.n4 * np.exp(level)
    most = np.log1p(m.nu * sigma / L) / m.nu
    least = max(m.residual / sigma, 1e-12 * most)
    for _ in range(2):
        s = np.geomspace(least, max(least, most), _GRID)
        c, end = _factor(m, float(eta), s), bounds.sigma_end(sigma, L, m.nu, s)
        closes = (c > 0) & (end > 0) & (c * bounds.reach(sigma, L, m.nu, s) > m.residual * (1 + PRETEST_SLACK))
        if not closes.any():
            return None
        k = int(np.argmax(closes))
        least, most = s[max(k - 1, 0)], s[k]
    return Plan(eta, _decimal(level), _decimal(s[k]), float(float(eta) * c[k] * end[k] ** 2))


def _factor(m: Measures, eta: float, s: Any) -> Any:
    beta = bounds.beta(m.jacobian_norm, m.n4, m.top, m.nu, s)
    return bounds.step_factor(eta, beta, bounds.curvature(m.n4, m.top, m.nu, s), m.residual)


def _shortfall(m: Measures, eta: float, damped: Sequence[tuple[float, float]]) -> str:
    if _factor(m, eta, 0.0) <= 0:
        size = eta * (m.jacobian_norm**2 + m.n4 * np.exp(m.top) * m.residual)
        return f"the step is too large: eta (|J|^2 + Lambda |e|) = {size:.3g}, and below 2 is needed"
    limit, sigma = max((_limit(m, level, sigma), sigma) for level, sigma in damped)
    found = f"the residual {m.residual:.3g} is too large"
    return f"{found}: at sigma_min(J) = {sigma:.3g} the proof needs less than {limit:.3g}"


def _limit(m: Measures, level: float, sigma: float) -> float:
    """The largest value of `reach`: no residual above it can be certified, whatever the step."""
    L = m.n4 * np.exp(level)
    return float(bounds.reach(sigma, L, m.nu, np.log1p(m.nu * sigma / L) / m.nu))


def _decimal(value: float) -> Decimal:
    return Decimal(f"{value:.{DIGITS - 1}e}")


# --- the proof, in balls ---------------------------------------------------------------------------------------------


class _Stated(dict[str, Decimal]):
    """Bounds as they will be written. Each method returns the written value, so that all that follows rests on it."""

    def upper(self, name: str, proved: arb) -> arb:
        self[name] = Decimal(upper_decimal(proved + abs(proved) * MARGIN, DIGITS))
        return from_decimal(str(self[name]))

    def lower(self, name: str, proved: arb) -> arb:
        self[name] = Decimal(lower_decimal(proved - abs(proved) * MARGIN, DIGITS))
        return from_decimal(str(self[name]))


def _prove(net: Network, plan: Plan) -> dict[str, Decimal] | str:
    """The stated bounds of a network of balls, or the inequality that fails."""
    m, stated = bounds.measure(net), _Stated()
    level, s = from_decimal(str(plan.level)), from_decimal(str(plan.radius))
    eta = arb(fmpq(plan.eta.numerator, plan.eta.denominator))
    nu, n4 = stated.upper("nu", m.nu), stated.upper("n4", m.n4)
    top, norm = stated.upper("top", m.top), stated.upper("jacobian_norm", m.jacobian_norm)
    residual = stated.upper("residual", m.residual)
    sigma_squared = stated.lower("sigma0_squared", bounds.sigma0_squared(net, level))
    if not sigma_squared > 0:
        return "the smallest singular value of the Jacobian cannot be told from 0"
    sigma, L = sigma_squared.sqrt(), stated.upper("L", n4 * level.exp())
    curvature = stated.upper("curvature", bounds.curvature(n4, top, nu, s))
    beta = stated.upper("beta", bounds.beta(norm, n4, top, nu, s))
    c = stated.lower("c", bounds.step_factor(eta, beta, curvature, residual))
    end = stated.lower("sigma_end", bounds.sigma_end(sigma, L, nu, s))
    reach = stated.lower("reach", bounds.reach(sigma, L, nu, s))
    if not (c > 0 and end > 0 and c * reach > residual):
        return "the closing inequality holds in floats, but its proof needs more accuracy"
    rate = stated.lower("rate", eta * c * end * end)
    return dict(stated) if rate > 0 else "the rate cannot be told from 0"
