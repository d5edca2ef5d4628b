"""The library of all lemmas: what they use, their import, and which file is wrong and why."""

from __future__ import annotations

import itertools
import re
from pathlib import Path
from typing import Any

import pytest

from verify.entries import RegistryError, read_one, scan
from verify.registry import Library


def library(folder: Path) -> Library:
    return Library(scan(folder))


def test_two_files_with_one_id(write: Any) -> None:
    write("a/fact")
    path = write("b/fact")
    with pytest.raises(RegistryError, match=r"b/fact.py: lemma fact is also defined in .*a/fact.py"):
        library(path.parents[1])


def test_an_unknown_use_names_the_nearest_lemma(write: Any) -> None:
    write("a/exp-first-order")
    path = write("a/other", uses=("exp-first-ordr",))
    with pytest.raises(RegistryError, match=r"other.py:\d+: .* lemma exp-first-ordr; did you mean exp-first-order"):
        library(path.parents[1])


def test_a_cycle_is_spelled_out(write: Any) -> None:
    for name, use in (("one", "two"), ("two", "three"), ("three", "one")):
        path = write(f"a/{name}", uses=(use,))
    with pytest.raises(RegistryError, match="cycle of uses") as caught:
        library(path.parents[1])
    chain = re.findall(r"one|two|three", str(caught.value).split("uses:")[1])
    assert len(chain) == 4
    assert {("one", "two"), ("two", "three"), ("three", "one")} == set(itertools.pairwise(chain))


def test_unknown_id_suggests_the_nearest(write: Any) -> None:
    found = library(write("a/gram-perturbation").parents[1])
    with pytest.raises(RegistryError, match="did you mean gram-perturbation"):
        found.entry("gram-perturbatoin")
    with pytest.raises(RegistryError, match=r"unknown lemma zzz$"):
        found.entry("zzz")


def test_with_uses_is_the_closure_in_a_fixed_order(write: Any) -> None:
    write("b/base")
    write("a/middle", uses=("base",))
    write("a/unrelated")
    path = write("a/top", uses=("middle",))
    found = library(path.parents[1])
    assert found.with_uses(["top"]) == ("middle", "top", "base")
    assert found.order.index("base") < found.order.index("middle") < found.order.index("top")


def test_a_lemma_gets_its_id_and_is_imported_once(write: Any) -> None:
    part = 'also={"again": Lemma(le(x, x))}'
    found = library(write("a/fact", extra=part).parents[1])
    lemma = found.lemma("fact")
    assert lemma.id == "fact"
    assert lemma.also["again"].id == "fact:again"
    assert found.lemma("fact") is lemma


def test_a_lemma_may_import_what_lies_beside_it(write: Any) -> None:
    path = write("a/fact", preamble="from beside_the_lemmas import VALUE", constant="VALUE")
    (path.parents[1] / "beside_the_lemmas.py").write_text("VALUE = 2\n")
    assert library(path.parents[1]).lemma("fact").constants["C"].value == 2


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"preamble": "raise OSError('two\\nlines')"}, "OSError: two lines"),
        ({"constant": "float('nan')"}, "not a finite real number"),
        ({"constant": "10**400 * 1e-5"}, "OverflowError"),
        ({"extra": "given={'g': le(__import__('sympy').Symbol('ghost'), 1)}"}, "undeclared symbol ghost"),
    ],
)
def test_a_file_that_cannot_be_imported(write: Any, change: dict[str, str], message: str) -> None:
    path = write("a/fact", **change)
    with pytest.raises(RegistryError, match=message) as caught:
        library(path.parents[1]).lemma("fact")
    assert "fact.py" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_what_is_called_lemma_must_be_one(tmp_path: Path) -> None:
    (tmp_path / "fact.py").write_text('"""T."""\nlemma = 3\n')
    with pytest.raises(RegistryError, match="is a int, not a Lemma"):
        library(tmp_path).lemma("fact")


def test_uses_set_behind_the_back_of_the_syntax_tree(write: Any) -> None:
    path = write("a/fact")
    path.write_text(path.read_text() + "\nimport dataclasses\nlemma = dataclasses.replace(lemma, uses=('b',))\n")
    with pytest.raises(RegistryError, match="literal tuple"):
        library(path.parents[1]).lemma("fact")


def test_what_the_parts_use_counts_except_the_lemma_itself(write: Any) -> None:
    write("a/base")
    write("a/other")
    path = write("a/fact", uses=("base",), extra="also={'p': Lemma(le(x, x), uses=('other', 'fact', 'base'))}")
    found = library(path.parents[1])
    assert set(found.entry("fact").uses) == {"base", "other"}
    assert found.lemma("fact").also["p"].uses == ("other", "fact", "base")


def test_uses_by_the_name_of_a_literal(tmp_path: Path) -> None:
    path = tmp_path / "fact.py"
    path.write_text('"""T."""\nUSES = ("a", "b")\nlemma = Lemma(uses=USES, also={"p": Lemma(uses=("c", "b"))})\n')
    assert read_one(path).uses == ("a", "b", "c")


def test_a_lemma_may_not_use_itself(write: Any) -> None:
    with pytest.raises(RegistryError, match="cycle"):
        library(write("a/fact", uses=("fact",)).parents[1])


def test_a_part_made_elsewhere_may_not_use_more(write: Any) -> None:
    path = write(
        "a/fact",
        extra="also=PARTS",
        preamble="import verify\nPARTS = {'p': verify.Lemma(verify.le(1, 1), uses=('b',))}",
    )
    with pytest.raises(RegistryError, match="literal tuple"):
        library(path.parents[1]).lemma("fact")


@pytest.mark.parametrize(("name", "value"), [("D", "3"), ("C", "nan"), ("C", "x y")])
def test_an_edit_that_makes_no_sense(write: Any, name: str, value: str) -> None:
    found = library(write("a/fact").parents[1])
    with pytest.raises(RegistryError):
        found.edit("fact", name, value)


def test_an_edit_reaches_the_lemma(write: Any) -> None:
    found = library(write("a/fact").parents[1])
    found.edit("fact", "C", "1/3")
    assert str(found.lemma("fact").constants["C"].value) == "1/3"


def test_a_lemma_file_that_ends_the_process_is_an_error(write: Any) -> None:
    found = library(write("a/fact", preamble="import sys; sys.exit(0)").parents[1])
    with pytest.raises(RegistryError, match="SystemExit"):
        found.lemma("fact")


def test_an_abbreviation_that_declares_more_than_it_says_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "fact.py"
    path.write_text(
        '"""T."""\nfrom verify import Lemma, Quantity, le, real\n'
        'x, B = Quantity("x", real()), Quantity("B", real(0))\nlemma = Lemma(le(abs(B), x), where={B: x})\n'
    )
    with pytest.raises(RegistryError, match=r"fact\.py:4: B := x is not visibly in \[0, oo\): declare it real"):
        Library([read_one(path)]).lemma("fact")
