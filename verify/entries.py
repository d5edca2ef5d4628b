"""Which lemmas there are, read from their files without importing them."""

from __future__ import annotations

import ast
import contextlib
import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from verify.errors import BadInput
from verify.pack import Pack

ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class RegistryError(BadInput):
    """A lemma file, or a set of them, that is not as it must be; the message names the file and the culprit."""


@dataclass(frozen=True)
class Entry:
    """One lemma file.

    file: as reports show it, relative to the pack's parent folder or as the user typed it.
    module: the dotted name to import; None for a file outside every pack, imported by its path.
    root: the folder that was scanned.
    digest: of the file's content, so that an edited file is another entry.
    """

    id: str
    group: str
    title: str
    file: str
    line: int
    uses: tuple[str, ...]
    path: Path
    root: Path
    digest: str
    module: str | None = None

    @property
    def beside(self) -> tuple[Path, ...]:
        """Where a file outside every pack may import from: its folder, and the one above, where symbols.py lies."""
        return () if self.module else (self.path.parent, self.path.parent.parent)


@dataclass(frozen=True)
class Head:
    """What the syntax tree of a lemma file says: the title, the line of the assignment to ``lemma``, what it uses."""

    title: str
    line: int
    uses: tuple[str, ...]


Parse = Callable[[Path, bytes], Head | None]


def scan_pack(pack: Pack, package: str, parse: Parse | None = None) -> tuple[Entry, ...]:
    """The lemmas in the group folders of a pack that is the Python package ``package``. Raises RegistryError."""
    found = []
    for entry in scan(pack.root, groups_only=True, parse=parse):
        inside = entry.path.relative_to(pack.root.resolve())
        module = ".".join((package, *inside.with_suffix("").parts))
        found.append(replace(entry, file=str(Path(pack.root.name, inside).as_posix()), module=module))
    return tuple(found)


def scan(folder: Path, groups_only: bool = False, parse: Parse | None = None) -> tuple[Entry, ...]:
    """The lemmas in a folder and its subfolders: the files that assign ``lemma`` at top level. Raises RegistryError.

    groups_only: leave out the files that lie in the folder itself. parse: instead of `parsed`, perhaps with a memory.
    """
    if not folder.is_dir():
        raise RegistryError(f"{folder}: no such folder")
    files = [path for path in _python_files(folder) if not (groups_only and path.parent == folder)]
    entries = (read(path, folder, parse) for path in files if _may_assign_lemma(path))
    return tuple(entry for entry in entries if entry is not None)


def _python_files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*.py")):
        inside = path.relative_to(folder).parts
        if not any(part.startswith((".", "__")) for part in inside):
            yield path


def _may_assign_lemma(path: Path) -> bool:
    """Whether the text holds what an assignment to ``lemma`` must hold: most files of a pack do not, and to parse them
    would take longer than all else that ``list`` does."""
    try:
        return re.search(rb"\blemma\b[\s\\)]*[:=]", path.read_bytes()) is not None
    except OSError:
        return True  # read() says what is wrong


def read_one(path: Path) -> Entry:
    """The lemma in one file. Raises RegistryError if there is none."""
    if path.suffix != ".py":
        raise RegistryError(f"{path} is not a Python file")
    if not path.is_file():
        raise RegistryError(f"{path}: no such file")
    entry = read(path, path.parent)
    if entry is None:
        raise RegistryError(f"{path} defines no lemma: it needs a line 'lemma = Lemma(...)' at top level")
    return entry


def read(path: Path, root: Path, parse: Parse | None = None) -> Entry | None:
    """The entry of one file, by its syntax tree alone; None if it assigns no ``lemma``. Raises RegistryError."""
    try:
        source = path.read_bytes()
    except OSError as problem:
        raise RegistryError(f"{path}: {problem}") from None
    head = (parse or parsed)(path, source)
    if head is None:
        return None
    return Entry(
        id=path.stem.replace("_", "-"),
        group=path.resolve().parent.name,
        title=head.title,
        file=path.as_posix(),
        line=head.line,
        uses=head.uses,
        path=path.resolve(),
        root=root.resolve(),
        digest=hashlib.sha256(source).hexdigest(),
    )


def parsed(path: Path, source: bytes) -> Head | None:
    """What the source of a lemma file says of it; None if it assigns no ``lemma``. Raises RegistryError."""
    try:
        tree = ast.parse(source, filename=str(path))
    except (SyntaxError, ValueError) as problem:
        raise RegistryError(f"{path}: {problem}") from None
    assignment = _assignment(tree)
    if assignment is None:
        return None
    name = path.stem.replace("_", "-")
    if not ID.fullmatch(name):
        raise RegistryError(f"{path}: the file name is the id, in lower case with underscores; {name!r} is none")
    docstring = (ast.get_docstring(tree) or "").strip()
    if not docstring:
        raise RegistryError(f"{path}: lemma {name} has no docstring; its first line is the title")
    title = docstring.splitlines()[0].strip()
    return Head(title, assignment.lineno, _uses(assignment.value, _values(tree), path))


def _assignment(tree: ast.Module) -> ast.Assign | ast.AnnAssign | None:
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and any(
            isinstance(target, ast.Name) and target.id == "lemma" for target in targets
        ):
            return node
    return None


def _values(tree: ast.Module) -> dict[str, ast.expr]:
    """What the names of the module are assigned at top level."""
    assigned = [node for node in tree.body if isinstance(node, ast.Assign)]
    return {name.id: node.value for node in assigned for name in node.targets if isinstance(name, ast.Name)}


def _uses(value: ast.expr | None, values: Mapping[str, ast.expr], path: Path) -> tuple[str, ...]:
    """What the lemma and its further parts use, in the order of the source; given as a literal or by its name."""
    calls = [node for node in ast.walk(value) if isinstance(node, ast.Call)] if value else []
    given = [(call, keyword.value) for call in calls for keyword in call.keywords if keyword.arg == "uses"]
    own = path.stem.replace("_", "-")  # a part may build on the lemma itself
    listed = [(call, use) for call, uses in given for use in _literal(uses, values, path)]
    return tuple(dict.fromkeys(use for call, use in listed if call is value or use != own))


def _literal(uses: ast.expr, values: Mapping[str, ast.expr], path: Path) -> Iterable[str]:
    with contextlib.suppress(ValueError):
        found = ast.literal_eval(values.get(uses.id, uses) if isinstance(uses, ast.Name) else uses)
        if isinstance(found, (tuple, list)) and all(isinstance(use, str) for use in found):
            return found
    raise RegistryError(f"{path}:{uses.lineno}: uses must be a literal tuple of lemma ids")
