"""A lemma's title is the first line of its file: what stands in the second is not shown beside it."""

import pytest

from verify.pipeline.select import installed

ENTRIES = installed(()).entries


@pytest.mark.parametrize("name", ENTRIES)
def test_a_title_is_a_whole_sentence(name: str) -> None:
    assert ENTRIES[name].title.endswith(".")
