"""Packs are found by entry point; a broken one is named."""

from __future__ import annotations

from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from verify.entries import scan_pack
from verify.errors import BadInput
from verify.pack import GROUP, Pack, attribute, installed_packs


def pretend(monkeypatch: pytest.MonkeyPatch, *values: str) -> None:
    points = [EntryPoint(f"p{number}", value, GROUP) for number, value in enumerate(values)]
    monkeypatch.setattr("verify.pack.entry_points", lambda group: [p for p in points if p.group == group])


def test_the_pack_of_this_repository_is_installed() -> None:
    [one] = [found for found in installed_packs() if found.package == "lemmas"]
    assert (one.pack.root / "notation" / "symbols.py").is_file()
    entries = scan_pack(one.pack, one.package)
    assert set(one.pack.about) <= set(one.pack.findings)
    assert set(one.pack.about.values()) <= {entry.id for entry in entries}


def test_a_pack_that_is_listed_twice_counts_once(monkeypatch: pytest.MonkeyPatch) -> None:
    point = EntryPoint("p", "lemmas:PACK", GROUP)
    monkeypatch.setattr("verify.pack.entry_points", lambda group: [point, point])
    assert len(installed_packs()) == 1


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("no_such_module:PACK", "cannot be loaded"),
        ("lemmas:GONE", "cannot be loaded"),
        ("os:path", "not a verify.Pack"),
    ],
)
def test_a_broken_pack(monkeypatch: pytest.MonkeyPatch, value: str, message: str) -> None:
    pretend(monkeypatch, value)
    with pytest.raises(BadInput, match=message) as caught:
        installed_packs()
    assert value in str(caught.value)


def test_attribute() -> None:
    assert attribute("verify.pack:Pack") is Pack
    assert attribute("pathlib:Path.cwd")() == Path.cwd()
    for wrong in ("verify.pack:Gone", "no_such_module:x", "not a name"):
        with pytest.raises(BadInput, match="a pack names"):
            attribute(wrong)
