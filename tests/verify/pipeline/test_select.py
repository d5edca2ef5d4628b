"""What a target means: an id, a glob, a group, a file, a folder; or nothing, and then which one was meant."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from verify.errors import BadInput
from verify.pack import InstalledPack, Pack
from verify.pipeline import heads
from verify.pipeline.sealed import cache_folder, seal, unseal
from verify.pipeline.select import installed, one, select


@pytest.fixture(autouse=True)
def toy_pack(write: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A pack with the lemmas base and top (which uses base) in group a, and other in group b."""
    write("a/base")
    write("a/top", uses=("base",))
    write("b/other")
    root = tmp_path / "claims"
    (root / "not_a_lemma.py").write_text("def (")
    pack = InstalledPack(Pack("toys", root), "claims")
    monkeypatch.setattr("verify.pipeline.select.installed_packs", lambda: (pack,))
    monkeypatch.chdir(tmp_path)
    return root


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    (folder / "mine.py").write_text('"""Mine."""\nlemma = Lemma(uses=("base",))\n')
    (folder / "yours.py").write_text('"""Yours."""\nlemma = Lemma()\n')
    return folder


@pytest.mark.parametrize(
    ("targets", "ids"),
    [
        ((), ("base", "top", "other")),
        (("base",), ("base",)),
        (("top",), ("base", "top")),
        (("a",), ("base", "top")),
        (("*o*r",), ("other",)),
        (("other", "base"), ("base", "other")),
        (("claims/b",), ("other",)),
        (("claims/a/top.py",), ("base", "top")),
        (("claims",), ("base", "top", "other")),
        (("elsewhere/mine.py",), ("base", "mine")),
        (("elsewhere",), ("base", "mine", "yours")),
    ],
)
def test_targets(outside: Path, targets: tuple[str, ...], ids: tuple[str, ...]) -> None:
    assert set(select(targets)[1]) == set(ids)
    assert len(select(targets)[1]) == len(ids)


def test_a_file_of_a_pack_keeps_its_module_however_it_is_named() -> None:
    library, _ = select(["claims/a/top.py"])
    entry = library.entry("top")
    assert (entry.module, entry.file) == ("claims.a.top", "claims/a/top.py")


def test_a_file_outside_is_shown_as_it_was_typed(outside: Path) -> None:
    entry = select(["elsewhere/mine.py"])[0].entry("mine")
    assert (entry.module, entry.file, entry.group) == (None, "elsewhere/mine.py", "elsewhere")


def test_configured_paths_are_always_there(outside: Path) -> None:
    assert set(installed([outside]).entries) == {"base", "top", "other", "mine", "yours"}
    assert set(select(["mine"], [outside])[1]) == {"base", "mine"}


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("bsae", "did you mean base"),
        ("zzzzz", r"no lemma or group is called zzzzz$"),
        ("*zz*", "no lemma or group"),
        ("gone.py", r"gone\.py: no such file"),
        ("gone/folder", "not a Python file"),
        ("notes.txt", "not a Python file"),
        ("claims/not_a_lemma.py", "not_a_lemma.py: "),
        ("empty", "holds no lemma"),
    ],
)
def test_a_target_that_means_nothing(tmp_path: Path, target: str, message: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "notes.txt").write_text("")
    with pytest.raises(BadInput, match=message):
        select([target])


def test_an_id_that_is_taken(tmp_path: Path) -> None:
    (tmp_path / "base.py").write_text('"""B."""\nlemma = Lemma()\n')
    with pytest.raises(BadInput, match="also defined in"):
        select(["base.py"])


def test_what_a_file_outside_uses_is_found_beside_it(tmp_path: Path) -> None:
    for place, uses in (("x/first", ("second",)), ("x/second", ("third-one", "base")), ("y/third_one", ())):
        path = tmp_path / "far" / f"{place}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f'"""T."""\nlemma = Lemma(uses={uses!r})\n')
    assert set(select(["far/x/first.py"])[1]) == {"first", "second", "third-one", "base"}


def test_one(outside: Path) -> None:
    assert one("top")[1] == "top"
    assert one("elsewhere/mine.py")[1] == "mine"
    with pytest.raises(BadInput, match=r"a means 2 lemmas \(base, top\)"):
        one("a")


def test_without_the_cache_what_was_read_before_is_neither_believed_nor_changed() -> None:
    select([])
    memory = cache_folder() / heads.FILE
    forged = {key: ["Forged.", 1, []] for key in unseal(memory.read_text())}
    memory.write_text(seal(forged))
    before = memory.read_bytes()
    assert select([])[0].entry("top").title == one("top")[0].entry("top").title == "Forged."
    for library in (select([], cache=False)[0], one("top", cache=False)[0]):
        assert library.entry("top").title == "The square of a sum."
        assert library.entry("top").uses == ("base",)
    assert memory.read_bytes() == before
