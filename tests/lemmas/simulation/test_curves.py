"""The training curve: a real descent, a bound only where its hypotheses were met, and an alarm if it is crossed."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from lemmas import model
from lemmas.simulation import curves, simulate
from verify import const

CONTEXT: Any = SimpleNamespace(seed=3)


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(curves, "LONGEST", 400)


def finding() -> dict[str, Any]:
    (found,) = curves.training_curves(CONTEXT)
    return found


def test_the_curve_is_that_of_the_model_and_stays_below_the_bound() -> None:
    found = finding()
    assert found["verdict"] == "inconclusive"
    data = found["data"]
    seen, bound = data["series"].values()
    at = curves.setting(3)
    W = model.gd(at.X, at.W, at.a, at.y, at.eta, data["x"][2])
    assert seen[2] == pytest.approx(model.frobenius(model.residual(at.X, W, at.a, at.y)), rel=1e-5)
    assert seen[0] == bound[0] == pytest.approx(np.sqrt(2), rel=1e-5)
    assert bound[-1] == pytest.approx(bound[0] * (1 - at.rate) ** data["x"][-1], rel=1e-5)
    assert all(low < high for low, high in zip(seen[1:], bound[1:], strict=True))


def test_the_bound_follows_the_constant_of_the_lemma(monkeypatch: pytest.MonkeyPatch) -> None:
    stated = curves.setting(3).rate
    monkeypatch.setattr(curves, "C", const("C", 8))
    assert curves.setting(3).rate == stated / 2
    assert "(1 - eta m lambda/8)^t |e(0)|" in finding()["data"]["series"]


def test_the_step_size_meets_both_conditions_of_the_lemma() -> None:
    at = curves.setting(3)
    level = float(np.abs(at.X @ at.W.T).max()) + curves.NEAR
    assert at.eta * len(at.W) * 2 * np.exp(2 * level) <= 1 + 1e-12
    assert 4 * at.eta * 2**1.5 * np.exp(3 * level) * np.sqrt(2) <= at.lam * (1 + 1e-12)


def test_without_the_hypotheses_nothing_is_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(curves, "NEAR", 1e-9)
    found = finding()
    assert "nothing is compared" in found["title"]
    assert "series" not in found["data"]
    assert found["verdict"] == "inconclusive"


def test_crossing_the_bound_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    real = simulate.gd_path

    def slower(*args: Any, **options: Any) -> simulate.Path:
        path = real(*args, **options)
        path.residual[1:] = [path.residual[0]] * (len(path.residual) - 1)
        return path

    monkeypatch.setattr(simulate, "gd_path", slower)
    assert finding()["verdict"] == "error"
