"""A load generator for the loopback: one request over and over on a few connections, and what it cost the server.

    python -m bench.load http://127.0.0.1:5501/hello

Answers are counted by their length, which the first one tells, so that the client takes a tenth of what a server does.
"""

from __future__ import annotations

import os
import select
import socket
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Measured:
    """What a round found: answers a second, and the server's processor time of each in microseconds."""

    rate: float
    cost: float
    status: int
    length: int


def request(url: str, **headers: str) -> bytes:
    """A GET in bytes; `if_none_match="..."` becomes a header."""
    parts = urlsplit(url)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    lines = [f"GET {path} HTTP/1.1", f"Host: {parts.netloc}"]
    lines += [f"{name.replace('_', '-').title()}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def connect(url: str) -> socket.socket:
    """A connection to the server of an address."""
    parts = urlsplit(url)
    made = socket.create_connection((parts.hostname or "", parts.port or 80), timeout=60)
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return made


def once(connection: socket.socket, sent: bytes) -> tuple[int, dict[str, str], int, bytes]:
    """One answer: status, headers, its whole length in bytes, and its body."""
    connection.sendall(sent)
    received = b""
    while b"\r\n\r\n" not in received:
        received += connection.recv(65536)
    head, _, body = received.partition(b"\r\n\r\n")
    first, *rows = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (row.partition(":") for row in rows)}
    status = int(first.split()[1])
    expected = 0 if status in (204, 304) else int(headers.get("content-length", "0"))
    while len(body) < expected:
        body += connection.recv(65536)
    return status, headers, len(head) + 4 + expected, body


def cpu(pid: int) -> float:
    """Processor seconds of a process's threads, and of all its children's, that live."""
    parents = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
    family = [each for each, parent in parents.items() if pid in (each, parent, parents.get(parent))]
    spent = 0
    for each in family:
        for task in Path(f"/proc/{each}/task").glob("*/schedstat"):  # in nanoseconds, where ticks are too coarse
            spent += int(task.read_text().split()[0])
    return spent / 1e9


def measure(url: str, sent: bytes, *, server: int, seconds: float, connections: int = 8) -> Measured:
    """Ask for `seconds` on so many connections at once; `server` is the process id of the server's parent."""
    sockets = [connect(url) for _ in range(connections)]
    status, _headers, length, _body = once(sockets[0], sent)
    poll = select.epoll()
    by_number = {each.fileno(): each for each in sockets}
    missing = dict.fromkeys(by_number, length)
    for each in sockets:
        poll.register(each, select.EPOLLIN)
    done, before, began = 0, cpu(server), time.perf_counter()
    for each in sockets:
        each.sendall(sent)
    until = began + seconds
    while time.perf_counter() < until:
        for number, _event in poll.poll(1):
            got = len(by_number[number].recv(262_144))
            if not got:
                raise ConnectionError("the server closed a connection")
            missing[number] -= got
            if missing[number] <= 0:
                done += 1
                missing[number] += length
                by_number[number].sendall(sent)
    elapsed, spent = time.perf_counter() - began, cpu(server) - before
    poll.close()
    for each in sockets:
        each.close()
    return Measured(done / elapsed, spent / done * 1e6 if done else 0.0, status, length)


if __name__ == "__main__":
    asked = request(sys.argv[1])
    print(measure(sys.argv[1], asked, server=os.getpid(), seconds=2.0))
