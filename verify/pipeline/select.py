"""Which lemmas a run is about: from targets to a library and the ids to check."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext
from fnmatch import fnmatchcase
from pathlib import Path

from verify.entries import Entry, parsed, read_one, scan, scan_pack
from verify.errors import BadInput
from verify.pack import installed_packs
from verify.pipeline.heads import remembered
from verify.registry import Library


def installed(paths: Iterable[Path] = ()) -> Library:
    """The lemmas of all packs, and of the files and folders given. Raises RegistryError."""
    return Library(_entries(paths, _packed()))


def _packed(cache: bool = True) -> list[Entry]:
    with remembered() if cache else nullcontext(parsed) as parse:
        return [entry for one in installed_packs() for entry in scan_pack(one.pack, one.package, parse)]


def _entries(paths: Iterable[Path], packed: Iterable[Entry]) -> list[Entry]:
    """Each file once, under the name it has in its pack if it lies in one."""
    found = {entry.path: entry for entry in packed}
    roots = {entry.root for entry in packed}
    for path in paths:
        in_pack = path.is_dir() and any(path.resolve().is_relative_to(root) for root in roots)
        todo = [] if in_pack else list(_read(path))
        while todo:
            entry = found.setdefault(todo[0].path, todo.pop(0))
            todo += _neighbours(entry, {known.id for known in found.values()})
    return list(found.values())


def _neighbours(entry: Entry, known: set[str]) -> Iterator[Entry]:
    """The lemmas that a file outside every pack uses, as far as they lie beside it or in a group beside its own."""
    group = Path(entry.file).parent
    for use in entry.uses if entry.module is None else ():
        name = f"{use.replace('-', '_')}.py"
        places = [place for place in (group / name, *sorted(group.parent.glob(f"*/{name}"))) if place.is_file()]
        if use not in known and places:
            yield read_one(places[0])


def _read(path: Path) -> tuple[Entry, ...]:
    if not path.is_dir():
        return (read_one(path),)
    entries = scan(path)
    if not entries:
        raise BadInput(f"{path} holds no lemma: no Python file in it has a line 'lemma = Lemma(...)'")
    return entries


def select(targets: Sequence[str], paths: Sequence[Path] = (), cache: bool = True) -> tuple[Library, tuple[str, ...]]:
    """The library and the ids that the targets mean, with all they use; everything if there is no target.

    cache: whether what was read of lemma files may be remembered. Raises BadInput for a target that means nothing, with
    the nearest id.
    """
    if any(not target.strip() for target in targets):
        raise BadInput("a target is empty; name a lemma, a group, a file or a folder")
    packed = _packed(cache)
    library = Library(_entries(paths, packed))
    outside = [Path(target) for target in targets if _is_path(target, library)]
    if outside:
        library = Library(_entries([*paths, *outside], packed))
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


def one(target: str, paths: Sequence[Path] = (), cache: bool = True) -> tuple[Library, str]:
    """The library and the id of the one lemma that the target means. Raises BadInput if it means several."""
    library, _ = select([target], paths, cache)
    wanted = _resolve(target, library)
    if len(wanted) != 1:
        raise BadInput(f"{target} means {len(wanted)} lemmas ({', '.join(wanted)}); name one")
    return library, wanted[0]
