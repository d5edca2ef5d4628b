"""One trial of the Gram matrix in other libraries; each is loaded only if it is installed."""

import importlib
from collections.abc import Callable
from typing import Any

import numpy as np

from lemmas.kernels import Floats

Job = Callable[[], Any]  # returns H (n, n) of a fresh draw, or always of the same one


def trials(X: Floats, q: int) -> dict[str, Job]:
    """A trial with q neurons on X (n, d) for every peer that loads, by name."""
    found: dict[str, Job] = {}
    for name, build in {"torch": _torch, "jax": _jax, "neural-tangents": _neural_tangents}.items():
        try:
            found[name] = build(X, q)
        except (ImportError, AttributeError):  # absent, or not fit for the versions of its own dependencies
            continue
    return found


def _torch(X: Floats, q: int) -> Job:
    torch: Any = importlib.import_module("torch")
    torch.set_num_threads(1)
    points = torch.from_numpy(np.array(X))

    def trial() -> Any:
        E = torch.exp(points @ torch.randn(q, X.shape[1], dtype=torch.float64).T)
        return (points @ points.T) * (E @ E.T) / q

    return trial


def _jax(X: Floats, q: int) -> Job:
    jax: Any = importlib.import_module("jax")
    jax.config.update("jax_enable_x64", True)

    def trial(points: Any, key: Any) -> Any:
        E = jax.numpy.exp(points @ jax.random.normal(key, (q, X.shape[1])).T)
        return (points @ points.T) * (E @ E.T) / q

    compiled = jax.jit(trial)
    return lambda: compiled(X, jax.random.PRNGKey(0)).block_until_ready()


def _neural_tangents(X: Floats, q: int) -> Job:
    jax: Any = importlib.import_module("jax")
    jax.config.update("jax_enable_x64", True)
    tangents: Any = importlib.import_module("neural_tangents")
    ones = np.ones(q)

    def network(W: Any, points: Any) -> Any:
        return (jax.numpy.exp(points @ W.T) @ ones)[:, None]

    kernel = jax.jit(tangents.empirical_ntk_fn(network, trace_axes=(-1,), vmap_axes=0))
    return lambda: (kernel(X, None, jax.random.normal(jax.random.PRNGKey(0), (q, X.shape[1]))) / q).block_until_ready()
