"""Set a checkout up for one purpose (run, check, test, assets, tools), doing only what is missing or has changed."""

import argparse
import fcntl
import hashlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from scripts import node, system

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / "bin"
PYTHON = BIN / "python"
STAMPS = VENV / "stamps"
REQUIREMENTS = ROOT / "requirements"
TRANSLATIONS = ROOT / "confapp" / "translations"
STATIC = ROOT / "confapp" / "static"


def fingerprint(files: Iterable[Path]) -> str:
    """SHA-256 over the names and contents of files, in a fixed order."""
    digest = hashlib.sha256()
    for file in sorted(files):
        digest.update(f"{file.relative_to(ROOT)}\0{hashlib.sha256(file.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()


def run(*command: str | Path) -> None:
    """Run a command, its output shown; raises CalledProcessError if it fails."""
    subprocess.run(command, cwd=ROOT, check=True)


def step(name: str, title: str, *, of: Iterable[Path], makes: Path, by: Callable[[], object]) -> None:
    """Do a step unless it was done for the same files and what it made is still there."""
    stamp, wanted = STAMPS / name, fingerprint(of)
    if makes.exists() and stamp.exists() and stamp.read_text("utf-8") == wanted:
        return
    print(f"{title} ...", flush=True)
    by()
    STAMPS.mkdir(exist_ok=True)
    stamp.write_text(wanted, "utf-8")


def environment() -> None:
    """Make the virtual environment if there is none, or only one whose making was cut short."""
    if (BIN / "pip").exists():
        return
    system.ensure_venv_module()
    print(f"Making the virtual environment {VENV.name} ...", flush=True)
    run(sys.executable, "-m", "venv", VENV)


def packages(name: str, *, makes: Path) -> None:
    """Install requirements/NAME.txt, every file checked against its pinned hash.

    Without build isolation: it would fetch whatever builder is newest, unpinned, for a package without a wheel.
    """
    file = REQUIREMENTS / f"{name}.txt"
    pip: list[str | Path] = [PYTHON, "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"]
    pip += ["--use-pep517", "--no-build-isolation", "--require-hashes", "--requirement", file]
    step(
        name,
        f"Installing the Python packages of requirements/{name}.txt",
        of=[file],
        makes=makes,
        by=lambda: run(*pip),
    )


def translations() -> None:
    """Compile the message catalogues, which git keeps as text only."""
    catalogues = list(TRANSLATIONS.glob("*/LC_MESSAGES/*.po"))
    if not catalogues:
        return
    step(
        "translations",
        "Compiling translations",
        of=catalogues,
        makes=catalogues[-1].with_suffix(".mo"),
        by=lambda: run(BIN / "pybabel", "--quiet", "compile", "--directory", TRANSLATIONS),
    )


def assets() -> None:
    """Build scripts, styles and fonts into confapp/static."""
    if not node.system_node_serves():
        packages("node", makes=BIN / "node")
    sources = [file for file in node.ASSETS.rglob("*") if file.is_file() and "node_modules" not in file.parts]
    step(
        "npm",
        "Installing the front-end's packages",
        of=[node.ASSETS / name for name in (".npmrc", "package.json", "package-lock.json")],
        makes=node.ASSETS / "node_modules" / ".package-lock.json",
        by=lambda: node.npm("ci", "--loglevel=error", venv=VENV),
    )
    step(
        "assets",
        "Building scripts, styles and fonts",
        of=sources,
        makes=STATIC / "manifest.json",
        by=lambda: node.npm("run", "--silent", "build", venv=VENV),
    )


@contextmanager
def alone() -> Iterator[None]:
    """Wait for whoever else is setting this checkout up: two at once would each spoil what the other installs."""
    folder = os.open(ROOT / "scripts", os.O_RDONLY)
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Waiting for another set-up of this checkout to end ...", flush=True)
            fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def prepare(purpose: str) -> None:
    """Set up for one purpose, cheapest first, so that what is missing shows early."""
    environment()
    if purpose == "tools":
        packages("tools", makes=BIN / "uv")
        return
    if purpose != "assets":
        packages("build", makes=PYTHON)
        packages("app", makes=BIN / "flask")
        translations()
    if purpose in {"run", "test"}:
        step(
            "pdf",
            "Looking for the libraries that PDFs need",
            of=[REQUIREMENTS / "app.txt"],
            makes=PYTHON,
            by=lambda: system.ensure_pdf_libraries(PYTHON),
        )
    assets()
    if purpose in {"check", "test"}:
        packages("dev", makes=BIN / "pytest")
    if purpose == "test":
        system.ensure_libical()
        system.ensure_chromium()


def main() -> None:
    """Read the purpose from the command line; a failed command ends in one line, not in a traceback."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("purpose", choices=["run", "check", "test", "assets", "tools"])
    try:
        purpose = parser.parse_args().purpose
        with alone():
            prepare(purpose)
    except subprocess.CalledProcessError as failure:
        words = " ".join(map(str, failure.cmd))
        raise SystemExit(f"Set-up stopped: this command ended with {failure.returncode} (see above): {words}") from None


if __name__ == "__main__":
    main()
