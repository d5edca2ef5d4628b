"""How much of a proved width each constant and each lemma wastes, against the width that is observed.

The order: first every constant with a known sharp value, lemma after lemma of the chain, then every lemma by what is
observed (B, R, eta of typical runs at the observed width), last the theorem's demand that the Gram matrix at the start
be well conditioned at all. See verify.slack for what a share is.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import sympy as sp

from lemmas import model
from lemmas.data import Floats
from lemmas.laplace.tail import damping_weights
from lemmas.notation.start import relative_least
from lemmas.simulation.observe import DRAWS
from verify.chain import Chain, Library, isolated, requirements
from verify.slack import Replacement, both_ways, by_lemma, provider, width_after
from verify.statement import Quantity
from verify.stats.streams import stream

Json = dict[str, Any]

# Attained, or approached: a smaller value makes the lemma false.
SHARP: Mapping[str, Mapping[str, Any]] = {
    "exp-uniform-bound": {"K": 1},  # equality at q n = delta = 1
    "gram-concentration-frobenius": {"K": 2},  # the level of exp-uniform-bound at delta/2
    "gram-perturbation": {"C": 2 * (sp.E - 1)},  # equal points, R = 1/2
    "weight-movement": {"C": 4},  # as the residual vanishes: it has no slack of its own
}


def of_chain(
    chain: Chain,
    case: Mapping[Quantity, float],
    library: Library,
    seen: Mapping[str, float],
    *,
    solved: Mapping[str, float],
    proved: int,
    gram: int,
    descent: int,
) -> Json:
    """``log10_slack`` by lemma, and ``slack`` by constant and lemma in both orders, of a chain that was solved.

    seen, solved: values of its parameters by name, observed and as it chose them. proved: its width. gram: the least
    width at which the Gram matrix was observed to be well conditioned; descent: that at which descent succeeded.
    """
    order = (
        *_constants(chain, library),
        *_lemmas(chain, library, seen, solved),
        Replacement(chain.theorem, floor=gram),
    )
    found = both_ways(width_after(chain, case, library, order, proved=proved, least=descent), order)
    left = [name for name in _named(chain, library) if name not in found["order"]]
    return {"log10_slack": by_lemma(found["forward"]), "slack": {**found, "no sharper value known": left}}


def _links(chain: Chain) -> list[str]:
    return list(dict.fromkeys(link.lemma for link in chain.links))


def _named(chain: Chain, library: Library) -> list[str]:
    """The constants that occur in a chain's links themselves, as lemma.constant."""
    instances = chain.instances(library)
    return list(dict.fromkeys(f"{lemma}.{c}" for lemma, instance in instances for c in instance.constants))


def _constants(chain: Chain, library: Library) -> list[Replacement]:
    named = _named(chain, library)
    sharp = [(lemma, c, value) for lemma in _links(chain) for c, value in SHARP.get(lemma, {}).items()]
    return [Replacement(lemma, c, value) for lemma, c, value in sharp if f"{lemma}.{c}" in named]


def _lemmas(
    chain: Chain, library: Library, seen: Mapping[str, float], solved: Mapping[str, float]
) -> list[Replacement]:
    """Every lemma of the chain, with the observed values of the parameters that it is the first to bound.

    Where the chain's own value is the better one, that is kept. What the theorem chooses for the sake of the last lemma
    goes with it.
    """
    needed = requirements(chain, library)
    pins: dict[str, dict[Quantity, float]] = {}
    for unknown, side in chain.unknowns:
        bounding = [r for r in needed if unknown.name in seen and isolated(unknown, side, (r,))]
        if bounding:
            best = min if side == "least" else max
            pins.setdefault(provider(bounding[0]), {})[unknown] = best(seen[unknown.name], solved[unknown.name])
    *links, last = _links(chain)
    return [
        *(Replacement(lemma, pinned=pins.get(lemma, {})) for lemma in links),
        Replacement(last, taking=(chain.theorem,)),
    ]


def of_tight(X: Floats, norm_y: float, delta: float, searched: Any, *, proved: int, descent: int, seed: int) -> Json:
    """The same for the tight chain: its Gram lemma by the damped Gram matrix as observed, then its drift lemma.

    searched: the lemmas.laplace.width.Width from which the proved width comes.
    """
    needs = {
        "gram-laplace-tail": _tail_alone(X, norm_y, delta, searched),
        "kantorovich-drift": _drift_alone(X, norm_y, delta, searched, seed),
    }

    def width(made: Sequence[Replacement]) -> float:
        left = [need for lemma, need in needs.items() if lemma not in {r.lemma for r in made}]
        return max([float(descent), *left]) if made else float(proved)

    found = both_ways(width, [Replacement(lemma) for lemma in needs])
    return {"log10_slack": by_lemma(found["forward"]), "slack": {**found, "no sharper value known": []}}


def _tail_alone(X: Floats, norm_y: float, delta: float, searched: Any) -> float:
    """The width from which on the Gram lemma says anything, 1 - t > 0."""
    from lemmas.laplace.tail import LaplaceTail
    from lemmas.laplace.width import Search

    search, parameters = Search(X, norm_y, delta, searched.parameters.c), searched.parameters
    blocks = search.blocks((parameters.first, parameters.second))
    return 2 * search.tail_pairs(LaplaceTail(search.points, blocks, parameters.damping))


def _drift_alone(X: Floats, norm_y: float, delta: float, searched: Any, seed: int) -> float:
    """The least width at which the observed Gram matrix is good enough for the drift lemma, at level delta."""
    from lemmas.laplace.width import Search, needed_sigma

    search, parameters = Search(X, norm_y, delta, searched.parameters.c), searched.parameters
    sigma = needed_sigma(norm_y, search.n4 * math.exp(parameters.damping.cut), search.nu, parameters.c)

    def enough(q: int) -> bool:
        rngs = (stream(seed, "observed-gram-damped", f"q={q}", index) for index in range(DRAWS))
        least = [_damped_least(X, rng.standard_normal((q, X.shape[1])), parameters.damping) for rng in rngs]
        return bool(2 * q * float(np.quantile(least, delta)) * search.points.smallest >= sigma**2)

    low, high = 0, searched.m // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return 2.0 * float(high)


def _damped_least(X: Floats, G: Floats, damping: Any) -> float:
    """The least eigenvalue of K^(-1/2) H~ K^(-1/2), H~ = (1/q) sum of s_r^2 Z_r, for the Gaussian vectors G (q, d)."""
    E = damping_weights(np.array(damping.edges[:-1]), (G @ X.T).max(axis=1)) * model.features(X, G)
    return relative_least((X @ X.T) * (E @ E.T) / len(G), model.limit_gram(X))
