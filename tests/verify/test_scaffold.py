"""Where `new` puts a lemma: into the folder that its author works in, never into what is installed."""

from __future__ import annotations

from pathlib import Path

import pytest

from verify.pack import InstalledPack, Pack
from verify.scaffold import create


@pytest.mark.parametrize(
    ("pack", "expected"),
    [("lemmas", "lemmas"), ("src/lemmas", "src/lemmas"), (".venv/lib/site-packages/lemmas", "claims")],
)
def test_a_pack_of_this_folder_is_worked_on_and_an_installed_one_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pack: str, expected: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("verify.pipeline.select.installed_packs", lambda: ())
    found = (InstalledPack(Pack("paper", tmp_path / pack), "lemmas"),)
    monkeypatch.setattr("verify.scaffold.installed_packs", lambda: found)
    for folder in (pack, "claims"):
        Path(folder).mkdir(parents=True)
    create("my-lemma", "g", None, [tmp_path / "claims"])
    assert [path.parent.parent for path in tmp_path.rglob("my_lemma.py")] == [tmp_path / expected]
