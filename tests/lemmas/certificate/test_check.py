"""The checker against lies whose digest is right: it recomputes everything, and says which number is wrong."""

import ast
import inspect
import json
import math
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from flint import arb, arb_mat, ctx
from hypothesis import given, settings
from hypothesis import strategies as st

from lemmas import model
from lemmas.certificate import check as checker
from lemmas.certificate import read as reader
from lemmas.certificate.check import Rejected, Valid, check, check_bytes
from lemmas.certificate.format import Certificate
from lemmas.certificate.read import LOWER_BOUNDS, UPPER_BOUNDS

Content = dict[str, Any]
Seal = Callable[[Content], bytes]
BETTER = Decimal("1e-6")  # far above the prover's margin of 1e-9


def reason(content: Content, seal: Seal) -> str:
    found = check_bytes(seal(content))
    assert isinstance(found, Rejected), found
    return found.reason


def scaled(content: Content, name: str, factor: Decimal) -> None:
    content["bounds"][name] = str(Decimal(content["bounds"][name]) * factor)


# --- a true certificate ----------------------------------------------------------------------------------------------


def test_valid_repeats_what_is_certified(certificate: Certificate, tmp_path: Path) -> None:
    certificate.write(tmp_path / "a.json")
    found = check(tmp_path / "a.json")
    assert isinstance(found, Valid)
    assert (found.n, found.d, found.m, found.iterate) == (2, 2, 4, certificate.origin.iterate)
    assert (found.eta, found.radius, found.rate) == (certificate.eta, certificate.radius, certificate.rate)


def test_results_are_not_truth_values(certificate: Certificate) -> None:
    for found in (check_bytes(certificate.to_bytes()), check_bytes(b"")):
        with pytest.raises(TypeError, match="truth value"):
            bool(found)


def test_the_cited_statement_can_be_demanded(certificate: Certificate) -> None:
    assert isinstance(check_bytes(certificate.to_bytes(), "ab12"), Valid)
    found = check_bytes(certificate.to_bytes(), "cd34")
    assert isinstance(found, Rejected)
    assert "another statement" in found.reason
    assert "ab12" in found.reason


def test_an_unreadable_file_is_no_verdict(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        check(tmp_path / "missing.json")


def test_shares_only_the_number_type_with_the_prover() -> None:
    allowed = {
        "__future__",
        "dataclasses",
        "decimal",
        "fractions",
        "hashlib",
        "json",
        "math",
        "pathlib",
        "re",
        "typing",
    }
    allowed |= {"flint", "lemmas.certificate.read"}
    for module in (checker, reader):
        tree = ast.parse(inspect.getsource(module))
        imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        imported |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
        assert imported <= allowed


# --- lies ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [*UPPER_BOUNDS, *LOWER_BOUNDS])
def test_a_bound_better_than_true_is_named(content: Content, seal: Seal, name: str) -> None:
    scaled(content, name, 1 - BETTER if name in UPPER_BOUNDS else 1 + BETTER)
    assert Decimal(content["bounds"][name]) > 0  # so that the factor goes the right way
    assert reason(content, seal).startswith(f"{name} is {'smaller' if name in UPPER_BOUNDS else 'larger'} than")


@pytest.mark.parametrize("name", [*UPPER_BOUNDS, *LOWER_BOUNDS])
@pytest.mark.parametrize("value", ["0", "-1"])
def test_a_bound_of_the_wrong_sign_is_refused(content: Content, seal: Seal, name: str, value: str) -> None:
    content["bounds"][name] = value
    assert reason(content, seal)


@pytest.mark.parametrize("name", ["nu", "n4", "sigma0_squared", "c", "sigma_end", "rate"])
def test_a_bound_of_the_wrong_sign_is_told(content: Content, seal: Seal, name: str) -> None:
    scaled(content, name, Decimal(-1))
    assert "must be positive" in reason(content, seal)


@pytest.mark.parametrize(
    ("name", "factor", "why"),
    [
        ("radius", "0.99", "reach"),  # a shorter path removes less
        ("radius", "1.01", "curvature"),  # a larger ball bends more
        ("radius", "0", "positive"),
        ("radius", "-1", "positive"),
        ("level", "1.1", "sigma0_squared"),  # (the level is negative) more damping
        ("level", "0.9", "L is smaller"),
    ],
)
def test_another_choice_needs_other_bounds(content: Content, seal: Seal, name: str, factor: str, why: str) -> None:
    content[name] = str(Decimal(content[name]) * Decimal(factor))
    assert why in reason(content, seal)


@pytest.mark.parametrize(("eta", "why"), [("1/2", "c is larger"), ("1/1000000", "rate is larger"), ("0", "positive")])
def test_another_step_needs_other_bounds(content: Content, seal: Seal, eta: str, why: str) -> None:
    content["eta"] = eta
    assert why in reason(content, seal)


@pytest.mark.parametrize("name", ["reach", "c"])
def test_true_bounds_that_do_not_close_are_refused(content: Content, seal: Seal, name: str) -> None:
    """Only worse bounds, all of them true: what is left to fail is the closing inequality."""
    scaled(content, name, Decimal("0.9999"))
    assert Decimal(content["bounds"]["reach"]) > Decimal(content["bounds"]["residual"])
    assert "closing inequality" in reason(content, seal)


def test_worse_but_true_bounds_stay_valid(content: Content, seal: Seal) -> None:
    scaled(content, "rate", Decimal("0.5"))
    assert isinstance(check_bytes(seal(content)), Valid)


def test_numbers_too_large_for_balls_are_refused(content: Content, seal: Seal) -> None:
    content["weights"][0] = ["0x1.fffffffffffffp+1023"] * 2
    assert reason(content, seal)
    content["radius"] = "1E+999"
    assert reason(content, seal)


def test_all_signs_flipped_is_another_network(content: Content, seal: Seal) -> None:
    content["signs"] = [-s for s in content["signs"]]
    assert reason(content, seal).startswith("residual")


def test_no_data_at_all_is_refused(content: Content, seal: Seal) -> None:
    content["data"] = [["0x0.0p+0"] * 2] * 2
    assert reason(content, seal)


# --- altered networks, against the truth in floats -------------------------------------------------------------------


def truth(content: Content) -> dict[str, float]:
    """The measured quantities of the network in a file, in floats."""
    X, W = (np.array([[float.fromhex(v) for v in row] for row in content[k]]) for k in ("data", "weights"))
    a = np.array(content["signs"], dtype=float)
    y = np.array([float.fromhex(v) for v in content["labels"]])
    damping = np.minimum(1, np.exp(float(content["level"]) - (X @ W.T).max(axis=0)))
    damped = model.jacobian(X, W, a) * np.repeat(damping, X.shape[1])
    return {
        "nu": model.max_row_norm(X),
        "n4": model.hadamard_norm(X),
        "top": model.max_preactivation(X, W),
        "jacobian_norm": model.spectral_norm(model.jacobian(X, W, a)),
        "residual": model.frobenius(model.residual(X, W, a, y)),
        "sigma0_squared": float(np.linalg.svd(damped)[1][-1]) ** 2,
    }


def violated(content: Content, by: float) -> list[str]:
    """The bounds that floats see broken by more than `by` times their size."""
    bad = []
    for name, value in truth(content).items():
        stated = float(content["bounds"][name])
        excess = stated - value if name == "sigma0_squared" else value - stated
        if excess > by * abs(value):
            bad.append(name)
    return bad


def test_the_truth_finds_nothing_wrong_with_a_true_certificate(content: Content) -> None:
    assert violated(content, 0) == []


@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_an_altered_network_is_refused_for_a_true_reason(
    certificate: Certificate, seal: Seal, data: st.DataObject
) -> None:
    content = json.loads(certificate.to_bytes())
    where = data.draw(st.sampled_from(["data", "labels", "weights"]))
    row = content[where] if where == "labels" else data.draw(st.sampled_from(content[where]))
    k = data.draw(st.integers(0, len(row) - 1))
    size = data.draw(st.sampled_from([1e-12, 1e-9, 1e-6, 1e-3, 0.1, 1.0]))
    row[k] = (float.fromhex(row[k]) + size * data.draw(st.sampled_from([-1.0, 1.0]))).hex()
    found = check_bytes(seal(content))
    if violated(content, by=1e-10):
        assert isinstance(found, Rejected)
    if isinstance(found, Rejected):
        assert found.reason.split()[0] in violated(content, by=-1e-12)


# --- eigenvalues -----------------------------------------------------------------------------------------------------


@given(n=st.integers(1, 9), seed=st.integers(0, 10**6), shift=st.sampled_from([-1e-3, -1e-9, 1e-9, 1e-3]))
@settings(max_examples=60, deadline=None)
def test_positive_definite_agrees_with_floats(n: int, seed: int, shift: float) -> None:
    A = np.random.default_rng(seed).standard_normal((n, n))
    S = A @ A.T
    S = S + (shift - np.linalg.eigvalsh(S)[0]) * np.eye(n)
    with ctx.workprec(256):
        assert checker._positive_definite(arb_mat(S.tolist())) is (shift > 0)


def test_positive_definite_needs_certainty() -> None:
    with ctx.workprec(256):
        singular = arb_mat([[1, 1], [1, 1]])
        assert checker._positive_definite(singular) is False
        assert checker._positive_definite(arb_mat([[1, 1], [1, 1 + arb(2) ** -200]])) is True
        assert checker._positive_definite(arb_mat([[1, 1], [1, arb(1, 1e-9)]])) is False
        assert checker._positive_definite(arb_mat([[math.nan]])) is False
        assert checker._positive_definite(arb_mat([[0, 1], [1, 0]])) is False
