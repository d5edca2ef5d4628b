"""Anytime-valid sequential test of "the failure probability p is at most delta".

Two one-sided e-processes, each the likelihood ratio against p = delta mixed over the Jeffreys law Beta(1/2, 1/2)
truncated to the alternative.  Under the null every likelihood ratio is a non-negative supermartingale started at 1, so
by Ville's inequality (Ville 1939; Ramdas, Gruenwald, Vovk and Shafer, Statist. Sci. 38, 2023) the mixture ever reaches
1/alpha with probability at most alpha: the test may look after every trial.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

State = Literal["running", "supported", "refuted", "capped"]

_SMALLEST, _LARGEST = 1e-300, 1 - 2.0**-53  # the representable delta that the confidence bounds search


def check_level(name: str, value: float) -> None:
    """Raise ValueError unless 0 < value < 1."""
    if not 0.0 < value < 1.0:
        raise ValueError(f"{name} must lie strictly between 0 and 1, got {value!r}")


def log_e_support(failures: int, trials: int, delta: float) -> float:
    """Log e-value against "p >= delta" (large: p < delta is supported).

    Closed form of the mixture over p in [0, delta] with a = failures + 1/2, b = trials - failures + 1/2:
    B(a,b) I_delta(a,b) / (B_delta(1/2,1/2) delta^failures (1-delta)^(trials-failures)).
    Raises ValueError unless 0 <= failures <= trials and 0 < delta < 1.
    """
    _check_counts(failures, trials, delta)
    from scipy.special import betainc

    a, b = failures + 0.5, trials - failures + 0.5
    return _log_mixture(a, b, math.log(delta), math.log1p(-delta), float(betainc(a, b, delta)))


@lru_cache(maxsize=1 << 14)  # every case of every claim is tested at the same few levels
def log_e_refute(failures: int, trials: int, delta: float) -> float:
    """Log e-value against "p <= delta" (large: p > delta); the mirror image, over p in [delta, 1].  Raises as above."""
    _check_counts(failures, trials, delta)
    from scipy.special import betaincc

    a, b = failures + 0.5, trials - failures + 0.5
    return _log_mixture(b, a, math.log1p(-delta), math.log(delta), float(betaincc(a, b, delta)))


def _check_counts(failures: int, trials: int, delta: float) -> None:
    check_level("delta", delta)
    if not 0 <= failures <= trials:
        raise ValueError(f"need 0 <= failures <= trials, got {failures} of {trials}")


def _log_mixture(a: float, b: float, log_x: float, log_y: float, tail: float) -> float:
    """log of B(a,b) I_x(a,b) / (B_x(1/2,1/2) x^(a-1/2) y^(b-1/2)), where y = 1 - x and tail = I_x(a,b)."""
    from scipy.special import betaln

    root_x, root_y = math.exp(log_x / 2), math.exp(log_y / 2)
    log_mass = math.log(2 * math.atan2(root_x, root_y))  # B_x(1/2,1/2) = 2 arcsin(sqrt(x))
    if tail > 1e-280:
        return math.log(tail) + float(betaln(a, b)) - log_mass - (a - 0.5) * log_x - (b - 0.5) * log_y
    # The tail underflows far inside the null; there its ratio to x^a y^b / a is a fast continued fraction.
    return math.log(_tail_ratio(a, b, math.exp(log_x)) / a) + (log_x + log_y) / 2 - log_mass


def _tail_ratio(a: float, b: float, x: float) -> float:
    """a B(a,b) I_x(a,b) / (x^a (1-x)^b) for x < a/(a+b), by the continued fraction DLMF 8.17.22 (Lentz's method)."""
    value, c, d = 1.0, 1.0, 0.0
    for j in range(1, 100_000):
        m = j // 2
        if j % 2:
            coefficient = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        else:
            coefficient = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        c = 1 + coefficient / c
        d = 1 / (1 + coefficient * d)
        value *= c * d
        if abs(c * d - 1) < 1e-15:
            return 1 / value
    raise ArithmeticError(f"continued fraction did not converge at a={a}, b={b}, x={x}")


def crossed(log_e: float, alpha: float) -> bool:
    """Whether an e-process has reached 1/alpha: the one decision rule used by the tests and by their exact analysis."""
    return log_e >= -math.log(alpha)


def trials_if_clean(delta: float, alpha: float) -> int:
    """The number of failure-free trials after which "p <= delta" is supported at level alpha.

    About 1.2 log(1/alpha)/delta.  Raises ValueError unless both arguments lie strictly between 0 and 1.
    """
    check_level("delta", delta)
    check_level("alpha", alpha)
    high = 1
    while not crossed(log_e_support(0, high, delta), alpha):
        high *= 2
    low = high // 2  # log_e_support(0, n) increases in n, so the first crossing can be bisected
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if crossed(log_e_support(0, middle, delta), alpha) else (middle, high)
    return high


def confidence_bounds(failures: int, trials: int, alpha: float) -> tuple[float, float]:
    """Confidence sequence for p: with probability at least 1 - alpha it contains p after *every* number of trials.

    The values of delta that neither one-sided e-process rejects at alpha/2, so it excludes delta whenever a test at
    alpha/2 decides.  They form an interval: with delta = cos(phi)^2 the truncated Jeffreys law is uniform in the angle,
    which makes every likelihood ratio of the mixture monotone in phi.  The ends are values that *are* rejected.
    """
    check_level("alpha", alpha)
    _check_counts(failures, trials, 0.5)
    lower, upper = 0.0, 1.0
    if failures > 0:
        lower, _ = _boundary(lambda delta: not crossed(log_e_refute(failures, trials, delta), alpha / 2))
    if failures < trials:
        _, upper = _boundary(lambda delta: crossed(log_e_support(failures, trials, delta), alpha / 2))
    return lower, upper


def _boundary(is_above: Callable[[float], bool]) -> tuple[float, float]:
    """Bracket, to full precision, the point where a predicate on (0, 1) turns from false to true; (0, 1) at worst."""
    low, high = math.log(_SMALLEST), 0.0
    for _ in range(70):
        middle = (low + high) / 2
        low, high = (low, middle) if is_above(min(math.exp(middle), _LARGEST)) else (middle, high)
    return (0.0 if low == math.log(_SMALLEST) else math.exp(low)), math.exp(high)


@dataclass(frozen=True)
class SequentialSummary:
    """What a sequential test saw and decided.  Every field is a number or a string, so `dataclasses.asdict` is JSON."""

    delta: float
    alpha_support: float
    alpha_refute: float
    cap: int
    trials: int
    failures: int
    state: State
    log_e_support: float
    log_e_refute: float
    p_lower: float
    p_upper: float
    p_confidence: float


class SequentialTest:
    """Test "P(failure) <= delta" one trial at a time; stops at the first trial that decides, or undecided at the cap.

    P(ever "supported") <= alpha_support if p >= delta, and P(ever "refuted") <= alpha_refute if p <= delta.  For a
    family of K checks pass alpha_refute / K (e-Bonferroni).  Raises ValueError for levels outside (0, 1) or cap < 1.
    """

    def __init__(self, delta: float, alpha_support: float = 1e-2, alpha_refute: float = 1e-6, *, cap: int) -> None:
        for name, value in (("delta", delta), ("alpha_support", alpha_support), ("alpha_refute", alpha_refute)):
            check_level(name, value)
        if cap < 1:
            raise ValueError(f"cap must be at least 1, got {cap}")
        self.delta, self.alpha_support, self.alpha_refute, self.cap = delta, alpha_support, alpha_refute, cap
        self.trials = self.failures = 0
        self.state: State = "running"

    @property
    def log_e_support(self) -> float:
        """Log e-value against p >= delta; 0 before the first trial."""
        return log_e_support(self.failures, self.trials, self.delta)

    @property
    def log_e_refute(self) -> float:
        """Log e-value against p <= delta; 0 before the first trial."""
        return log_e_refute(self.failures, self.trials, self.delta)

    def observe(self, failed: bool) -> State:
        """Record one trial.  Raises RuntimeError once the test has stopped."""
        return self.update(int(failed), 1)

    def update(self, failures: int, trials: int) -> State:
        """Record a batch and look once, after it: valid, but the decision then depends on how trials were batched.

        Prefer `run`.  Raises RuntimeError once stopped, ValueError for impossible counts or a batch past the cap.
        """
        if self.state != "running":
            raise RuntimeError(f"the test has stopped ({self.state}); later trials must not be used")
        if not 0 <= failures <= trials <= self.cap - self.trials:
            raise ValueError(f"impossible batch: {failures} failures in {trials} trials, {self.cap - self.trials} left")
        self.trials += trials
        self.failures += failures
        self.state = self._decide()
        return self.state

    def run(self, outcomes: Iterable[bool]) -> State:
        """Record outcomes (True = failed) in order up to the first that decides; the rest is not even drawn.

        May be called again with the next chunk while "running"; the result does not depend on the chunking.
        """
        if self.state == "running":
            for failed in outcomes:
                if self.observe(failed) != "running":
                    break
        return self.state

    def interval(self, alpha: float) -> tuple[float, float]:
        """Anytime-valid confidence interval for p of level 1 - alpha: see `confidence_bounds`."""
        return confidence_bounds(self.failures, self.trials, alpha)

    def summary(self, alpha: float = 0.05) -> SequentialSummary:
        """A frozen record of the test, with the confidence sequence at level 1 - alpha."""
        p_lower, p_upper = self.interval(alpha)
        return SequentialSummary(
            self.delta, self.alpha_support, self.alpha_refute, self.cap, self.trials, self.failures, self.state,
            self.log_e_support, self.log_e_refute, p_lower, p_upper, 1 - alpha,
        )  # fmt: skip

    def _decide(self) -> State:
        # The likelihood is unimodal in p, so only the side on which the observed frequency lies can exceed 1.
        if self.failures > self.delta * self.trials:
            if crossed(self.log_e_refute, self.alpha_refute):
                return "refuted"
        elif crossed(self.log_e_support, self.alpha_support):
            return "supported"
        return "capped" if self.trials == self.cap else "running"
