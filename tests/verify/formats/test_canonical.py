"""One text for one value, and a file that is never half written."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verify.formats.canonical import strip_volatile, to_json, write_atomically

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


@given(JSON)
def test_every_value_reads_back_exactly(value: Any) -> None:
    assert json.loads(to_json(value)) == value


@given(st.dictionaries(st.text(), JSON, max_size=5))
def test_the_order_of_keys_does_not_matter(value: dict[str, Any]) -> None:
    assert to_json(dict(reversed(value.items()))) == to_json(value)


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_what_json_cannot_hold_is_refused(number: float) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        to_json({"x": number})


def test_ends_with_one_newline_and_keeps_letters() -> None:
    assert to_json({"b": "λ", "a": 0.1}) == '{\n "a": 0.1,\n "b": "λ"\n}\n'


def test_strip_volatile_takes_run_and_timings_only(report: dict[str, Any]) -> None:
    before = copy.deepcopy(report)
    assert set(report) - set(strip_volatile(report)) == {"run", "timings"}
    assert report == before


def test_write_replaces_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    write_atomically(path, "old\n")
    write_atomically(path, "λ\n")
    assert path.read_bytes() == "λ\n".encode()
    assert list(tmp_path.iterdir()) == [path]


def test_a_failed_write_keeps_the_old_file_and_leaves_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    write_atomically(path, "old\n")
    with pytest.raises(UnicodeEncodeError):
        write_atomically(path, "a lone surrogate cannot be written: \ud800")
    assert path.read_text() == "old\n"
    assert list(tmp_path.iterdir()) == [path]


def test_a_missing_folder_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="missing"):
        write_atomically(tmp_path / "missing" / "report.json", "x")
