"""The web server, a program of its own that ends when whoever started it is gone: nobody stays on the port."""

from __future__ import annotations

import argparse
import os
import signal
import threading
import time
from functools import partial
from importlib import import_module
from typing import Any

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

LOOK_EVERY = 0.5
LAST_WORDS = 2.0
"""Seconds that a process has to end once it is told to."""


def end_with(parent: int) -> None:
    """End this process when it is no longer the child of `parent`: asked first, then at once."""

    def look() -> None:
        while os.getppid() == parent:
            time.sleep(LOOK_EVERY)
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(LAST_WORDS)
        os._exit(1)

    threading.Thread(target=look, name="parent", daemon=True).start()


def load(parent: int) -> Any:
    """The app, in the process that answers."""
    end_with(parent)
    return import_module("wsgi").app


def main() -> None:
    """Read the command line, and serve until a signal comes."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name, kind in (("host", str), ("port", int), ("threads", int), ("parent", int)):
        parser.add_argument(name, type=kind)
    told = parser.parse_args()
    end_with(told.parent)
    server = Granian(
        "wsgi:app",
        address=told.host,
        port=told.port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=told.threads,
        workers_kill_timeout=1,
        websockets=False,
        log_level=LogLevels.warning,
    )
    server.serve(target_loader=partial(load, os.getpid()), wrap_loader=False)


if __name__ == "__main__":
    main()
