"""The reader of certificate files, for the checker alone: it shares nothing with the code that writes them.

Everything is strict. The bytes must be the canonical JSON text of their content, the digest must be that of all the
rest, and no field may be missing, unknown or of another kind.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

FORMAT = "exponential-regression-certificate/1"
THEOREM = "kantorovich-drift"
CLAIM = (
    "Gradient descent in exact arithmetic from these weights with this step eta converges to zero loss: "
    "|e(t+1)| <= (1 - rate) |e(t)| and |W(t) - W(0)|_F < radius for every t, "
    "and weights that fit every label exactly lie within radius of the given ones."
)
UPPER_BOUNDS = ("nu", "n4", "top", "jacobian_norm", "residual", "L", "curvature", "beta")
LOWER_BOUNDS = ("sigma0_squared", "c", "sigma_end", "reach", "rate")

_FIELDS = {"format", "theorem", "claim", "origin", "eta", "level", "radius", "bounds"}
_FIELDS |= {"data", "labels", "signs", "weights", "digest"}
_DECIMAL = re.compile(r"-?\d{1,20}(\.\d{1,40})?(E[+-]\d{1,3})?", re.ASCII)
_FRACTION = re.compile(r"\d{1,300}(/\d{1,300})?", re.ASCII)
_HASH = re.compile(r"[0-9a-f]{0,64}", re.ASCII)


class Refused(Exception):
    """The certificate is not accepted; the message says why, in one line."""


def require(condition: bool, reason: str) -> None:
    """Raises Refused unless the condition is True."""
    if condition is not True:
        raise Refused(reason)


@dataclass(frozen=True)
class Stated:
    """What a certificate says: X (n, d), y (n,), signs (m,), W (m, d) as exact doubles, the rest as exact rationals."""

    X: list[list[float]]
    y: list[float]
    signs: list[int]
    W: list[list[float]]
    eta: Fraction
    level: Decimal
    radius: Decimal
    bounds: dict[str, Decimal]
    iterate: int
    fingerprint: str
    digest: str


def read(raw: bytes) -> Stated:
    """The content of a file, of the right form and with the right digest; nothing is computed yet. Raises Refused."""
    content = _authentic(raw)
    _check_head(content)
    X, W = _matrix(content["data"], "data"), _matrix(content["weights"], "weights")
    y, signs = _row(content["labels"], "labels"), content["signs"]
    require(len(W[0]) == len(X[0]), "the weights have another dimension than the data")
    require(len(y) == len(X), "there is not one label for each point")
    require(isinstance(signs, list) and len(signs) == len(W), "there is not one sign for each neuron")
    require(all(type(s) is int and s in (-1, 1) for s in signs), "a sign is neither -1 nor 1")
    return Stated(
        X=X,
        y=y,
        signs=signs,
        W=W,
        eta=_fraction(content["eta"]),
        level=_decimal(content["level"], "level"),
        radius=_decimal(content["radius"], "radius"),
        bounds={name: _decimal(value, name) for name, value in content["bounds"].items()},
        iterate=content["origin"]["iterate"],
        fingerprint=content["theorem"]["fingerprint"],
        digest=content["digest"],
    )


def _canonical(content: Any) -> bytes:
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, allow_nan=False, indent=1) + "\n"
    return text.encode("utf-8", "surrogatepass")


def _authentic(raw: bytes) -> dict[str, Any]:
    """The JSON object in canonical bytes whose digest is right."""
    try:
        content = json.loads(raw.decode("utf-8"))
        canonical = _canonical(content)
    except (ValueError, RecursionError):
        raise Refused("it is not a JSON text in UTF-8") from None
    require(isinstance(content, dict), "it is not a JSON object")
    require(canonical == raw, "its bytes are not canonical: it was edited or re-formatted")
    unsigned = {name: value for name, value in content.items() if name != "digest"}
    digest = hashlib.sha256(_canonical(unsigned)).hexdigest()
    require(content.get("digest") == digest, "the digest does not match: a byte was altered")
    return {**unsigned, "digest": digest}


def _check_head(content: dict[str, Any]) -> None:
    _exact_keys(content, _FIELDS, "the file")
    require(content["format"] == FORMAT, f"its format is not {FORMAT}")
    require(content["claim"] == CLAIM, "its claim is not the one this program verifies")
    theorem, origin = content["theorem"], content["origin"]
    _exact_keys(theorem, {"id", "fingerprint"}, "theorem")
    _exact_keys(origin, {"init", "seed", "iterate"}, "origin")
    _exact_keys(content["bounds"], {*UPPER_BOUNDS, *LOWER_BOUNDS}, "bounds")
    require(theorem["id"] == THEOREM, f"it does not rest on {THEOREM}")
    cited = theorem["fingerprint"]
    require(isinstance(cited, str) and _HASH.fullmatch(cited) is not None, "theorem: the fingerprint is not a hash")
    require(origin["init"] in ("coupled", "independent", "given"), "origin: unknown init")
    require(type(origin["iterate"]) is int and origin["iterate"] >= 0, "origin: the iterate is not a count")
    require(origin["seed"] is None or type(origin["seed"]) is int, "origin: the seed is not an integer")


def _exact_keys(value: Any, names: set[str], where: str) -> None:
    require(isinstance(value, dict), f"{where} is not an object")
    for name in sorted(names ^ set(value)):
        raise Refused(f"{where} {'lacks' if name in names else 'has an unknown field'} {name[:40]!r}")


def _matrix(value: Any, where: str) -> list[list[float]]:
    require(isinstance(value, list) and len(value) > 0, f"{where}: not a list of rows")
    rows = [_row(row, where) for row in value]
    require(len(rows[0]) > 0 and all(len(row) == len(rows[0]) for row in rows), f"{where}: not a matrix")
    return rows


def _row(value: Any, where: str) -> list[float]:
    require(isinstance(value, list), f"{where}: not a list")
    return [_float(text, where) for text in value]


def _float(text: Any, where: str) -> float:
    """A hexadecimal float in the one spelling that is exact."""
    try:
        number = float.fromhex(text)
    except (TypeError, ValueError, OverflowError):
        raise Refused(f"{where}: {str(text)[:40]!r} is not a hexadecimal float") from None
    require(math.isfinite(number) and number.hex() == text, f"{where}: {text[:40]!r} is not exactly a finite double")
    return number


def _decimal(text: Any, where: str) -> Decimal:
    require(isinstance(text, str) and _DECIMAL.fullmatch(text) is not None, f"{where}: not a decimal")
    return Decimal(text)


def _fraction(text: Any) -> Fraction:
    require(isinstance(text, str) and _FRACTION.fullmatch(text) is not None, "eta: not a fraction")
    numerator, _, denominator = text.partition("/")
    require(int(denominator or 1) > 0, "eta: its denominator is zero")
    return Fraction(int(numerator), int(denominator or 1))
