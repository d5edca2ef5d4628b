"""A pack: the lemmas of one paper, found through the entry-point group ``verify.packs``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from pkgutil import resolve_name
from typing import Any

from verify.errors import BadInput

GROUP = "verify.packs"


@dataclass(frozen=True)
class Pack:
    """Lemmas, and what a paper adds to the toolkit; whatever costs an import is named "module:attribute".

    root: the folder of lemma folders.
    commands: click commands. Their module is imported for ``--help``, so it must import nothing heavy itself.
    findings: callables (Context) -> entries of ``findings`` of the report.
    widths: callables (Context) -> entries of ``chains`` of the report; entries of one chain are put together.
        Both read the lemmas from the context, so that an edited constant reaches them, and are run again only if one of
        those that they asked for, or code that they import, has changed.
    about: the lemma that a finding tests, by the finding's name: it is also asked for when that lemma alone is run.
    """

    name: str
    root: Path
    commands: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()
    widths: tuple[str, ...] = ()
    about: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class InstalledPack:
    """A pack and the Python package that it is, which is how its lemma modules are imported."""

    pack: Pack
    package: str


def installed_packs() -> tuple[InstalledPack, ...]:
    """The packs of this environment, by name. Raises BadInput for one that cannot be loaded."""
    found = sorted(set(entry_points(group=GROUP)), key=lambda point: point.name)
    return tuple(InstalledPack(_loaded(point), point.module) for point in found)


def _loaded(point: EntryPoint) -> Pack:
    try:
        pack = point.load()
    except Exception as problem:
        raise BadInput(f"pack {point.name} ({point.value}) cannot be loaded: {problem}") from problem
    if not isinstance(pack, Pack):
        raise BadInput(f"pack {point.name} ({point.value}) is a {type(pack).__name__}, not a verify.Pack")
    return pack


def attribute(reference: str) -> Any:
    """What "module:attribute" names. Raises BadInput if there is no such thing."""
    try:
        return resolve_name(reference)
    except (ImportError, AttributeError, ValueError) as problem:
        raise BadInput(f"a pack names {reference}, which cannot be loaded: {problem}") from problem
