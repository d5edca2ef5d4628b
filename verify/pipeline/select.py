"""Which lemmas a run is about: from targets to a library and the ids to check."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from verify.errors import BadInput
from verify.pack import InstalledPack, installed_packs
from verify.registry import Entry, Library, read_one, scan, scan_pack


def installed(paths: Iterable[Path] = (), packs: Iterable[InstalledPack] | None = None) -> Library:
    """The lemmas of all packs, and of the files and folders given. Raises RegistryError."""
    found = {}
    for item in installed_packs() if packs is None else packs:
        found.update({entry.path: entry for entry in scan_pack(item.pack, item.package)})
    for path in paths:
        for entry in _read(path):
            found.setdefault(entry.path, entry)
    return Library(found.values())


def _read(path: Path) -> tuple[Entry, ...]:
    if not path.is_dir():
        return (read_one(path),)
    entries = scan(path)
    if not entries:
        raise BadInput(f"{path} holds no lemma: no Python file in it has a line 'lemma = Lemma(...)'")
    return entries


def select(targets: Sequence[str], paths: Sequence[Path] = ()) -> tuple[Library, tuple[str, ...]]:
    """The library and the ids that the targets mean, with all they use; everything if there is no target.

    Raises BadInput for a target that means nothing, with the nearest id.
    """
    library = installed(paths)
    outside = [Path(target) for target in targets if _is_path(target, library)]
    if outside:
        library = installed([*paths, *outside])
    wanted = [name for target in targets for name in _resolve(target, library)]
    return library, library.with_uses(wanted if targets else library.entries)


def _is_path(target: str, library: Library) -> bool:
    """A path is written with a slash or a suffix, or names a folder that is no id and no group."""
    if target.endswith(".py") or "/" in target or "\\" in target:
        return True
    known = target in library.entries or target in _groups(library)
    return not known and Path(target).exists()


def _groups(library: Library) -> list[str]:
    return sorted({entry.group for entry in library.entries.values()})


def _resolve(target: str, library: Library) -> list[str]:
    if _is_path(target, library):
        place = Path(target).resolve()
        return [e.id for e in library.entries.values() if place == e.path or place in e.path.parents]
    if target in library.entries:
        return [target]
    if target in _groups(library):
        return [entry.id for entry in library.entries.values() if entry.group == target]
    matching = [name for name in library.entries if fnmatchcase(name, target)]
    if not matching:
        near = difflib.get_close_matches(target, [*library.entries, *_groups(library)], n=1, cutoff=0.5)
        raise BadInput(f"no lemma or group is called {target}" + (f"; did you mean {near[0]}?" if near else ""))
    return matching


def one(target: str, paths: Sequence[Path] = ()) -> tuple[Library, str]:
    """The library and the id of the one lemma that the target means. Raises BadInput if it means several."""
    library, _ = select([target], paths)
    wanted = _resolve(target, library)
    if len(wanted) != 1:
        raise BadInput(f"{target} means {len(wanted)} lemmas ({', '.join(wanted)}); name one")
    return library, wanted[0]
