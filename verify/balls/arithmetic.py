"""The operations of a tape in each arithmetic: balls, intervals with ball ends, complex balls, NumPy floats.

Each table maps an operation to a maker: given the operation's parameters, it returns the function of one or two values.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import scipy  # which loads its parts when they are asked for: here, when a formula has the function
from flint import acb, arb

from verify.balls import intervals as iv

Maker = Callable[..., Callable[..., Any]]


def _plain(function: Callable[..., Any]) -> Maker:
    return lambda: function


def _ball_root(p: int, q: int) -> Callable[[arb], arb]:
    return lambda x: iv.integer_power(x.sqrt() if q == 2 else x.root(q), p)


def _ball_sign(x: arb) -> arb:
    return arb(1) if x > 0 else (arb(-1) if x < 0 else arb(0, 1))


def _ball_heaviside(x: arb) -> arb:
    return (_ball_sign(x) + 1) / 2


BALL: dict[str, Maker] = {
    "add": _plain(operator.add),
    "mul": _plain(operator.mul),
    "neg": _plain(operator.neg),
    "inv": _plain(lambda x: 1 / x),
    "power": lambda n: lambda x: iv.integer_power(x, n),
    "root": _ball_root,
    "exp": _plain(arb.exp),
    "log": _plain(arb.log),
    "abs": _plain(operator.abs),
    "max": _plain(iv.larger),
    "min": _plain(iv.smaller),
    "erf": _plain(arb.erf),
    "erfc": _plain(arb.erfc),
    "erfcx": _plain(iv.scaled_erfc),
    "xexp": _plain(lambda x: x * (-x).exp()),
    "sinh": _plain(arb.sinh),
    "cosh": _plain(arb.cosh),
    "tanh": _plain(arb.tanh),
    "sin": _plain(arb.sin),
    "cos": _plain(arb.cos),
    "atan": _plain(arb.atan),
    "gamma": _plain(arb.gamma),
    "loggamma": _plain(arb.lgamma),
    "digamma": _plain(arb.digamma),
    "floor": _plain(arb.floor),
    "ceil": _plain(arb.ceil),
    "sign": _plain(_ball_sign),
    "heaviside": _plain(_ball_heaviside),
}

INTERVAL: dict[str, Maker] = {
    "add": _plain(iv.add),
    "mul": _plain(iv.mul),
    "neg": _plain(iv.neg),
    "inv": _plain(iv.inv),
    "power": lambda n: lambda a: a if n == 1 else iv.power(a, n),
    "root": lambda p, q: lambda a: iv.root(a, p, q),
    "exp": _plain(iv.exp),
    "log": _plain(iv.log),
    "abs": _plain(iv.abs_),
    "max": _plain(iv.max_),
    "min": _plain(iv.min_),
    "erf": _plain(iv.increasing(arb.erf, -iv.ONE, iv.ONE)),
    "erfc": _plain(iv.decreasing(arb.erfc, 2 * iv.ONE, iv.ZERO)),
    "erfcx": _plain(iv.decreasing(iv.scaled_erfc, iv.INF, iv.ZERO)),
    "xexp": _plain(iv.xexp),
    "sinh": _plain(iv.increasing(arb.sinh, iv.NEG, iv.INF)),
    "cosh": _plain(iv.cosh),
    "tanh": _plain(iv.increasing(arb.tanh, -iv.ONE, iv.ONE)),
    "sin": _plain(iv.ball_function(arb.sin, (-iv.ONE, iv.ONE))),
    "cos": _plain(iv.ball_function(arb.cos, (-iv.ONE, iv.ONE))),
    "atan": _plain(iv.increasing(arb.atan, arb.nan(), arb.nan())),
    "gamma": _plain(iv.gamma_like(arb.gamma)),
    "loggamma": _plain(iv.gamma_like(arb.lgamma)),
    "digamma": _plain(lambda a: iv.increasing(arb.digamma, arb.nan(), iv.INF)(a) if a[0] > 0 else iv.UNKNOWN),
    "floor": _plain(iv.floor),
    "ceil": _plain(iv.ceil),
    "sign": _plain(iv.sign),
    "heaviside": _plain(iv.heaviside),
}

FLOAT: dict[str, Maker] = {
    "add": _plain(np.add),
    "mul": _plain(np.multiply),
    "neg": _plain(np.negative),
    "inv": _plain(np.reciprocal),
    "power": lambda n: np.square if n == 2 else lambda x: np.power(x, n),
    "root": lambda p, q: lambda x: np.power(np.where(x >= 0, x, np.nan), p / q),
    "exp": _plain(np.exp),
    "log": _plain(np.log),
    "abs": _plain(np.abs),
    "max": _plain(np.maximum),
    "min": _plain(np.minimum),
    "erf": lambda: scipy.special.erf,
    "erfc": lambda: scipy.special.erfc,
    "erfcx": lambda: scipy.special.erfcx,
    "xexp": _plain(lambda x: x * np.exp(-x)),
    "sinh": _plain(np.sinh),
    "cosh": _plain(np.cosh),
    "tanh": _plain(np.tanh),
    "sin": _plain(np.sin),
    "cos": _plain(np.cos),
    "atan": _plain(np.arctan),
    "gamma": lambda: scipy.special.gamma,
    "loggamma": lambda: scipy.special.gammaln,
    "digamma": lambda: scipy.special.digamma,
    "floor": _plain(np.floor),
    "ceil": _plain(np.ceil),
    "sign": _plain(np.sign),
    "heaviside": _plain(lambda x: np.heaviside(x, 0.5)),
}

# Analytic functions only. Logarithms and roots are NaN where a ball meets their branch cut.
COMPLEX: dict[str, Maker] = {
    "add": _plain(operator.add),
    "mul": _plain(operator.mul),
    "neg": _plain(operator.neg),
    "inv": _plain(lambda z: 1 / z),
    "power": lambda n: lambda z: iv.integer_power(z, n),
    "root": lambda p, q: lambda z: (z.log(analytic=True) * p / q).exp(),
    "exp": _plain(acb.exp),
    "log": _plain(lambda z: z.log(analytic=True)),
    "erf": _plain(acb.erf),
    "erfc": _plain(acb.erfc),
    "erfcx": _plain(iv.scaled_erfc),
    "xexp": _plain(lambda z: z * (-z).exp()),
    "sinh": _plain(acb.sinh),
    "cosh": _plain(acb.cosh),
    "tanh": _plain(acb.tanh),
    "sin": _plain(acb.sin),
    "cos": _plain(acb.cos),
    "gamma": _plain(acb.gamma),
    "digamma": _plain(acb.digamma),
}

TABLES: dict[str, dict[str, Maker]] = {"ball": BALL, "interval": INTERVAL, "float": FLOAT, "complex": COMPLEX}
LIFT: dict[str, Callable[[arb], Any]] = {
    "ball": lambda x: x,
    "interval": lambda x: (x, x),
    "float": lambda x: np.float64(float(x)),
    "complex": acb,
}
