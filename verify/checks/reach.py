"""Can the two sides of a claim come near each other at all? A bound that nothing can reach says little, and says so."""

from __future__ import annotations

import numpy as np
import sympy as sp

from verify.alterations import grid
from verify.balls.certify import certify
from verify.balls.compile import UnknownNode, float_function
from verify.lemma import Lemma
from verify.relations import Relation

ROOM = sp.Rational(1, 1000)  # of the larger side, by which the smaller one stays away from it
BOXES = 100
FEW = 2  # free symbols of a claim that is looked at on its whole domain; of others only the signs


def never_reached(lemma: Lemma) -> bool:
    """Whether low < (1 - ROOM) high is certain from the domains alone, what is measured being any number of its own.

    True is certified; False says only that this was not shown.
    """
    if lemma.claim.op == "==":
        return False
    claim = lemma.spelled_out(lemma.claim)
    far = Relation(claim.low + ROOM * sp.Abs(claim.high), "<", claim.high)
    if len(far.symbols) > FEW:
        return bool(claim.low.is_nonpositive and claim.high.is_positive)
    domains = {symbol: symbol.domain for symbol in far.symbols}
    try:
        return not _is_near_somewhere(far) and certify(far, domains, max_boxes=BOXES).status == "proved"
    except UnknownNode:
        return False


def _is_near_somewhere(far: Relation) -> bool:
    """Whether floats see the sides near each other at one of a few points, which spares a search for more of them."""
    symbols = sorted(far.symbols, key=lambda s: str(s.name))
    room = float_function(far.high - far.low, symbols)
    points = ([float(point[str(s.name)]) for s in symbols] for point in grid(Lemma(far)))
    with np.errstate(all="ignore"):
        return any(float(room(*point)) <= 0 for point in points)
