"""The float run that looks for weights to certify. Nothing here is rigorous, and nothing has to be."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from lemmas import model
from lemmas.certificate.bounds import Network

KAPPA = 0.5  # the largest eta |J|^2 at the start of a segment
_MAX_HALVINGS = 60
_LONGEST_SEGMENT = 1000


class TrainingStopped(Exception):
    """The float run cannot go on; the message says where and why."""


@dataclass(frozen=True)
class Checkpoint:
    """The weights after `iterate` steps, and the step size that the run would take next."""

    iterate: int
    net: Network
    eta: Fraction


def draw_start(d: int, width: int, init: str, seed: int) -> tuple[model.Array, model.Array]:
    """(W, signs) with w_r ~ N(0, I_d): `coupled` pairs with opposite signs, or `independent` with uniform signs.

    Raises ValueError for another init, a width below 1, or an odd width of a coupled start.
    """
    rng = np.random.Generator(np.random.SFC64(np.random.SeedSequence(seed)))
    if width < 1:
        raise ValueError(f"the width must be at least 1, not {width}")
    if init == "coupled":
        if width % 2:
            raise ValueError(f"a coupled start needs an even width, not {width}")
        return model.coupled(rng.standard_normal((width // 2, d)))
    if init == "independent":
        return rng.standard_normal((width, d)), rng.choice([-1.0, 1.0], width)
    raise ValueError(f"init must be coupled or independent, not {init}")


def train(net: Network, eta: Fraction | None, stop: int) -> Iterator[Checkpoint]:
    """Gradient descent from `net`, seen at checkpoints t = 0, 1, 2, ..., t/8 apart later on, the last at t = stop.

    A given eta is kept. Without one, each segment takes the power of two next below KAPPA/|J|^2, and is taken back with
    half the step unless it ends with a smaller residual. Raises TrainingStopped if the run overflows or stalls.
    """
    t = halvings = 0
    while True:
        step = eta if eta is not None else _automatic_step(net, t, halvings)
        yield Checkpoint(t, net, step)
        if t == stop:
            return
        length = min(max(1, t // 8), _LONGEST_SEGMENT, stop - t)
        moved = _descend(net, step, length)
        while eta is None and not _residual(moved) < _residual(net):
            halvings += 1
            if halvings > _MAX_HALVINGS:
                raise TrainingStopped(f"training stalled at iterate {t}: no step lowers the residual")
            step /= 2
            moved = _descend(net, step, length)
        if not np.isfinite(_residual(moved)):
            raise TrainingStopped(f"training overflowed between iterates {t} and {t + length}")
        net, t = moved, t + length


def _automatic_step(net: Network, t: int, halvings: int) -> Fraction:
    norm = _jacobian_norm(net)
    if not 1e-100 < norm < 1e100:
        raise TrainingStopped(f"the Jacobian at iterate {t} has norm {norm:g}")
    return Fraction(2.0 ** (math.floor(math.log2(KAPPA / norm**2)) - halvings))


def _jacobian_norm(net: Network) -> float:
    with np.errstate(over="ignore", invalid="ignore"):
        H = model.gram(net.X, net.W)
    return math.sqrt(len(net.W) * max(-model.lambda_min(-H), 0.0)) if np.isfinite(H).all() else math.inf


def _residual(net: Network) -> float:
    with np.errstate(over="ignore", invalid="ignore"):
        return float(np.linalg.norm(model.residual(net.X, net.W, net.signs, net.y)))


def _descend(net: Network, eta: Fraction, steps: int) -> Network:
    with np.errstate(over="ignore", invalid="ignore"):
        return replace(net, W=model.gd(net.X, net.W, net.signs, net.y, float(eta), steps))
