"""The source files that a result depends on, found from their import statements without importing anything."""

from __future__ import annotations

import ast
import contextlib
import hashlib
import os
import sys
import sysconfig
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

Bases = Mapping[str, Path]  # top-level package -> its folder


def package_folder() -> Path:
    """The folder of this package."""
    return Path(__file__).resolve().parents[1]


def own_folders() -> tuple[Path, ...]:
    """Where Python imports from, beside its library and installed packages, whose versions are known: PYTHONPATH."""
    kinds = ("stdlib", "platstdlib", "purelib", "platlib")
    libraries = {Path(sysconfig.get_path(kind)).resolve() for kind in kinds}
    folders = dict.fromkeys(Path(entry).resolve() for entry in sys.path)
    return tuple(
        folder
        for folder in folders
        if libraries.isdisjoint((folder, *folder.parents)) and folder.name not in ("site-packages", "dist-packages")
    )


class Module(NamedTuple):
    """Where a module may lie, without suffix, and its files with those of the packages it lies in, where they exist."""

    places: tuple[Path, ...]
    files: tuple[Path, ...] = ()


class Sources:
    """Source files and what they import from the packages in ``bases``, each read once in the life of the object."""

    def __init__(self, bases: Bases) -> None:
        """The folders in ``bases``, as those ``beside`` below, are taken as they are given: with symlinks resolved."""
        self._bases = bases
        self._listed: dict[Path, frozenset[str]] = {}
        self._contents: dict[Path, str] = {}
        self._imported: dict[tuple[Path, tuple[Path, ...]], frozenset[Path]] = {}
        self._modules: dict[tuple[str, tuple[Path, ...]], Module] = {}

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
            self._imported[file, beside] = frozenset(
                path for name in names for path in self._module(name, beside).files
            )
        return self._imported[file, beside]

    def _module(self, name: str, beside: tuple[Path, ...]) -> Module:
        if (name, beside) not in self._modules:
            package, _, last = name.rpartition(".")
            around = self._module(package, beside) if package else self._top(name, beside)
            places = tuple(place / last for place in around.places if self._names(place)) if package else around.places
            self._modules[name, beside] = Module(places, (*around.files, *self._at(places)))
        return self._modules[name, beside]

    def _top(self, name: str, beside: tuple[Path, ...]) -> Module:
        if name in self._bases:
            return Module((self._bases[name],))
        return Module(tuple(folder / name for folder in beside), self._at(beside))

    def _at(self, places: Iterable[Path]) -> tuple[Path, ...]:
        """The files of a package or a module at these places."""
        candidates = [pair for place in places for pair in ((place, "__init__.py"), (place.parent, f"{place.name}.py"))]
        return tuple(folder / name for folder, name in candidates if name in self._names(folder))

    def _names(self, folder: Path) -> frozenset[str]:
        """The names in a folder, those of folders with a slash; none if there is no such folder."""
        if folder not in self._listed:
            names = frozenset[str]()
            with contextlib.suppress(OSError), os.scandir(folder) as found:
                names = frozenset(one.name if one.is_file() else f"{one.name}/" for one in found)
            self._listed[folder] = names
        return self._listed[folder]


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
