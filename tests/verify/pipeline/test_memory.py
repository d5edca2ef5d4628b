"""What is remembered is what was found, or it is forgotten aloud."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verify.pipeline.memory import Cache, Journal, decode, encode
from verify.pipeline.worker import Result
from verify.verdict import Evidence, Verdict

KEY = "ab" * 32
RESULT = Result(Evidence("interval", Verdict.CERTIFIED, "10 boxes", {"margin": {"factor": 1.25}}), 0.5)
CRASH = Result(Evidence("interval", Verdict.ERROR, "MemoryError"), 0.1)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(), json_values, max_size=4), st.text(), st.sampled_from(Verdict))
def test_a_result_reads_back_as_it_was(data: dict[str, object], summary: str, verdict: Verdict) -> None:
    result = Result(Evidence("c", verdict, summary, data), 1.5)
    line = encode(KEY, result)
    assert "\n" not in line
    assert decode(line) == (KEY, result)


@given(st.integers(0, 10**6), st.characters())
def test_no_changed_character_goes_unnoticed(position: int, character: str) -> None:
    line = encode(KEY, RESULT)
    place = position % len(line)
    spoiled = line[:place] + character + line[place + 1 :]
    try:
        assert decode(spoiled) == (KEY, RESULT)  # what means the same may be written differently
    except ValueError:
        assert spoiled != line


def test_the_cache_remembers(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "not" / "there")
    assert cache.get(KEY) is None
    cache.put(KEY, RESULT)
    assert Cache(tmp_path / "not" / "there").get(KEY) == RESULT
    assert cache.get("cd" * 32) is None


@pytest.mark.parametrize("spoiled", ["", "{", '{"sum": 1, "body": 2}', '{"sum": "", "body": "[]"}', "[]", "\x00"])
def test_a_spoiled_entry_is_dropped_with_a_warning(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], spoiled: str
) -> None:
    cache = Cache(tmp_path)
    cache.put(KEY, RESULT)
    [file] = tmp_path.rglob("*.json")
    file.write_text(spoiled)
    assert cache.get(KEY) is None
    assert "was dropped" in capsys.readouterr().err
    assert not file.exists()
    cache.put(KEY, RESULT)
    assert cache.get(KEY) == RESULT


def test_an_entry_under_the_wrong_name_is_not_believed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cache, other = Cache(tmp_path), "ab" + "00" * 31
    cache.put(KEY, RESULT)
    [file] = tmp_path.rglob("*.json")
    file.rename(file.with_name(f"{other}.json"))
    assert cache.get(other) is None
    assert "another key" in capsys.readouterr().err


def test_a_crash_is_not_remembered(tmp_path: Path) -> None:
    cache, journal = Cache(tmp_path / "cache"), Journal(tmp_path)
    cache.put(KEY, CRASH)
    journal.put(KEY, CRASH)
    assert cache.get(KEY) is None
    assert Journal(tmp_path).get(KEY) is None


def test_a_cache_that_cannot_be_written_stops_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")
    cache = Cache(tmp_path / "file")
    cache.put(KEY, RESULT)
    cache.put(KEY, RESULT)
    assert capsys.readouterr().err.count("cannot be written") == 1


def test_no_scratch_file_is_left(tmp_path: Path) -> None:
    Cache(tmp_path).put(KEY, RESULT)
    assert [path.suffix for path in tmp_path.rglob("*") if path.is_file()] == [".json"]


def fill(folder: Path, start: int) -> None:
    cache = Cache(folder)
    for i in range(start, start + 40):
        cache.put(f"{i % 25:064x}", RESULT)


def test_concurrent_writers_leave_only_whole_entries(tmp_path: Path) -> None:
    fork = multiprocessing.get_context("fork")
    writers = [fork.Process(target=fill, args=(tmp_path, start)) for start in (0, 10)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [writer.exitcode for writer in writers] == [0, 0]
    assert [Cache(tmp_path).get(f"{i:064x}") for i in range(25)] == [RESULT] * 25


def test_the_journal_survives_a_torn_last_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    journal = Journal(tmp_path)
    journal.put(KEY, RESULT)
    journal.put("cd" * 32, RESULT)
    file = tmp_path / "journal.jsonl"
    file.write_bytes(file.read_bytes()[:-30])
    again = Journal(tmp_path)
    assert "was skipped" in capsys.readouterr().err
    assert (again.get(KEY), again.get("cd" * 32)) == (RESULT, None)
    again.put("ef" * 32, RESULT)
    assert Journal(tmp_path).get("ef" * 32) == RESULT
