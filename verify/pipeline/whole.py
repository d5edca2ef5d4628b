"""The report of a whole run, remembered: where nothing has changed, no lemma is imported and no task looked up.

Only of runs over packs whose code, data and hooks all lie in their own folders: what else a lemma file reads cannot be
known without importing it. A report is kept only if every file is older than this process, so that what was imported,
here or in a worker, is what the key was made of.
"""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import verify
from verify.formats.canonical import strip_volatile, write_atomically
from verify.pack import InstalledPack, installed_packs
from verify.pipeline.request import Request
from verify.pipeline.sealed import cache_folder, seal, unseal, warn
from verify.pipeline.sources import package_folder
from verify.pipeline.versions import versions
from verify.registry import Library

Json = dict[str, Any]
FORMAT = 1  # of what is remembered
PASSING = ("__pycache__",)  # folders of what Python makes of the sources


class Whole:
    """What is remembered of one request about the lemmas ``ids``: one report, under a key over all it depends on."""

    def __init__(self, library: Library, ids: Sequence[str], request: Request) -> None:
        packs = installed_packs()
        folders = _folders(packs) | {entry.root for entry in library.entries.values()}
        files = list(_files(folders)) if request.cache and request.resume is None else []
        self._usable = bool(files) and _self_contained(library, packs) and not any(map(Path.is_symlink, files))
        question = {
            "ids": list(ids), "targets": request.targets, "effort": request.effort, "seed": request.seed,
            "edits": request.edits, "allow_assumed": request.allow_assumed, "machine": platform.machine(),
        }  # fmt: skip
        self._file = cache_folder() / "reports" / f"{_hash(question)}.json"
        self._settled = all(_changed(path) < verify.STARTED for path in files)
        contents = [[str(path), hashlib.sha256(path.read_bytes()).hexdigest()] for path in files if self._usable]
        about = {"format": FORMAT, "versions": versions(), "packs": [_described(pack) for pack in packs]}
        lemmas = [{**asdict(entry), "path": "", "root": ""} for entry in library.entries.values()]
        self._key = _hash({**question, **about, "lemmas": lemmas, "contents": contents})

    def recall(self) -> Json | None:
        """The report without ``run``, its ``timings`` without the total; None if it is not remembered."""
        if not self._usable:
            return None
        try:
            key, report = unseal(self._file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as problem:
            warn(f"the remembered report {self._file} is unreadable and was not used: {problem}")
            return None
        return dict(report) if key == self._key else None

    def remember(self, report: Json) -> None:
        """Keep a report, unless something crashed: that may have been the machine's fault."""
        if not (self._usable and self._settled) or "error" in _verdicts(report):
            return
        kept = {**strip_volatile(report), "timings": {"lemmas": report["timings"]["lemmas"]}}
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(self._file, seal([self._key, kept]))
        except OSError as problem:
            warn(f"the report cannot be remembered ({problem.strerror})")


def _self_contained(library: Library, packs: Sequence[InstalledPack]) -> bool:
    """Whether every lemma is of a pack, and every hook in the package of its pack."""
    inside = all(entry.module is not None for entry in library.entries.values())
    hooks = ((pack.package, hook) for pack in packs for hook in (*pack.pack.findings, *pack.pack.widths))
    return inside and all(hook.partition(":")[0].startswith(f"{package}.") for package, hook in hooks)


def _folders(packs: Sequence[InstalledPack]) -> set[Path]:
    """The folders of this package and of the packages that packs are parts of."""
    found = {package_folder(), *(pack.pack.root.resolve() for pack in packs)}
    for pack in packs:
        spec = find_spec(pack.package.partition(".")[0])
        found |= {Path(place).resolve() for place in (spec and spec.submodule_search_locations) or ()}
    return found


def _files(folders: Iterable[Path]) -> Iterator[Path]:
    """Every file in the folders, data included, and every link."""
    for folder in sorted(folders):
        for path in sorted(folder.rglob("*")):
            compiled = any(part in PASSING for part in path.relative_to(folder).parts)
            if not compiled and (path.is_file() or path.is_symlink()):
                yield path


def _changed(path: Path) -> float:
    """When a file was last changed or moved to its place."""
    stat = path.lstat()  # a link may lead nowhere
    return max(stat.st_mtime, stat.st_ctime)


def _described(pack: InstalledPack) -> Json:
    return {"package": pack.package, **{name: str(value) for name, value in vars(pack.pack).items()}}


def _verdicts(report: Mapping[str, Any]) -> set[str]:
    """Every verdict in the report."""
    evidence = (e["verdict"] for lemma in report["lemmas"] for e in lemma["evidence"])
    return {report["verdict"], *(f["verdict"] for f in report["findings"]), *evidence}


def _hash(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()
