"""Data sets: named, seeded, adversarial, and a user's own file.

Every data set satisfies the standing assumptions exactly, as exact binary numbers: rows distinct, non-zero and of norm
at most 1. Half of all rows that floats have normalised have an exact norm slightly above 1, so such a matrix is
multiplied by one factor 1 - 2^-k just below 1, stated as `DataSet.scale`; what is proved for the scaled rows is then
free of rounding.
"""

import csv
import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
import numpy.typing as npt

T = TypeVar("T")
Floats = npt.NDArray[np.float64]

NORM_SLACK = 1e-12  # a norm up to 1 + NORM_SLACK is taken for a rounded 1


class DataError(ValueError):
    """A data set that breaks an assumption, or a file that does not hold one; the message is one line."""


@dataclass(frozen=True, eq=False)
class DataSet:
    """X (n, d) with distinct non-zero rows of exact norm at most 1, and labels y (n,) in [-1, 1] if there are any.

    `unit` says that every row has norm 1 up to rounding; `scale` is the factor X was multiplied by to bring all exact
    norms down to 1 (1.0 if it was not touched). The arrays are read-only.
    """

    name: str
    X: Floats
    y: Floats | None
    unit: bool
    scale: float = 1.0

    @property
    def n(self) -> int:
        """Number of points."""
        return len(self.X)

    @property
    def d(self) -> int:
        """Dimension."""
        return len(self.X[0])


def dataset(name: str, X: Floats, y: Floats | None = None) -> DataSet:
    """The data set of rows X (n, d) and labels y (n,), checked and scaled inward; DataError says what is wrong."""
    X = np.array(X, dtype=np.float64) + 0.0  # a copy; -0.0 becomes 0.0, so that equal rows are equal bytes
    _check_points(X)
    X, scale = _inward(X)
    _check_distinct(X)
    if y is not None:
        y = np.array(y, dtype=np.float64)
        _check_labels(y, len(X))
        y.setflags(write=False)
    X.setflags(write=False)
    unit = bool(np.all(np.abs(np.linalg.norm(X, axis=1) - 1) <= 4 * NORM_SLACK))
    return DataSet(name, X, y, unit, scale)


# --- the assumptions --------------------------------------------------------------------------------------------------


def _check_points(X: Floats) -> None:
    if X.ndim != 2:
        raise DataError(f"the data must be a matrix, one row a point; found {X.ndim} dimension(s)")
    if 0 in X.shape:
        raise DataError(f"the data are empty (shape {X.shape[0]} x {X.shape[1]})")
    if not np.isfinite(X).all():
        row = int(np.argmin(np.isfinite(X).all(axis=1)))
        raise DataError(f"row {row + 1} contains NaN or infinity")
    if not X.any(axis=1).all():
        row = int(np.argmin(X.any(axis=1)))
        raise DataError(f"row {row + 1} is zero, which makes the limiting Gram matrix singular")
    norms = [math.hypot(*row) for row in X.tolist()]  # which, unlike a sum of squares, cannot overflow
    worst = max(range(len(norms)), key=norms.__getitem__)
    if norms[worst] > 1 + NORM_SLACK:
        raise DataError(f"row {worst + 1} has norm {norms[worst]:.17g}, but norms must be at most 1 (rescale the data)")


def _check_distinct(X: Floats) -> None:
    first: dict[bytes, int] = {}
    for i, row in enumerate(X):
        j = first.setdefault(row.tobytes(), i)
        if j != i:
            raise DataError(f"rows {j + 1} and {i + 1} are equal, which makes the limiting Gram matrix singular")


def _check_labels(y: Floats, n: int) -> None:
    if y.ndim != 1:
        raise DataError(f"the labels must be one list of numbers; found {y.ndim} dimensions")
    if len(y) != n:
        raise DataError(f"there are {len(y)} labels for {n} points")
    bad = ~(np.abs(y) <= 1)  # written so that NaN is bad
    if bad.any():
        i = int(np.argmax(bad))
        raise DataError(f"label {i + 1} is {y[i]:.17g}, but labels must lie in [-1, 1]")


def _norm_at_most_one(row: list[float]) -> bool:
    """Whether the sum of squares is at most 1, in exact integer arithmetic over the common power-of-two denominator."""
    ratios = [v.as_integer_ratio() for v in row]
    common = max(q for _, q in ratios)
    return sum((p * (common // q)) ** 2 for p, q in ratios) <= common**2


def _inward(X: Floats) -> tuple[Floats, float]:
    """X times 1 - 2^-k that makes every exact norm at most 1, with k <= 52 about the largest; X itself if they are."""
    if all(map(_norm_at_most_one, X.tolist())):
        return X, 1.0
    overshoot = max(math.hypot(*row) for row in X.tolist()) - 1
    k = 52 if overshoot <= 2.0**-52 else math.floor(-math.log2(overshoot))
    while not all(map(_norm_at_most_one, (X * (1 - 2.0**-k)).tolist())):
        k -= 1
    return X * (1 - 2.0**-k), 1 - 2.0**-k


# --- named, seeded data sets ------------------------------------------------------------------------------------------


def _rng(seed: int, *shape: int) -> np.random.Generator:
    return np.random.Generator(np.random.SFC64(np.random.SeedSequence([seed, *shape])))


def _signs(n: int, seed: int) -> Floats:
    """n labels of size 1 with random signs, so |y| = sqrt(n), the largest allowed."""
    return _rng(seed, n).choice([-1.0, 1.0], n)


def _unit_rows(n: int, d: int, seed: int) -> Floats:
    X = _rng(seed, n, d).standard_normal((n, d))
    X /= np.linalg.norm(X, axis=1, keepdims=True)
    return X


def orthonormal(n: int, seed: int = 0) -> DataSet:
    """The n unit vectors of R^n: K = e^2 I, the largest possible smallest eigenvalue."""
    return dataset(f"orthonormal-{n}", np.eye(n), _signs(n, seed))


def sphere(n: int, d: int, seed: int = 0) -> DataSet:
    """n independent uniform points of the unit sphere in R^d (d >= 2)."""
    return dataset(f"sphere-{n}-{d}-s{seed}", _unit_rows(n, d, seed), _signs(n, seed))


def short_norms(n: int, d: int, seed: int = 0) -> DataSet:
    """Uniform directions with norms spread evenly from 1/4 to 1."""
    X = _unit_rows(n, d, seed) * np.linspace(0.25, 1, n)[:, None]
    return dataset(f"short-norms-{n}-{d}-s{seed}", X, _signs(n, seed))


def clustered_pair(theta: float, n: int = 5, d: int = 3, seed: int = 0) -> DataSet:
    """n unit points of R^d (n, d >= 2), the 2nd at angle `theta` (radians) from the first: K is nearly singular."""
    X = _unit_rows(n, d, seed)
    normal = X[1] - (X[1] @ X[0]) * X[0]
    X[1] = math.cos(theta) * X[0] + math.sin(theta) * normal / np.linalg.norm(normal)
    return dataset(f"clustered-pair-{theta:g}-{n}-{d}-s{seed}", X, _signs(n, seed))


def circle(n: int, seed: int = 0) -> DataSet:
    """n equally spaced points of the unit circle: d = 2, where the smallest eigenvalue of K falls fastest with n."""
    angles = 2 * math.pi * np.arange(n) / n
    return dataset(f"circle-{n}", np.column_stack([np.cos(angles), np.sin(angles)]), _signs(n, seed))


def antipodal(n: int, d: int, seed: int = 0) -> DataSet:
    """n/2 uniform unit points and their negatives (n even): parallel rows, and still K is positive definite.

    Raises DataError if n is odd.
    """
    if n % 2:
        raise DataError(f"antipodal points come in pairs, but n = {n} is odd")
    X = _unit_rows(n // 2, d, seed)
    return dataset(f"antipodal-{n}-{d}-s{seed}", np.concatenate([X, -X]), _signs(n, seed))


def collinear(seed: int = 0) -> DataSet:
    """{1, 1/2, -1/2, -1} in R^1: rank one, and still K is positive definite (about 0.0135)."""
    return dataset("collinear", np.array([[1.0], [0.5], [-0.5], [-1.0]]), _signs(4, seed))


SPHERES = ((2, 2), (5, 3), (5, 10), (10, 5), (20, 10), (30, 20))


def named(seed: int = 0) -> dict[str, DataSet]:
    """The default data sets of a report, by name, in order: random spheres, then the special and adversarial ones."""
    special: list[Callable[[], DataSet]] = [
        lambda: orthonormal(5, seed),
        lambda: circle(5, seed),
        lambda: antipodal(6, 3, seed),
        lambda: short_norms(8, 4, seed),
        lambda: clustered_pair(0.1, seed=seed),
        lambda: collinear(seed),
    ]
    sets = [sphere(n, d, seed) for n, d in SPHERES] + [build() for build in special]
    return {data.name: data for data in sets}


# --- a user's files ---------------------------------------------------------------------------------------------------


def load(path_X: str | Path, path_Y: str | Path | None = None) -> DataSet:
    """The data set of a CSV (one row a point, with or without a header) or NPY file of points, and one of labels.

    Raises DataError, in one line, for a file that cannot be read or data that break an assumption.
    """
    path_X = Path(path_X)
    X = _named(path_X, lambda: _read(path_X))
    if path_Y is None:
        return _named(path_X, lambda: dataset(path_X.stem, X))
    path_Y = Path(path_Y)
    y = _named(path_Y, lambda: _as_labels(_read(path_Y)))
    _named(path_Y, lambda: _check_labels(y, len(X)))
    return _named(path_X, lambda: dataset(path_X.stem, X, y))


def _named(path: Path, action: Callable[[], T]) -> T:
    """What `action` returns, with the path put in front of the message of its DataError."""
    try:
        return action()
    except DataError as error:
        raise DataError(f"{path}: {error}") from error


def _read(path: Path) -> Floats:
    try:
        return _read_npy(path) if path.suffix.lower() == ".npy" else _read_csv(path)
    except OSError as error:
        raise DataError(f"cannot be read ({error.strerror or error})") from error


def _read_npy(path: Path) -> Floats:
    try:
        array = np.load(path, allow_pickle=False)  # a pickle runs code
    except OSError:
        raise
    except Exception as error:  # a damaged header reaches Python's own parser, which may raise almost anything
        raise DataError("is not a readable NPY file of numbers") from error
    if not isinstance(array, np.ndarray) or array.dtype.kind not in "fiu":
        raise DataError("must hold one array of real numbers")
    return array.astype(np.float64)


def _read_csv(path: Path) -> Floats:
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.reader(file, strict=True)
            rows = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except (UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"is not a CSV text file ({error})") from error
    if rows and not any(_is_number(cell) for cell in rows[0][1]):
        rows = rows[1:]  # a header
    if not rows:
        raise DataError("holds no rows of numbers")
    return np.array([_parse_row(line, row, len(rows[0][1])) for line, row in rows])


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return "_" not in cell  # Python reads 1_000 as a number


def _parse_row(line: int, row: list[str], width: int) -> list[float]:
    if len(row) != width:
        raise DataError(f"line {line} has {len(row)} cells, but the first row has {width}")
    for column, cell in enumerate(row, 1):
        if not _is_number(cell):
            raise DataError(
                f"line {line}, column {column}: {cell[:40]!r} is not a number (cells are separated by commas)"
            )
    return [float(cell) for cell in row]


def _as_labels(array: Floats) -> Floats:
    """A list, a single column or a single row of numbers as a vector."""
    if array.ndim == 2 and 1 in array.shape:
        return array.ravel()
    return array
