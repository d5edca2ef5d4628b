"""What holds for all tests: Hypothesis judges by what it finds, never by the clock of a busy machine."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser

settings.register_profile("no clock", deadline=None)
settings.load_profile("no clock")

CHROMIUM = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None
)
QUIET = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-component-update", "--disable-background-networking"),
]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    api = pytest.importorskip(
        "playwright.sync_api", reason="playwright is not installed (pip install theorem-verify[browser])"
    )
    executable = os.environ.get("VERIFY_BROWSER", CHROMIUM)
    if executable is None:
        pytest.skip("no chromium on the PATH and VERIFY_BROWSER is not set")
    with api.sync_playwright() as play:
        running = play.chromium.launch(executable_path=executable, args=QUIET)
        yield running
        running.close()
