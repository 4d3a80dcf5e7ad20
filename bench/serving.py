"""How fast agendas are served, as a ratio to a bare Flask hello on the same server in the same run.

    python -m bench.serving [--sessions 100 1000 10000] [--servers granian gunicorn] [--seconds 1.0]

Loopback only, one server process. Beside the answers a second stands what one answer cost the server's processor,
which a busy machine disturbs less; the bars are the issue's and hold for 1,000 sessions.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from bench.load import Measured, connect, cpu, measure, once, request
from bench.scene import SLUG

HOST = "127.0.0.1"
ROUNDS = 3
THREADS = 5
COMMANDS = {
    "granian": "-m granian --interface wsgi --host {host} --port {port} --workers 1 --blocking-threads {threads} "
    "--no-ws --log-level warning bench.scene:application",
    "gunicorn": "-m gunicorn --bind {host}:{port} --workers 1 --threads {threads} --keep-alive 30 --log-level warning "
    "bench.scene:application",
}


@dataclass(frozen=True)
class Case:
    """One kind of request; `bar`: the least share of hello's answers a second."""

    name: str
    path: str
    headers: dict[str, str]
    status: int
    bar: float | None


def free_port() -> int:
    """A port that nothing listens at."""
    with socket.socket() as tried:
        tried.bind((HOST, 0))
        return int(tried.getsockname()[1])


@contextmanager
def serving(server: str, folder: Path) -> Iterator[tuple[str, int]]:
    """A running server: its address and process id."""
    port = free_port()
    command = COMMANDS[server].format(host=HOST, port=port, threads=THREADS).split()
    environment = os.environ | {"CONFAPP_INSTANCE": str(folder), "CONFAPP_BENCH": "1"}
    process = subprocess.Popen([sys.executable, *command], env=environment)
    try:
        url = f"http://{HOST}:{port}"
        for _ in range(300):
            try:
                connect(url).close()
                break
            except OSError:
                time.sleep(0.1)
        yield url, process.pid
    finally:
        process.terminate()
        process.wait(20)


def cases(url: str, feed: str) -> list[Case]:
    """The requests to measure, each asked for once so that it is warm and its ETag known."""
    calendar, page, personal = f"/{SLUG}/agenda.ics", f"/{SLUG}/agenda", f"/feeds/{feed}/agenda.ics"
    packed = {"accept_encoding": "gzip"}

    def tag(path: str) -> dict[str, str]:
        with connect(url) as connection:
            _status, headers, _length, _body = once(connection, request(url + path, **packed))
        return {"if_none_match": headers["etag"]}

    def warmed(path: str) -> dict[str, str]:
        tag(path)
        return packed

    return [
        Case("the whole calendar, known (304)", calendar, packed | tag(calendar), 304, 0.8),
        Case("the whole calendar, gzip", calendar, packed, 200, 0.5),
        Case("the agenda's page, gzip", page, warmed(page), 200, 0.5),
        Case("a personal calendar, warm", personal, warmed(personal), 200, 0.5),
        Case("a personal calendar, known (304)", personal, packed | tag(personal), 304, 0.5),
    ]


def first_times(url: str, feeds: list[str], *, server: int) -> tuple[float, float]:
    """Processor seconds of a hello view, and of a personal calendar never asked for before, one after the other."""
    with connect(url) as connection:
        spent, wanted = [], [request(f"{url}/feeds/{feed}/agenda.ics") for feed in feeds]
        for each in wanted[:50]:  # each thread of the server opens its connections
            once(connection, each)
        for sent in ([request(f"{url}/hello")] * 400, wanted[50:]):
            before = cpu(server)
            for each in sent:
                once(connection, each)
            spent.append((cpu(server) - before) / len(sent))
    return spent[0], spent[1]


def best(rounds: list[Measured]) -> Measured:
    """The round in which the machine was least disturbed."""
    return max(rounds, key=lambda each: each.rate)


def run(server: str, sessions: int, seconds: float) -> bool:
    """Measure and print one table; whether each bar was held."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        subprocess.run([sys.executable, "-m", "bench.scene", name, str(sessions)], check=True)
        feeds = json.loads((folder / "feeds.json").read_text("utf-8"))
        with serving(server, folder) as (url, pid):
            wanted = cases(url, feeds[0])
            hello: list[Measured] = []
            found: dict[str, list[Measured]] = {case.name: [] for case in wanted}
            for _ in range(ROUNDS):
                sent = request(f"{url}/hello")
                hello.append(measure(url, sent, server=pid, seconds=seconds))
                for case in wanted:
                    made = measure(url, request(url + case.path, **case.headers), server=pid, seconds=seconds)
                    assert made.status == case.status, f"{case.name}: {made.status}"
                    found[case.name].append(made)
            said, told = first_times(url, feeds[1:], server=pid)
    yard = best(hello)
    print(f"\n{server}, {sessions} sessions: hello {yard.rate:.0f} a second, {yard.cost:.0f} µs each")
    print(f"{'':<36}{'a second':>10}{'of hello':>10}{'bar':>6}{'CPU':>10}{'of hello':>10}{'bytes':>10}")
    is_held = True
    for case in wanted:
        made = best(found[case.name])
        share = made.rate / yard.rate
        is_held &= case.bar is None or share >= case.bar
        bar = f"{case.bar:.1f}" if case.bar else ""
        print(
            f"{case.name:<36}{made.rate:>10.0f}{share:>10.2f}{bar:>6}{made.cost:>7.0f} µs"
            f"{made.cost / yard.cost:>10.2f}{made.length:>10}"
        )
    first = "a personal calendar, first time"
    print(f"{first:<36}{told * 1e6:>7.0f} µs of CPU, {told / said:.1f} hello views; bar: 10 at most")
    return is_held and told / said <= 10


def main() -> None:
    """Measure and print; the exit status says whether all bars were held at 1,000 sessions on the server we use."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sessions", type=int, nargs="+", default=[100, 1000, 10_000])
    parser.add_argument("--servers", nargs="+", choices=list(COMMANDS), default=list(COMMANDS))
    parser.add_argument("--seconds", type=float, default=1.0)
    asked = parser.parse_args()
    held = {}
    for sessions in asked.sessions:
        for server in asked.servers if sessions == 1000 else asked.servers[:1]:
            if find_spec(server) is None:
                print(f"\n{server} is not installed")
                continue
            held[server, sessions] = run(server, sessions, asked.seconds)
    is_held = held.get(("granian", 1000), True)
    print(f"\nbars: {'held' if is_held else 'BROKEN'}")
    raise SystemExit(not is_held)


if __name__ == "__main__":
    main()
