"""Imported by the process that workers are forked from: it loads the lemmas, so that no worker has to."""

from __future__ import annotations

from contextlib import suppress

from verify.errors import BadInput
from verify.pipeline.select import installed

with suppress(BadInput):  # of what makes no sense the run itself tells, and which lemma it is
    library = installed()
    for name in library.entries:
        with suppress(BadInput):
            library.lemma(name)
