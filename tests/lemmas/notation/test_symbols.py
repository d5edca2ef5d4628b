"""The definition of a measured quantity, in the language of proofs, and the function that measures it must agree."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from flint import arb

from lemmas import draws, model
from lemmas.dynamics import weight_movement
from lemmas.initialization import initial_residual
from lemmas.notation import coupled, jacobians, runs, start, symbols
from lemmas.steps import drift_path
from verify.proof.evaluate import NoNumber, evaluate
from verify.statement import Quantity

MODULES = (symbols, runs, coupled, start, jacobians, drift_path)
MEASURED = sorted(
    {q for module in MODULES for q in vars(module).values() if isinstance(q, Quantity) and q.measure and q.definition},
    key=str,
)


def _instance(seed: int) -> Mapping[str, Any]:
    """One instance with every array and number that the notation table knows: a run from a coupled start."""
    rng = np.random.default_rng(seed)
    at = initial_residual.draw(rng, draws.CASES[seed % len(draws.CASES)])
    run = weight_movement.draw(rng, "random")
    move = rng.standard_normal(at["W0"].shape) * 0.1
    W, eta = at["W0"] + move, 0.01
    e = model.residual(at["X"], W, at["a"], at["y"])
    path = [at["W0"]]
    for _ in range(3):
        path.append(model.gd_step(at["X"], path[-1], at["a"], at["y"], eta))
    residuals = [model.residual(at["X"], V, at["a"], at["y"]) for V in path]
    named = {
        "i": 1,
        "j": len(at["X"]),
        "eta": eta,
        "T": 3,
        "keep": 0.9,
        "R": 0.5,
        "B": 1.0,
        "lam": run["lam"],
        "V": move,
    }
    named |= {"W1": W + move / 2, "u": rng.standard_normal(len(at["X"])), "damp": rng.uniform(0, 1, len(W))}
    return {**at, **named, "W": W, "e": e, "path": np.array(path), "e_path": np.array(residuals)}


@pytest.mark.parametrize("quantity", MEASURED, ids=str)
def test_definition_and_measure_agree(quantity: Quantity) -> None:
    assert quantity.measure is not None
    for seed in range(4):
        at = _instance(seed)
        try:
            defined = evaluate(quantity.definition, at)
        except NoNumber:
            pytest.skip(f"{quantity} is defined by an expectation, which has no value on an instance")
        measured = float(quantity.measure(at))
        assert measured == pytest.approx(defined, rel=1e-9, abs=1e-10), (seed, quantity.meaning)


def test_every_measure_of_the_first_page_takes_balls() -> None:
    at = {k: _balls(v) for k, v in _instance(1).items()}
    first_page = {q for module in (symbols, runs, coupled) for q in vars(module).values() if isinstance(q, Quantity)}
    for quantity in (q for q in MEASURED if q in first_page):
        assert quantity.measure is not None
        value = quantity.measure(at)
        floats = float(quantity.measure(_instance(1)))
        assert abs(float(arb(value).mid()) - floats) <= 1e-6 * (1 + abs(floats)), quantity


def _balls(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return np.vectorize(lambda v: arb(float(v)), otypes=[object])(value)
    return arb(value) if isinstance(value, float) else value
