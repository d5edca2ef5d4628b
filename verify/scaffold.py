"""``python -m verify new``: the file of a new lemma, an example that holds, for its author to edit."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path

from verify.entries import ID
from verify.errors import BadInput
from verify.formats.canonical import write_atomically
from verify.pack import installed_packs
from verify.pipeline.select import installed

TEMPLATE = '''"""One line that says what {id} claims, in words: x (1 - x) <= C for x in [0, 1].

Source: where the statement comes from; call your own constants your own.

Proof: at most five lines. Here: x (1 - x) = 1/4 - (x - 1/2)^2 <= 1/4 < C.
"""

from __future__ import annotations

from sympy import Rational

from verify import Lemma, Quantity, const, le, real

x = Quantity("x", real(0, 1), "any number from 0 to 1")
C = const("C", Rational(1, 3))

lemma = Lemma(
    le(x * (1 - x), C),
    latex=r"x\\,(1 - x) \\le {{C}} \\qquad (0 \\le x \\le 1)",
    source="the example of `python -m verify new`: replace it by your claim and its source",
    limitations="Where the claim says nothing, or could be sharper.",
)
'''


def create(name: str, group: str | None, root: Path | None, paths: Sequence[Path]) -> str:
    """Write the file; what to do next, as text. Raises BadInput for an id that is none or taken, or no clear group."""
    if not ID.fullmatch(name):
        raise BadInput(f"{name} is no lemma id: use lower case, digits and single dashes, such as my-first-lemma")
    known = installed([path for path in paths if any(path.glob("*/*.py"))]).entries  # the first has none beside it
    if name in known:
        raise BadInput(f"lemma {name} exists already: {known[name].file}")
    folder = root or _root(paths)
    file = folder / (group or _only_group(folder)) / f"{name.replace('-', '_')}.py"
    if file.exists():
        raise BadInput(f"{file} exists already")
    _write(file, TEMPLATE.format(id=name))
    target = name if _is_scanned(folder, paths) else shlex.quote(str(file))
    return NEXT.format(file=file, target=target)


NEXT = """wrote {file}

It holds as it is. Edit the docstring, the statement and the source, then:
  python -m verify show {target}
  python -m verify run {target}
"""


def _write(file: Path, text: str) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(file, text)
    except OSError as problem:
        raise BadInput(f"{file} cannot be written: {problem.strerror}") from None


def _root(paths: Sequence[Path]) -> Path:
    """The folder of groups that the user works in: a pack of the current folder, a configured one, or here.

    A pack deeper down is installed there, in an environment inside the user's folder say, and is not worked on.
    """
    here = Path.cwd()
    packs = [one.pack.root.resolve() for one in installed_packs()]
    inside = [root.relative_to(here) for root in packs if root.parent in (here, here / "src")]
    return next(iter([*inside, *(path for path in paths if path.is_dir())]), Path())


def _is_scanned(folder: Path, paths: Sequence[Path]) -> bool:
    scanned = [*(one.pack.root for one in installed_packs()), *paths]
    return folder.resolve() in [path.resolve() for path in scanned]


def _only_group(folder: Path) -> str:
    groups = sorted({path.parent.name for path in folder.glob("*/*.py") if not path.parent.name.startswith((".", "_"))})
    if len(groups) != 1:
        raise BadInput(f"--group is needed: {folder} has the groups {', '.join(groups) or '(none yet)'}")
    return groups[0]
