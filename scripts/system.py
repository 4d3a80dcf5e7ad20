"""What has to come from the system: found if there, installed by apt if we may, asked for by name if not."""

import ctypes.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

PDF_PACKAGES = ["libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0"]
CALENDAR_PACKAGES = ["gir1.2-ical-3.0"]  # whatever this system calls the library itself, that package brings it
CHROMIUM_NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"]


def installer() -> list[str] | None:
    """The words before `apt-get` that let us install packages without asking, or None if we may not."""
    if not shutil.which("apt-get"):
        return None
    if os.geteuid() == 0:
        return ["env"]
    if shutil.which("sudo") and subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode == 0:
        return ["sudo", "-n", "env"]
    return None


def install(packages: list[str], *, purpose: str, elsewhere: str) -> None:
    """Install Debian packages; exit with a message naming them where that is not ours to do."""
    advice = (
        f"Confapp needs {purpose}. Install it, then run the same command again:\n"
        f"  Debian, Ubuntu:  sudo apt-get install {' '.join(packages)}\n"
        f"  {elsewhere}"
    )
    prefix = installer()
    if prefix is None:
        raise SystemExit(advice)
    print(f"Installing {' '.join(packages)} for {purpose} ...", flush=True)
    apt = [*prefix, "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-o", "DPkg::Lock::Timeout=300"]
    subprocess.run([*apt, "update"], capture_output=True)  # an old list may still do
    wanted = [*apt, "install", "--yes", "--no-install-recommends", *packages]
    done = subprocess.run(wanted, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        raise SystemExit(f"{done.stdout}\napt-get could not install {' '.join(packages)}: see above.\n{advice}")


def pdf_libraries_load(python: Path) -> bool:
    """Whether WeasyPrint, under that Python, finds every library it draws text with."""
    probe = "from weasyprint.text import ffi; raise SystemExit(ffi.harfbuzz_subset is None)"
    return subprocess.run([python, "-W", "ignore", "-c", probe], capture_output=True).returncode == 0


def ensure_pdf_libraries(python: Path) -> None:
    """Have Pango and HarfBuzz on this machine."""
    purpose = "the libraries Pango and HarfBuzz-Subset, which set the text of PDFs"
    elsewhere = "Fedora:  sudo dnf install pango harfbuzz      macOS:  brew install pango"
    if pdf_libraries_load(python):
        return
    install(PDF_PACKAGES, purpose=purpose, elsewhere=elsewhere)
    if not pdf_libraries_load(python):
        raise SystemExit(
            f"{' '.join(PDF_PACKAGES)} are installed, yet WeasyPrint does not find them: "
            f"run `{python} -c 'import weasyprint'` to see which library is missing."
        )


def find_chromium() -> str | None:
    """Path of a Chromium or Chrome that starts, or None; CONFAPP_CHROMIUM names one that lies elsewhere."""
    for name in [os.environ.get("CONFAPP_CHROMIUM", ""), *CHROMIUM_NAMES]:
        path = shutil.which(name) if name else None
        # Some systems have a stand-in of that name that only says how to get the real one.
        if path and subprocess.run([path, "--version"], capture_output=True).returncode == 0:
            return path
    return None


def ensure_chromium() -> None:
    """Have a Chromium on this machine, for the tests that drive a real browser."""
    purpose = "Chromium, which the browser tests drive"
    elsewhere = "elsewhere:  any Chromium or Chrome on the PATH, or CONFAPP_CHROMIUM=/path/to/it"
    if find_chromium():
        return
    install(["chromium"], purpose=purpose, elsewhere=elsewhere)
    if not find_chromium():
        raise SystemExit(
            "The package chromium is installed, yet no Chromium starts. "
            "Name a browser that does: CONFAPP_CHROMIUM=/path/to/chromium make test"
        )


def ensure_libical() -> None:
    """Have libical on this machine, with which the tests read every calendar."""
    if ctypes.util.find_library("ical"):
        return
    elsewhere = "Fedora:  sudo dnf install libical      macOS:  brew install libical"
    install(CALENDAR_PACKAGES, purpose="libical, with which the tests read calendars", elsewhere=elsewhere)
    if not ctypes.util.find_library("ical"):
        raise SystemExit(f"{' '.join(CALENDAR_PACKAGES)} is installed, yet there is no libical: see `ldconfig -p`.")


def ensure_venv_module() -> None:
    """Have the part of Python that makes virtual environments, which Debian packages separately."""
    try:
        import ensurepip  # noqa: F401 - only whether it is there
    except ImportError:
        package = f"python3.{sys.version_info.minor}-venv"
        install([package], purpose="Python's venv module", elsewhere="elsewhere:  a Python with ensurepip")
