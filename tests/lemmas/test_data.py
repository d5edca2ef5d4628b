"""Data sets keep the standing assumptions exactly, and a bad file is refused with the reason."""

import pickle
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lemmas import data, model
from lemmas.data import DataError


def exact_norms_squared(X: data.Floats) -> list[Fraction]:
    return [sum((Fraction(v) ** 2 for v in row), Fraction()) for row in X.tolist()]


# --- named sets -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", list(data.named()))
def test_named_sets_keep_the_assumptions_exactly(name: str) -> None:
    found = data.named()[name]
    assert found.name == name
    assert max(exact_norms_squared(found.X)) <= 1
    assert len({row.tobytes() for row in found.X}) == found.n
    assert model.lambda_min(model.limit_gram(found.X)) > 1e-6
    assert found.y is not None
    assert np.array_equal(np.abs(found.y), np.ones(found.n))
    assert found.unit == (name not in ("collinear", "short-norms-8-4-s0"))
    if found.unit:
        assert min(exact_norms_squared(found.X)) > 1 - 1e-14
    with pytest.raises(ValueError, match="read-only"):
        found.X[0, 0] = 0


def test_named_sets_are_the_agreed_ones() -> None:
    names = list(data.named())
    assert names[:6] == [f"sphere-{n}-{d}-s0" for n, d in [(2, 2), (5, 3), (5, 10), (10, 5), (20, 10), (30, 20)]]
    assert len(names) == 12


def test_a_seed_names_one_data_set() -> None:
    once, again, other = data.sphere(5, 3, 7), data.sphere(5, 3, 7), data.sphere(5, 3, 8)
    assert np.array_equal(once.X, again.X)
    assert not np.array_equal(once.X, other.X)
    assert (once.n, once.d) == (5, 3)


def test_builders_build_what_they_say() -> None:
    assert data.clustered_pair(0.01).X[0] @ data.clustered_pair(0.01).X[1] == pytest.approx(np.cos(0.01), abs=1e-14)
    np.testing.assert_array_equal(data.antipodal(6, 3).X[:3], -data.antipodal(6, 3).X[3:])
    np.testing.assert_allclose(np.linalg.norm(data.short_norms(4, 6).X, axis=1), [0.25, 0.5, 0.75, 1], rtol=1e-15)
    np.testing.assert_allclose(data.circle(4).X, [[1, 0], [0, 1], [-1, 0], [0, -1]], atol=1e-15)
    assert np.linalg.matrix_rank(data.collinear().X) == 1
    assert model.lambda_min(model.limit_gram(data.collinear().X)) == pytest.approx(0.0135, abs=5e-5)
    assert data.orthonormal(3).scale == 1
    with pytest.raises(DataError, match="pairs"):
        data.antipodal(5, 3)


# --- exact norms ------------------------------------------------------------------------------------------------------


@given(st.integers(1, 8), st.integers(1, 6), st.floats(-1e-12, 1e-12), st.integers(0, 2**16))
@settings(max_examples=60, deadline=None)
def test_rounded_norms_are_scaled_inward_by_the_stated_factor(n: int, d: int, off: float, seed: int) -> None:
    X = np.random.default_rng(seed).standard_normal((n, d))
    X *= 1 / np.linalg.norm(X, axis=1, keepdims=True)
    X[0] *= 1 + 0.99 * off
    if len({row.tobytes() for row in X}) < n:
        return
    found = data.dataset("rounded", X)
    assert max(exact_norms_squared(found.X)) <= 1
    overshoot = max(0.0, float(max(exact_norms_squared(X)) - 1)) / 2
    assert 0 <= 1 - found.scale <= 4 * overshoot + 2.0**-50
    np.testing.assert_array_equal(found.X, X * found.scale)
    assert found.unit
    if found.scale < 1:
        assert max(exact_norms_squared(X)) > 1


def test_a_factor_that_rounding_undoes_is_made_one_step_smaller() -> None:
    row = [float.fromhex(v) for v in ("0x1.77b241e227da3p-1", "0x1.10e25d7037ce1p-1", "0x1.af6b1f672edadp-2")]
    assert max(exact_norms_squared(np.array([row]) * (1 - 2.0**-52))) > 1
    found = data.dataset("stubborn", np.array([row]))
    assert found.scale == 1 - 2.0**-51
    assert max(exact_norms_squared(found.X)) <= 1


def test_exact_norms_are_left_alone() -> None:
    X = np.array([[0.6, -0.8], [1.0, 0.0], [0.0, 1e-200]])
    X[0] /= 1.25
    found = data.dataset("exact", X)
    assert found.scale == 1
    assert not found.unit
    np.testing.assert_array_equal(found.X, X)


def test_a_norm_just_above_the_slack_is_refused() -> None:
    with pytest.raises(DataError, match=r"row 2 has norm 1\.0000000000\d+, but norms must be at most 1"):
        data.dataset("long", np.array([[1.0, 0.0], [0.0, 1 + 2e-12]]))


# --- reading files ----------------------------------------------------------------------------------------------------


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def save(path: Path, array: object) -> Path:
    np.save(path, np.asarray(array))
    return path


@pytest.mark.parametrize(
    "text", ["0.5,0.25\n-1,0\n", "x1,x2\n0.5,0.25\n-1,0\n", "\ufeff0.5, 0.25\r\n\r\n-1,0", "1e0,0\n"]
)
def test_csv_with_and_without_header(tmp_path: Path, text: str) -> None:
    found = data.load(write(tmp_path / "points.csv", text))
    expected = [[1, 0]] if text.startswith("1e0") else [[0.5, 0.25], [-1, 0]]
    np.testing.assert_array_equal(found.X, expected)
    assert found.name == "points"
    assert found.y is None


def test_csv_keeps_every_digit(tmp_path: Path) -> None:
    X = data.sphere(6, 4).X
    path = write(tmp_path / "X.csv", "\n".join(",".join(map(repr, row)) for row in X.tolist()))
    np.testing.assert_array_equal(data.load(path).X, X)


@pytest.mark.parametrize("labels", [[1, -1], [[1], [-1]], [[1, -1]]])
def test_npy_with_labels_of_any_vector_shape(tmp_path: Path, labels: list[Any]) -> None:
    X = save(tmp_path / "X.npy", np.eye(2, dtype=np.float32))
    found = data.load(X, save(tmp_path / "Y.npy", labels))
    np.testing.assert_array_equal(found.X, np.eye(2))
    assert found.y is not None
    np.testing.assert_array_equal(found.y, [1, -1])
    text = "\n".join(map(str, np.ravel(labels)))
    csv_labels = data.load(X, write(tmp_path / "Y.csv", text)).y
    assert csv_labels is not None
    np.testing.assert_array_equal(csv_labels, [1, -1])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "holds no rows of numbers"),
        ("x,y\n", "holds no rows of numbers"),
        ("0.5,zero\n1,0\n", "line 1, column 2: 'zero' is not a number"),
        ("x,y\n0.5,0\n1,\n", "line 3, column 2: '' is not a number"),
        ("0.5 0.5\n0 1\n1 0\n", "'0 1' is not a number"),
        ("1_0,0\n", "'1_0' is not a number"),
        ("0.5,0\n1\n", "line 2 has 1 cells, but the first row has 2"),
        ("0.5,0\nnan,1\n", "row 2 contains NaN or infinity"),
        ("0.5,0\n0,inf\n", "row 2 contains NaN or infinity"),
        ("0.5,0\n0,0\n", "row 2 is zero"),
        ("0.5,0\n0,1\n0.5,-0.0\n", "rows 1 and 3 are equal"),
        ("0.6,0.9\n1,0\n", r"row 1 has norm 1\.08166538\d+, but"),
        ("1e300,1e300\n1,0\n", r"row 1 has norm 1\.41421356\d+e\+300, but"),
        ('"0.5,0\n', "is not a CSV text file"),
    ],
)
def test_a_bad_csv_is_refused_with_the_reason_in_one_line(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(DataError, match=reason) as caught:
        data.load(write(tmp_path / "X.csv", text))
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith(str(tmp_path / "X.csv"))


@pytest.mark.parametrize(
    ("array", "reason"),
    [
        (np.ones(3), r"found 1 dimension"),
        (np.ones((1, 1, 1)), r"found 3 dimension"),
        (np.ones((0, 3)), r"empty \(shape 0 x 3\)"),
        (np.ones((3, 0)), r"empty \(shape 3 x 0\)"),
        (np.ones((1, 1), dtype=complex), "real numbers"),
        (np.array([["a"]]), "real numbers"),
        (np.array([[np.nan]]), "row 1 contains NaN"),
    ],
)
def test_a_bad_npy_is_refused_with_the_reason(tmp_path: Path, array: object, reason: str) -> None:
    with pytest.raises(DataError, match=reason):
        data.load(save(tmp_path / "X.npy", array))


def test_a_pickle_is_never_opened(tmp_path: Path) -> None:
    trap = tmp_path / "trap"

    class Bomb:
        def __reduce__(self) -> tuple[object, tuple[Path]]:
            return Path.touch, (trap,)

    array = np.empty((1, 1), dtype=object)
    array[0, 0] = Bomb()
    np.save(tmp_path / "X.npy", array, allow_pickle=True)
    (tmp_path / "raw.npy").write_bytes(pickle.dumps(Bomb()))
    for name in ("X.npy", "raw.npy"):
        with pytest.raises(DataError, match="not a readable NPY file"):
            data.load(tmp_path / name)
    assert not trap.exists()


@example(cut=115, garbage=b"\0{")  # the header is then no Python expression, and even its tokens do not end
@given(cut=st.integers(0, 200), garbage=st.binary(max_size=40))
@settings(max_examples=100, deadline=None)
def test_a_damaged_npy_is_refused_not_crashed_on(
    cut: int, garbage: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = save(tmp_path_factory.mktemp("npy") / "X.npy", np.eye(4))
    path.write_bytes(path.read_bytes()[:cut] + garbage)
    with pytest.raises(DataError):
        data.load(path)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"missing\.csv: cannot be read"):
        data.load(tmp_path / "missing.csv")
    with pytest.raises(DataError, match=r"missing\.npy: cannot be read"):
        data.load(tmp_path / "missing.npy")
    with pytest.raises(DataError, match="cannot be read"):
        data.load(tmp_path)
    (tmp_path / "binary.csv").write_bytes(b"\xff\xfe\x00\x01")
    with pytest.raises(DataError, match="is not a CSV text file"):
        data.load(tmp_path / "binary.csv")


@pytest.mark.parametrize(
    ("labels", "reason"),
    [
        ("1\n", "there are 1 labels for 2 points"),
        ("1\n1.5\n", r"label 2 is 1\.5, but labels must lie in \[-1, 1\]"),
        ("nan\n1\n", "label 1 is nan"),
        ("1,0\n0,1\n", "labels must be one list"),
    ],
)
def test_bad_labels_are_refused_with_the_reason(tmp_path: Path, labels: str, reason: str) -> None:
    X = write(tmp_path / "X.csv", "1,0\n0,1\n")
    with pytest.raises(DataError, match=reason) as caught:
        data.load(X, write(tmp_path / "Y.csv", labels))
    assert str(caught.value).startswith(str(tmp_path / "Y.csv"))
