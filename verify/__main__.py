"""``python -m verify``."""

from __future__ import annotations

import signal

from verify.cli import INTERRUPTED, main

if __name__ == "__main__":
    try:
        main(prog_name="python -m verify")
    except SystemExit as ending:
        if ending.code == INTERRUPTED:  # a second Ctrl-C would break off the end of the workers
            signal.signal(signal.SIGINT, signal.SIG_IGN)
        raise
