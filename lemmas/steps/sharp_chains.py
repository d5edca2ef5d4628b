"""What the sharp chains share: how their parameters are chosen, their radii, and the lower tail they rest on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sympy as sp
from sympy import Rational, exp, log, sqrt

from lemmas.initialization.gram_lower_tail import t
from lemmas.notation.descent import beta, c, lip, sigma, sigma0
from lemmas.notation.jacobians import B1, X_norm
from lemmas.notation.start import M1_g, lam_g
from lemmas.notation.symbols import R, eta, lam, lam_K, m, n, r, w, w0
from lemmas.notation.training import J_first, M1_first, descent_gap, lam_H1, residual_gap, y_norm
from lemmas.notation.walk import size_first, walk
from verify import Lemma, Quantity, Relation, le, positive
from verify.chain import Chain, Library, Link, Side, hypotheses
from verify.proof import Fact, Norm, Proof, bound, rules

share = Quantity("share", positive(1, open_upper=True), "the share of delta spent on the exponents at the start")
kappa = Quantity("kappa", positive(1), "what eta beta^2 may be")
left = Quantity("left", positive(1, open_upper=True), "the share of the least slope that is left in the ball")
# No hypothesis of a theorem names them: they are free. The width falls with both, to a limit at which no step moves any
# more. At NARROW it is within 3 % of that; at FAST within 28 % (44 % for independent signs), in some 50 times fewer
# steps.
NARROW: dict[Quantity, sp.Rational] = {kappa: Rational(1, 50), left: Rational(1, 4)}
FAST: dict[Quantity, sp.Rational] = {kappa: Rational(1, 4), left: Rational(1, 2)}
RUNS = {descent_gap: 0, residual_gap: 0}  # what a run of gradient descent makes 0
MEASURED = {M1_first: M1_g, lam_H1: lam_g, size_first: y_norm}  # what a coupled start makes equal
CHOICES: dict[str, Relation] = {
    "least slope": le(sigma0, sqrt((1 - t) * m * lam)),
    "step against the slope": le(eta * beta**2, kappa),
}


spread = Quantity("spread", positive(), "s, where the Gram matrix falls short with probability n exp(-t^2/s)")


def spread_of(link: Link, library: Library) -> sp.Expr:
    """s, read off the level of the tail that a link is about."""
    tail = link.instance(library)
    level = tail.spelled_out(le(0, tail.fails_with)).right
    return -(t**2) / sp.expand_log(sp.log(level / n), force=True)


def spent(level: sp.Expr) -> Relation:
    """The least t at which n exp(-t^2/s) is at most the level."""
    return le(sqrt(spread * log(n / level)), t)


def required(lemmas: Mapping[str, Lemma], chain: Chain) -> dict[str, Relation]:
    """What a theorem asks of the parameters: the chain's requirements, but for its own ways to choose them."""
    own = {f"{chain.theorem}: {name}" for name in chain.extra}
    return {name: relation for name, relation in hypotheses(chain, lemmas).items() if name not in own}


def slope_bound(library: Library) -> sp.Expr:
    """sqrt(m) |X| e^{B1}: the bound of jacobian-lipschitz on |J(W(0))|, where nothing has moved."""
    bounded = library("jacobian-lipschitz").also["bounded"]
    return bounded.spelled_out(bounded.claim).right.subs(R, 0)


def slope_at_start(p: Proof, below: Fact) -> Fact:
    """|J(W(1))| <= sqrt(m) |X| e^{B1}, given the exponents at the start."""
    still = rules.sup_least(bound(Norm(walk(1, r) - walk(1, r)), "<=", 0), r)
    points = {w: lambda neuron: walk(1, neuron), w0: lambda neuron: walk(1, neuron), R: sp.S.Zero}
    found = p.cite("jacobian-lipschitz", points, p.given("exp-uniform-bound: data"), below, still, part="bounded")
    return bound(J_first, "<=", found.right, found, name="|J| at the start")


IN_BALL: dict[str, Relation] = {
    "slope left": le(sigma, left * sigma0),
    "room": le(log(1 + (sigma0 - sigma) * exp(-B1) / X_norm), R),
}
BY_NEURONS: dict[str, Relation] = {
    "slope left": le(sigma, sigma0 / sqrt(3)),
    "room": le(log(sigma0 / sigma), R),
}


UNKNOWNS: tuple[tuple[Quantity, Side], ...] = (
    (B1, "least"),
    (t, "least"),
    (sigma0, "greatest"),
    (sigma, "greatest"),
    (R, "least"),
    (lip, "least"),
    (beta, "least"),
    (eta, "greatest"),
    (c, "greatest"),
)


@dataclass(frozen=True)
class Tail:
    """A lower tail of lambda_min(H(W(0))): its lemma, and the least eigenvalue it speaks of."""

    lemma: str
    part: str
    least: sp.Expr
    given: tuple[str, ...]

    def event(self, p: Proof, values: dict[Any, Any], *facts: Fact) -> Fact:
        """Prob(lambda_min(H(W(0))) < (1 - t) lambda), for a number of Gaussian vectors in ``values``."""
        named = [p.given(f"{self.lemma}: {name}") for name in self.given]
        return p.cite(self.lemma, values, *named, *facts, part=self.part)


WHITENED = Tail("gram-lower-tail", "eigenvalue", lam_K, ("definite", "square"))
DATA_FREE = Tail("gram-variance-upper", "tail", lam, ("lambda",))
