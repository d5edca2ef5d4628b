"""Every peer that is installed computes the Gram matrix it is timed on."""

import importlib.util
import sys
from types import ModuleType

import numpy as np
import pytest

from lemmas import data, model
from lemmas.bench import peers


def test_installed_peers_compute_the_gram_matrix() -> None:
    X = data.sphere(4, 3).X
    K = model.limit_gram(X)
    found = peers.trials(X, 40_000)
    installed = {name for name in ("torch", "jax") if importlib.util.find_spec(name)}
    assert set(found) - {"neural-tangents"} == installed
    for job in found.values():
        np.testing.assert_allclose(np.asarray(job()), K, rtol=0.3, atol=0.3)  # Monte Carlo error, far from any mix-up


def test_a_peer_that_does_not_load_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("torch", "neural_tangents"):
        monkeypatch.setitem(sys.modules, name, None)  # import raises ImportError
    monkeypatch.setitem(sys.modules, "jax", ModuleType("jax"))  # loads, but has nothing in it
    assert peers.trials(np.eye(2), 10) == {}
