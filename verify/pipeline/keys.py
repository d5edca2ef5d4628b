"""The name under which a result is remembered: a hash over everything it depends on."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Callable
from dataclasses import asdict
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from verify.checks.base import EFFORTS
from verify.entries import Entry
from verify.pipeline.plan import FAULTS, Session, parts
from verify.pipeline.sources import Sources, own_folders, package_folder
from verify.pipeline.versions import versions
from verify.pipeline.worker import Job, to_json

FORMAT = 1  # of what is remembered


def keys_of(session: Session) -> Callable[[Job], str]:
    """The function from a job of this session to its key.

    A key changes with the statement, the source code that the check and the lemma import, the same of every lemma it
    uses, the budget, the seed, the family, the edits, and the versions of the libraries. That of a hook changes with
    the lemmas it asked for: whether it asks for others, these alone and its code decide.
    """
    about = {
        "format": FORMAT, "budget": asdict(EFFORTS[session.effort]), "seed": session.seed, "family": session.family,
        "edits": session.edits, "simulate": session.simulate, "versions": versions(), "machine": platform.machine(),
    }  # fmt: skip
    sources = Sources(_bases(session))
    parts_of_key = cache(lambda name: _lemma(session, name, sources))
    code_of_check = cache(lambda check: _check(check, sources))

    def key(job: Job) -> str:
        task = job.task
        library = session.library()
        used = library.with_uses(name for name in (task.lemma, *job.asked) if name in library.entries)
        evidence = [to_json(e) for e in job.evidence]
        found = {
            "task": task,
            "evidence": evidence,
            "asked": job.asked,
            "code": code_of_check(task.check),
            "lemmas": [parts_of_key(name) for name in used],
        }
        return hashlib.sha256(json.dumps({**about, **found}, sort_keys=True).encode()).hexdigest()

    return key


def _bases(session: Session) -> dict[str, Path]:
    packs = {e.module.partition(".")[0]: e.root for e in session.entries if e.module}
    return {**packs, "verify": package_folder()}


def _lemma(session: Session, name: str, sources: Sources) -> list[str]:
    entry: Entry = session.library().entry(name)
    fingerprints = [statement.fingerprint for statement in parts(session.library().lemma(name)).values()]
    return [name, *fingerprints, sources.digest([entry.path], (*entry.beside, *own_folders()))]


def _check(check: str, sources: Sources) -> str:
    """The code that runs: a module of verify.checks, or the module of a pack's hook "module:attribute"."""
    module = "verify.faults" if check == FAULTS else f"verify.checks.{check}"
    module = check.partition(":")[0] if ":" in check else module
    spec = find_spec(module)
    files = [Path(spec.origin)] if spec and spec.origin else []
    return sources.digest([*files, package_folder() / "pipeline" / "worker.py"])
