"""The source files that a result depends on, found from their import statements without importing anything."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

Bases = Mapping[str, Path]  # top-level package -> its folder


def package_folder() -> Path:
    """The folder of this package."""
    return Path(__file__).resolve().parents[1]


class Sources:
    """Source files and what they import from the packages in ``bases``, each read once in the life of the object."""

    def __init__(self, bases: Bases) -> None:
        self._bases = bases
        self._contents: dict[Path, str] = {}
        self._imported: dict[tuple[Path, tuple[Path, ...]], frozenset[Path]] = {}
        self._modules: dict[tuple[str, tuple[Path, ...]], tuple[Path, ...]] = {}

    def digest(self, files: Iterable[Path], beside: Sequence[Path] = ()) -> str:
        """One hash over the contents of the closure of the files."""
        contents = sorted(self._content(file) for file in self.closure(files, beside))
        return hashlib.sha256("\n".join(contents).encode()).hexdigest()

    def closure(self, files: Iterable[Path], beside: Sequence[Path] = ()) -> frozenset[Path]:
        """The files and all they import, directly or not, from the packages and from the folders ``beside``."""
        todo, found = [file.resolve() for file in files], set[Path]()
        while todo:
            file = todo.pop()
            if file not in found:
                found.add(file)
                todo += self._direct(file, tuple(beside))
        return frozenset(found)

    def _content(self, file: Path) -> str:
        if file not in self._contents:
            self._contents[file] = hashlib.sha256(file.read_bytes()).hexdigest()
        return self._contents[file]

    def _direct(self, file: Path, beside: tuple[Path, ...]) -> frozenset[Path]:
        if (file, beside) not in self._imported:
            names = {name for imported in imports(file.read_bytes()) for name in _absolute(imported, file, self._bases)}
            self._imported[file, beside] = frozenset(path for name in names for path in self._module(name, beside))
        return self._imported[file, beside]

    def _module(self, name: str, beside: tuple[Path, ...]) -> tuple[Path, ...]:
        if (name, beside) not in self._modules:
            self._modules[name, beside] = tuple(_files(name, self._bases, beside))
        return self._modules[name, beside]


@cache
def imports(source: bytes) -> frozenset[tuple[int, str]]:
    """(number of leading dots, dotted name) of every module that an import statement of the source may mean."""
    found: set[tuple[int, str]] = set()
    for node in _statements(ast.parse(source)):
        if isinstance(node, ast.Import):
            found.update((0, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            found.update(_named(node))
    return frozenset(found)


def _statements(tree: ast.Module) -> Iterator[ast.AST]:
    """Every statement, however deep, but no expression: these are most of a tree and hold no import."""
    todo: list[ast.AST] = list(tree.body)
    while todo:
        node = todo.pop()
        yield node
        for block in ("body", "orelse", "finalbody", "handlers", "cases"):
            todo += getattr(node, block, ())


def _named(node: ast.ImportFrom) -> Iterator[tuple[int, str]]:
    """``from a import b`` may mean the module a.b."""
    module = node.module or ""
    yield node.level, module
    for alias in node.names:
        yield node.level, f"{module}.{alias.name}".lstrip(".")


def _absolute(imported: tuple[int, str], file: Path, bases: Bases) -> Iterator[str]:
    level, name = imported
    if not level:
        yield name
        return
    for package, folder in bases.items():
        if file.is_relative_to(folder):
            inside = (package, *file.parent.relative_to(folder).parts)
            yield ".".join((*inside[: len(inside) - level + 1], name)).rstrip(".")


def _files(name: str, bases: Bases, beside: Sequence[Path]) -> Iterator[Path]:
    """The file of a module and those of the packages it lies in, as far as they exist."""
    top, *rest = name.split(".")
    places = [(bases[top], rest)] if top in bases else [(folder, [top, *rest]) for folder in beside]
    for folder, names in places:
        for depth in range(len(names) + 1):
            place = folder.joinpath(*names[:depth])
            candidates = (place / "__init__.py", place.with_suffix(".py"))
            yield from (path.resolve() for path in candidates if path.is_file())
