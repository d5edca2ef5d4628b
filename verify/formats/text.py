"""Numbers and characters as text. A bound is always rounded to the side on which it stays true."""

from __future__ import annotations

import json
import re
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Context, Decimal, InvalidOperation
from typing import Any

# XML 1.0 has no way to write these characters, not even escaped.
_UNPRINTABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def printable(text: str) -> str:
    """The text with every character that XML cannot hold replaced by U+FFFD."""
    return _UNPRINTABLE.sub("\ufffd", text)


def one_line(text: str) -> str:
    """The text with all white space runs made one blank."""
    return " ".join(text.split())


def cut(text: str, length: int) -> str:
    """The text, or its beginning and an ellipsis if it is longer than ``length``; nothing of no length."""
    return text if len(text) <= length else text[: length - 1].rstrip() + "…" if length else ""


def number(value: Any, digits: int = 4) -> str:
    """A number to ``digits`` significant digits, rounded to nearest; what is no number is shown as it is."""
    return _rounded(value, digits, ROUND_HALF_EVEN)


def lower(value: Any, digits: int = 6) -> str:
    """A lower bound, rounded down."""
    return _rounded(value, digits, ROUND_FLOOR)


def upper(value: Any, digits: int = 6) -> str:
    """An upper bound, rounded up."""
    return _rounded(value, digits, ROUND_CEILING)


def enclosure(low: Any, high: Any, digits: int = 6) -> str:
    """``[low, high]`` rounded outwards, or the one number if both ends print the same exact value."""
    ends = lower(low, digits), upper(high, digits)
    return ends[0] if ends[0] == ends[1] else f"[{ends[0]}, {ends[1]}]"


def width(m: int) -> str:
    """A width that suffices: exact up to a million, then rounded up to three digits (``2.01e22``)."""
    return f"{m:,}".replace(",", "\u2009") if m < 10**6 else upper(m, 3)


def count(value: Any) -> str:
    """A number of neurons as it was simulated: a whole one exactly, for it is no estimate."""
    return f"{value:,}".replace(",", "\u2009") if isinstance(value, int) else number(value)


def _rounded(value: Any, digits: int, rounding: str) -> str:
    exact = _decimal(value)
    if exact is None:
        return str(value)
    rounded = Context(prec=digits, rounding=rounding).plus(exact)
    if not rounded:
        return "0"
    if -5 <= rounded.adjusted() < 7:
        text = f"{rounded:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    mantissa, _, exponent = f"{rounded:e}".partition("e")
    mantissa = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
    return f"{mantissa}e{int(exponent)}"


def _decimal(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        exact = Decimal(repr(value) if isinstance(value, float) else value)
    except InvalidOperation:
        return None
    return exact if exact.is_finite() else None


def brief(value: Any, length: int = 240) -> str:
    """Any JSON value on one line, cut to ``length``; numbers to six digits, texts without quotes."""
    if isinstance(value, str):
        return cut(value, length)
    return cut(json.dumps(_to_six_digits(value), sort_keys=True, ensure_ascii=False).replace('"', ""), length)


def _to_six_digits(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.6g}")
    if isinstance(value, dict):
        return {key: _to_six_digits(item) for key, item in value.items()}
    return [_to_six_digits(item) for item in value] if isinstance(value, list) else value
