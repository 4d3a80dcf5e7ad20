"""Setting a checkout up: one at a time."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
SETS_UP = "from scripts.prepare import alone\nwith alone(): print('set up', flush=True)"


def test_two_set_ups_at_once_take_turns() -> None:
    folder = os.open(ROOT / "scripts", os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        with subprocess.Popen([sys.executable, "-c", SETS_UP], cwd=ROOT, stdout=subprocess.PIPE, text=True) as other:
            assert other.stdout is not None
            assert other.stdout.readline() == "Waiting for another set-up of this checkout to end ...\n"
            assert other.poll() is None
            fcntl.flock(folder, fcntl.LOCK_UN)
            assert other.stdout.read() == "set up\n"
            assert other.wait(30) == 0
    finally:
        os.close(folder)


def test_a_set_up_that_is_alone_says_nothing_of_waiting() -> None:
    done = subprocess.run([sys.executable, "-c", SETS_UP], cwd=ROOT, check=True, capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == "set up"
