"""The definition of a measured quantity, in the language of proofs, and the function that measures it must agree."""

import contextlib
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
EXPECTATIONS = {"Z_ij", "cut_ij"}  # defined by an expectation, which has no value on an instance
MEASURED = sorted(
    {q for module in MODULES for q in vars(module).values() if isinstance(q, Quantity) and q.measure and q.definition},
    key=str,
)


def _instance(seed: int) -> Mapping[str, Any]:
    """One instance with every array and number that the notation table knows: runs from coupled starts."""
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
    numbers = {"eta_0": eta, "c": 0.8, "sigma0": 1.5, "L": 0.7, "rad": 0.3}
    at = {**at, **named, **numbers, "W": W, "e": e, "path": np.array(path), "e_path": np.array(residuals)}
    return drift_path.written(at)


@pytest.mark.parametrize("quantity", [q for q in MEASURED if str(q) not in EXPECTATIONS], ids=str)
def test_definition_and_measure_agree(quantity: Quantity) -> None:
    assert quantity.measure is not None
    compared = 0
    for seed in range(5):
        at = _instance(seed)
        with contextlib.suppress(NoNumber):  # of equal points K has no inverse root
            defined, measured = evaluate(quantity.definition, at), float(quantity.measure(at))
            assert measured == pytest.approx(defined, rel=1e-9, abs=1e-10), (seed, quantity.meaning)
            compared += 1
    assert compared >= 3


@pytest.mark.parametrize("name", sorted(EXPECTATIONS))
def test_an_expectation_has_no_value_on_an_instance(name: str) -> None:
    [quantity] = [q for q in MEASURED if str(q) == name]
    with pytest.raises(NoNumber):
        evaluate(quantity.definition, _instance(0))


def test_every_measure_of_the_first_page_takes_balls() -> None:
    at = {k: _balls(v) for k, v in _instance(1).items()}
    first_page = {q for module in (symbols, runs, coupled) for q in vars(module).values() if isinstance(q, Quantity)}
    taken = [q for q in MEASURED if q in first_page]
    assert len(taken) > 20
    for quantity in taken:
        assert quantity.measure is not None
        value = quantity.measure(at)
        floats = float(quantity.measure(_instance(1)))
        assert abs(float(arb(value).mid()) - floats) <= 1e-6 * (1 + abs(floats)), quantity


def _balls(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return np.vectorize(lambda v: arb(float(v)), otypes=[object])(value)
    return arb(value) if isinstance(value, float) else value
