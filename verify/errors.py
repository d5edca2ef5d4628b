"""The one exception that means: what the user gave is wrong, not what we did with it."""

from __future__ import annotations


class BadInput(ValueError):
    """Wrong input; the message is one line that names the culprit. The command line prints it and exits with 2."""
