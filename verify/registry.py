"""Which lemmas there are, read from their files without importing them; and their lazy import."""

from __future__ import annotations

import ast
import contextlib
import difflib
import graphlib
import hashlib
import importlib
import importlib.util
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import TYPE_CHECKING

from verify.errors import BadInput
from verify.pack import Pack

if TYPE_CHECKING:
    from verify.lemma import Lemma

NUMBER_NAMES = {"E", "exp", "log", "pi", "sqrt"}  # what the value of a constant may be written with
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


class Library:
    """All lemmas that a run may use, by id; a lemma is imported when it is first asked for."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        """Raises RegistryError for two files with one id, for an unknown id in ``uses``, and for a cycle."""
        found: dict[str, Entry] = {}
        for entry in sorted(entries, key=lambda entry: (entry.group, entry.id, str(entry.path))):
            if entry.id in found:
                raise RegistryError(f"{entry.file}: lemma {entry.id} is also defined in {found[entry.id].file}")
            found[entry.id] = entry
        self.entries: Mapping[str, Entry] = MappingProxyType(found)
        self._lemmas: dict[str, Lemma] = {}
        for entry in found.values():
            for use in entry.uses:
                if use not in found:
                    raise RegistryError(f"{entry.file}:{entry.line}: {entry.id} uses an {self._unknown(use)}")
        self.order  # noqa: B018  # a cycle must be found now, not at first use

    def entry(self, name: str) -> Entry:
        """Raises RegistryError, with the nearest id, for an unknown one."""
        if name not in self.entries:
            raise RegistryError(self._unknown(name))
        return self.entries[name]

    def _unknown(self, name: str) -> str:
        near = difflib.get_close_matches(name, self.entries, n=1, cutoff=0.5)
        return f"unknown lemma {name}" + (f"; did you mean {near[0]}?" if near else "")

    @cached_property
    def order(self) -> tuple[str, ...]:
        """All ids, each after those it uses. Raises RegistryError for a cycle."""
        graph = {entry.id: sorted(entry.uses) for entry in self.entries.values()}
        try:
            return tuple(graphlib.TopologicalSorter(graph).static_order())
        except graphlib.CycleError as problem:
            cycle = list(reversed(problem.args[1]))
            raise RegistryError(f"{self.entries[cycle[0]].file}: a cycle of uses: {' -> '.join(cycle)}") from None

    def with_uses(self, names: Iterable[str]) -> tuple[str, ...]:
        """The ids given and all they use, directly or not; in the library's order (group, id)."""
        todo, found = list(names), set()
        while todo:
            name = todo.pop()
            if name not in found:
                found.add(name)
                todo += self.entry(name).uses
        return tuple(name for name in self.entries if name in found)

    def edit(self, name: str, constant: str, value: str) -> None:
        """Give a constant of a lemma another value. Raises RegistryError if that makes no sense."""
        strange = set(re.findall(r"[^\W\d]\w*", value)) - NUMBER_NAMES or re.findall(r"[^\w\s.+\-*/()]", value)
        if strange:
            names = ", ".join(sorted(NUMBER_NAMES))
            raise RegistryError(f"{constant}={value}: a value is written with numbers, {names} and + - * / ( )")
        try:
            self._lemmas[name] = self.lemma(name).edited(**{constant: value})
        except (ValueError, TypeError) as problem:
            raise RegistryError(f"{constant}={value}: {' '.join(str(problem).split())}") from None

    def lemma(self, name: str) -> Lemma:
        """The lemma itself, with its id filled in.

        Raises RegistryError if the id is unknown, the module cannot be imported, or what it defines is no lemma.
        """
        if name not in self._lemmas:
            entry = self.entry(name)
            self._lemmas[name] = _with_ids(_checked(entry, _import(entry)), entry)
        return self._lemmas[name]


def _import(entry: Entry) -> ModuleType:
    try:
        return importlib.import_module(entry.module) if entry.module else _import_path(entry)
    except (Exception, SystemExit) as problem:  # a file that ends the process would end the run as if all were well
        reason = " ".join(str(problem).split()) or "no message"
        raise RegistryError(f"{entry.file} cannot be imported: {type(problem).__name__}: {reason}") from problem


def _import_path(entry: Entry) -> ModuleType:
    """Import a file outside every pack under a name of its own; what lies beside it can be imported by it."""
    name = f"_verify_outside.{entry.id.replace('-', '_')}"
    spec = importlib.util.spec_from_file_location(name, entry.path)
    if spec is None or spec.loader is None:
        raise ImportError("no loader")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    sys.path += [str(folder) for folder in entry.beside if str(folder) not in sys.path]
    spec.loader.exec_module(module)
    return module


def _checked(entry: Entry, module: ModuleType) -> Lemma:
    from verify.lemma import Lemma
    from verify.proof.declared import check_declarations
    from verify.statement import StatementError

    lemma = module.lemma
    if not isinstance(lemma, Lemma):
        raise RegistryError(f"{entry.file}:{entry.line}: lemma is a {type(lemma).__name__}, not a Lemma")
    used = {*lemma.uses, *(use for part in lemma.also.values() for use in part.uses if use != entry.id)}
    if used != set(entry.uses):
        raise RegistryError(f"{entry.file}:{entry.line}: write uses as literal tuples in 'lemma = Lemma(...)'")
    try:
        for statement in (lemma, *lemma.also.values()):
            for variant in (statement, *statement.faults.values()):
                check_declarations(variant)
    except StatementError as problem:
        raise RegistryError(f"{entry.file}:{entry.line}: {problem}") from None
    return lemma


def _with_ids(lemma: Lemma, entry: Entry) -> Lemma:
    parts = {name: replace(part, id=f"{entry.id}:{name}") for name, part in lemma.also.items()}
    return replace(lemma, id=entry.id, also=parts)
