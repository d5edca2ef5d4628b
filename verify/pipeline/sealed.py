"""What this program reads back of what it has written: a checksum, a folder, and a warning where it cannot."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from pathlib import Path
from typing import Any

import platformdirs


def seal(value: Any) -> str:
    """A JSON value as one line with a checksum."""
    body = json.dumps(value)
    return json.dumps({"sum": hashlib.sha256(body.encode()).hexdigest(), "body": body})


def unseal(line: str) -> Any:
    """The inverse of seal. Raises ValueError for anything else."""
    try:
        found = json.loads(line)
        if hashlib.sha256(found["body"].encode()).hexdigest() != found["sum"]:
            raise ValueError("the checksum is wrong")
        return json.loads(found["body"])
    except (KeyError, TypeError, AttributeError) as problem:
        raise ValueError(f"it was not written by this program: {problem}") from None


def warn(text: str) -> None:
    """One line on stderr."""
    print(f"warning: {text}", file=sys.stderr)


def cache_folder() -> Path:
    """VERIFY_CACHE, or else the user's cache folder."""
    return Path(os.environ.get("VERIFY_CACHE") or platformdirs.user_cache_dir("theorem-verify"))
