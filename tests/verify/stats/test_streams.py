import hashlib
import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from verify.stats.streams import StreamKey, parse_key, stream

names = st.text(st.characters(exclude_characters="/", exclude_categories=["Cs"]), min_size=1)
cases = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)


def first(seed: int, check: str, case: str, trial: int) -> int:
    return int(stream(seed, check, case, trial).integers(2**63))


@given(names, cases, st.integers(0, 10**12))
def test_a_printed_key_reads_back(check: str, case: str, trial: int) -> None:
    key = StreamKey(check, case, trial)
    assert parse_key(str(key)) == key


def test_key_and_function_give_the_same_stream() -> None:
    key = parse_key("exp-uniform-bound/n=5,d=3/17")
    assert key.generator(2).standard_normal(5).tolist() == stream(2, *vars(key).values()).standard_normal(5).tolist()


@given(st.integers(0, 2**200), names, cases, st.integers(0, 10**12))
def test_the_stream_is_that_of_the_spawned_seed(seed: int, check: str, case: str, trial: int) -> None:
    hashes = (int.from_bytes(hashlib.blake2b(name.encode(), digest_size=4).digest(), "big") for name in (check, case))
    spawned = np.random.SFC64(np.random.SeedSequence(seed, spawn_key=(*hashes, trial)))
    assert first(seed, check, case, trial) == int(np.random.Generator(spawned).integers(2**63))


def test_every_part_of_the_address_matters() -> None:
    base = ("a", "b", 0)
    addresses = [base, ("b", "a", 0), ("a", "b", 1), ("ab", "b", 0), ("a", "ab", 0), ("a", "b", 2**40)]
    drawn = {first(seed, *address) for seed in (0, 1) for address in addresses}
    assert len(drawn) == 2 * len(addresses)


def test_same_in_another_process_with_another_hash_seed() -> None:
    code = "from verify.stats.streams import stream; print(int(stream(7, 'c', 'x/y', 3).integers(2**63)))"
    for hash_seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": os.pathsep.join(sys.path)}
        run = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
        assert int(run.stdout) == first(7, "c", "x/y", 3)


def test_neighbouring_trials_are_uncorrelated() -> None:
    draws = np.array([stream(0, "check", "case", trial).standard_normal(4) for trial in range(4000)])
    correlation = np.mean(draws[1:] * draws[:-1], axis=0)
    assert np.abs(draws.mean(axis=0)).max() < 5 / np.sqrt(4000)
    assert np.abs(correlation).max() < 5 / np.sqrt(4000)


@pytest.mark.parametrize("text", ["", "a", "a/1", "a/b/", "a/b/-1", "a/b/x", "/b/1", "a//1", "a/b/1.0", "a/b/²"])
def test_bad_keys(text: str) -> None:
    with pytest.raises(ValueError, match="not a stream key"):
        parse_key(text)


def test_bad_addresses() -> None:
    with pytest.raises(ValueError, match="not a stream key"):
        stream(0, "a/b", "c", 0)
    with pytest.raises(ValueError, match="not a stream key"):
        stream(0, "a", "c", -1)
    with pytest.raises(ValueError, match="negative"):
        stream(-1, "a", "c", 0)
