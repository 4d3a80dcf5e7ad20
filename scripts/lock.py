"""Pin every dependency: Python's with hashes into requirements/*.txt, npm's into its lock file, without any address."""

import argparse
import subprocess
from pathlib import Path

from scripts import node
from scripts.prepare import REQUIREMENTS, ROOT, VENV

# File -> what it is for, and which part of pyproject.toml it pins. All but the first build on it, so that no two
# files can ask for different versions of the same package.
FILES = {
    "app.txt": ("What Confapp needs to run.", ["pyproject.toml"]),
    "build.txt": ("What builds the packages that are published without a wheel.", ["--group", "build"]),
    "dev.txt": ("What checking and testing Confapp needs besides.", ["--group", "dev"]),
    "node.txt": ("Node, for machines that have none of their own.", ["--group", "node"]),
    "tools.txt": ("What `make lock` and `make audit` need.", ["--group", "tools"]),
}


def pin(name: str, purpose: str, source: list[str], *, upgrade: bool) -> None:
    """Write one requirements file for every platform and every Python from 3.11 on."""
    target = REQUIREMENTS / name
    uv: list[str | Path] = [VENV / "bin" / "uv", "pip", "compile", "--quiet", "--universal", "--python-version", "3.11"]
    options = ["--generate-hashes", "--no-header", "--no-emit-index-url", "--no-emit-find-links"]
    if name != "app.txt":
        options += ["--constraint", "requirements/app.txt"]
    if upgrade:
        options.append("--upgrade")
    subprocess.run([*uv, *options, "--output-file", target, *source], cwd=ROOT, check=True)
    pins = target.read_text("utf-8")
    target.write_text(f"# {purpose} Made by `make lock` from pyproject.toml; do not edit.\n{pins}", "utf-8")


def refuse(text: str, files: list[Path]) -> None:
    """Exit with a message if a lock file records where packages are downloaded from."""
    for file in files:
        for number, line in enumerate(file.read_text("utf-8").splitlines(), start=1):
            if text in line:
                raise SystemExit(f"{file}:{number}: a lock file must hold no download address: {line.strip()}")


def main() -> None:
    """Make all pins again, keeping the versions that still fit unless --upgrade is given."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--upgrade", action="store_true", help="take the newest versions that fit")
    upgrade = parser.parse_args().upgrade
    REQUIREMENTS.mkdir(exist_ok=True)
    for name, (purpose, source) in FILES.items():
        pin(name, purpose, source, upgrade=upgrade)
        print(f"Pinned requirements/{name}")
    node.npm("update" if upgrade else "install", "--package-lock-only", venv=VENV)
    refuse("://", sorted(REQUIREMENTS.glob("*.txt")))
    refuse('"resolved"', [node.ASSETS / "package-lock.json"])


if __name__ == "__main__":
    try:
        main()
    except subprocess.CalledProcessError as failure:
        raise SystemExit(f"Pinning stopped: a command ended with {failure.returncode}, see above.") from None
