"""What the printed programme costs beside bare WeasyPrint given the same HTML and CSS: processor time and peak memory.

    python -m bench.booklet [SESSIONS ...]

Each in a process of its own. The bar is the issue's.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time
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


def bare(count: int) -> tuple[float, int]:
    """Processor seconds and bytes of the library alone, told what our programme told it."""
    told: dict[str, str] = {}

    class Stop(Exception):
        pass

    def note_style(*, string: str, **_options: Any) -> None:
        told["css"] = string

    def note_page(*, string: str, **_options: Any) -> None:
        told["html"] = string
        raise Stop

    style, page = weasyprint.CSS, weasyprint.HTML
    weasyprint.CSS, weasyprint.HTML = note_style, note_page
    try:
        agenda_pdf(agenda_of(count), base_url=BASE, language="en")
    except Stop:
        pass
    finally:
        weasyprint.CSS, weasyprint.HTML = style, page
    began = time.process_time()
    made = page(string=told["html"]).write_pdf(stylesheets=[style(string=told["css"])], pdf_variant="pdf/ua-1")
    return time.process_time() - began, len(made)


def main() -> None:
    """Measure and print."""
    if sys.argv[1:2] == ["--of"]:
        seconds, size = {"ours": ours, "bare": bare}[sys.argv[2]](int(sys.argv[3]))
        print(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, size)
        return
    print(f"{'sessions':>10}{'ours':>12}{'MiB':>8}{'bare':>12}{'MiB':>8}{'ratio':>8}{'KiB':>8}")
    is_held = True
    for count in map(int, sys.argv[1:] or ["250"]):
        found = []
        for which in ("ours", "bare"):
            command = [sys.executable, "-m", "bench.booklet", "--of", which, str(count)]
            told = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
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
