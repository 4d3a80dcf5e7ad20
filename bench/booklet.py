"""What the printed programme costs beside bare WeasyPrint given the same HTML and CSS: processor time and peak memory.

    python -m bench.booklet [SESSIONS ...]

Each in a process of its own. The bar is the issue's.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import weasyprint

from bench.scene import agenda_of
from confapp.exports.programme_pdf import agenda_pdf

BAR = 1.1
BASE = "https://conf.example"


def ours(count: int) -> tuple[float, int]:
    """Processor seconds and bytes of our programme."""
    agenda = agenda_of(count)
    began = time.process_time()
    made = agenda_pdf(agenda, base_url=BASE, language="en")
    return time.process_time() - began, len(made)


def note(count: int, path: Path) -> None:
    """Write what our programme tells the library: the CSS, and the pages of all its parts as one."""
    told: list[str] = []
    css: list[str] = []
    style, page = weasyprint.CSS, weasyprint.HTML

    def note_style(*, string: str, **options: Any) -> weasyprint.CSS:
        css.append(string)
        return style(string=string, **options)

    def note_page(*, string: str, **options: Any) -> weasyprint.HTML:
        told.append(string)
        return page(string=string, **options)

    weasyprint.CSS, weasyprint.HTML = note_style, note_page
    agenda_pdf(agenda_of(count), base_url=BASE, language="en")
    head, rest = told[0].split("<body>")
    bodies = [part.partition("<body>")[2].rpartition("</body>")[0] for part in told[1:]]
    path.write_text(json.dumps([css[0], "".join((head, "<body>", *bodies, rest))]), "utf-8")


def bare(path: Path) -> tuple[float, int]:
    """Processor seconds and bytes of the library alone, told in one piece what our programme told it."""
    css, page = json.loads(path.read_text("utf-8"))
    began = time.process_time()
    made = weasyprint.HTML(string=page).write_pdf(stylesheets=[weasyprint.CSS(string=css)], pdf_variant="pdf/ua-1")
    return time.process_time() - began, len(made)


def main() -> None:
    """Measure and print."""
    if sys.argv[1:2] == ["--of"]:
        which, count, path = sys.argv[2], int(sys.argv[3]), Path(sys.argv[4])
        if which == "note":
            note(count, path)
            return
        seconds, size = ours(count) if which == "ours" else bare(path)
        print(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, size)
        return
    print(f"{'sessions':>10}{'ours':>12}{'MiB':>8}{'bare':>12}{'MiB':>8}{'ratio':>8}{'KiB':>8}")
    is_held = True
    for count in map(int, sys.argv[1:] or ["250"]):
        found = []
        with tempfile.TemporaryDirectory() as folder:
            for which in ("note", "ours", "bare"):
                command = [sys.executable, "-m", "bench.booklet", "--of", which, str(count), f"{folder}/told.json"]
                told = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
                if told:
                    found.append((float(told[0]), int(told[1]), int(told[2])))
        (seconds, memory, size), (floor, least, _size) = found
        is_held &= seconds / floor <= BAR
        print(
            f"{count:>10}{seconds:>10.2f} s{memory:>8}{floor:>10.2f} s{least:>8}{seconds / floor:>8.2f}{size >> 10:>8}"
        )
    print(f"bar: {BAR}, {'held' if is_held else 'BROKEN'}")
    raise SystemExit(not is_held)


if __name__ == "__main__":
    main()
