"""Workers of a run of everything are forked from a process that has loaded the lemmas, the broken ones excepted."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

IN_A_WORKER = """
import sys
from verify.pipeline import engine
from verify.pipeline.request import Request

def loaded(module):
    return module in sys.modules

if __name__ == "__main__":
    engine.begin(Request(jobs=2))
    with engine.processes(1) as pool:
        print(pool.submit(loaded, "lemmas.gram.gram_closed_form").result(timeout=60))
"""
WITH_BROKEN_LEMMAS = """
from verify.errors import BadInput
from verify.registry import Library

whole = Library.lemma

def lemma(self, name):
    if name.startswith("gram-"):
        raise BadInput("broken")
    return whole(self, name)

Library.lemma = lemma
import sys
import verify.pipeline.preload
print("lemmas.scalar.one_plus_x" in sys.modules, "lemmas.gram.gram_closed_form" in sys.modules)
"""


def printed(script: str, folder: Path) -> str:
    file = folder / "script.py"
    file.write_text(script)
    ended = subprocess.run([sys.executable, file], capture_output=True, text=True, check=True, timeout=100)
    return ended.stdout.strip()


def test_a_worker_finds_the_lemmas_loaded(tmp_path: Path) -> None:
    assert printed(IN_A_WORKER, tmp_path) == "True"


def test_a_broken_lemma_keeps_no_other_from_being_loaded(tmp_path: Path) -> None:
    assert printed(WITH_BROKEN_LEMMAS, tmp_path).startswith("True")
