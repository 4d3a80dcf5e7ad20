"""Node and npm: the system's if they are new enough, else from a pinned wheel in the virtual environment."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ASSETS = ROOT / "confapp" / "assets"
OLDEST = 20  # major version of Node; also in confapp/assets/package.json


def system_node_serves() -> bool:
    """Whether the PATH has npm and a Node that is new enough."""
    if not (shutil.which("node") and shutil.which("npm")):
        return False
    asked = subprocess.run(["node", "--version"], capture_output=True, text=True)
    major = asked.stdout.strip().removeprefix("v").partition(".")[0]
    return asked.returncode == 0 and major.isdecimal() and int(major) >= OLDEST


def npm(*arguments: str, venv: Path, capture: bool = False) -> subprocess.CompletedProcess[str]:
    """Run npm in the assets folder, with the Node of the virtual environment if the system's does not serve.

    With `capture` the answer holds what npm wrote and any exit status; without, it is shown and a failure
    raises CalledProcessError.
    """
    environment = dict(os.environ)
    if not system_node_serves():
        environment["PATH"] = f"{venv / 'bin'}{os.pathsep}{environment.get('PATH', '')}"
    program = shutil.which("npm", path=environment.get("PATH"))
    if program is None:
        raise SystemExit("There is no npm, neither on the PATH nor in .venv: run `make assets` first.")
    command = [program, *arguments]
    return subprocess.run(command, cwd=ASSETS, env=environment, check=not capture, capture_output=capture, text=True)


if __name__ == "__main__":
    # `python -m scripts.node check` runs the script of that name in package.json.
    try:
        npm("run", "--silent", *sys.argv[1:], venv=ROOT / ".venv")
    except subprocess.CalledProcessError as failure:
        raise SystemExit(failure.returncode) from None
