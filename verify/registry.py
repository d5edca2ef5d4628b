"""All lemmas that a run may use, by id: what they build on, and their lazy import."""

from __future__ import annotations

import difflib
import graphlib
import importlib
import importlib.util
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from types import MappingProxyType, ModuleType
from typing import TYPE_CHECKING

from verify.entries import Entry, RegistryError

if TYPE_CHECKING:
    from verify.lemma import Lemma

NUMBER_NAMES = {"E", "exp", "log", "pi", "sqrt"}  # what the value of a constant may be written with


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
