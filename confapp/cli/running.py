"""Commands that run the app: everything at once, the worker alone, the migration, and another try for what failed."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from types import FrameType

import click
from flask import Flask

from confapp import web
from confapp.cli.refusing import command
from confapp.database import db, transaction
from confapp.domain import files, outbox
from confapp.migrations import migrate_up
from confapp.worker import run
from confapp.worker.parts import PARTS

STOP_AFTER = 1.7
"""Seconds that all processes have to end before they are killed: nothing is lost by it."""
LOOK_EVERY = 0.2
RESTART_AFTER = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
"""Seconds to wait before a part that crashed is started again; the last one from then on."""
STEADY_AFTER = 60.0
"""A part that ran so many seconds starts at the first of RESTART_AFTER again."""
MOST_THREADS = 16


def register(app: Flask) -> None:
    """Give the app `serve`, `work`, `migrate` and `retry`."""
    for each in (serve, work, migrate, retry):
        app.cli.add_command(each)


@click.command("migrate")
@command
def migrate() -> None:
    """Bring the database's tables up to date."""
    migrate_up()
    click.echo("The tables are up to date.")


@click.command("retry")
@command
def retry() -> None:
    """Let the worker try again what it gave up: messages of the outbox, and files."""
    now = web.now()
    with transaction():
        click.echo(f"{outbox.try_again(now=now)} messages and {files.try_again()} files are tried again.")


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
@click.option("--port", default=5000, show_default=True, envvar="PORT", help="The port to listen at; PORT sets it too.")
@click.option("--demo/--no-demo", "with_demo", default=True, help="Load the demonstration into an empty database.")
@command
def serve(host: str, port: int, with_demo: bool) -> None:
    """Run web server and worker together, on a database brought up to date."""
    _check_free(host, port)
    migrate_up()
    if with_demo:
        from confapp.cli.demonstration import load_if_empty  # not for each process of the worker

        load_if_empty()
    shown = f"[{host}]" if ":" in host else host
    environment = os.environ | {"CONFAPP_BASE_URL": os.environ.get("CONFAPP_BASE_URL") or f"http://{shown}:{port}"}
    threads = min(MOST_THREADS, 2 * (os.cpu_count() or 1) + 1)
    server = [sys.executable, "-m", "confapp.cli.web_server", host, str(port), str(threads), str(os.getpid())]
    click.echo(f"Confapp runs at http://{shown}:{port} (Ctrl+C stops it)")
    _together([Part("web", server, is_vital=True), *_worker()], environment)


def _check_free(host: str, port: int) -> None:
    """Refuse a port at which something else listens before anything is started."""
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind((host, port))
    except OSError as error:
        raise click.ClickException(
            f"Cannot listen at {host}, port {port}: {error.strerror or error}. "
            "Choose another with --host and --port, or with PORT."
        ) from error


@click.command("work")
@click.option("--part", type=click.Choice(list(PARTS)), help="Run one of the worker's two processes only.")
@click.option("--parent", type=int, hidden=True, help="The process without which this one ends.")
@command
def work(part: str | None, parent: int | None) -> None:
    """Run the worker: releases what is due, delivers the outbox, makes files."""
    if part is None:
        _together(_worker(), dict(os.environ))
    else:
        run(PARTS[part], parent)


@dataclass
class Part:
    """A process of ours. When a vital one ends, all end, with its status; any other is started again."""

    name: str
    command: list[str]
    is_vital: bool = False
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    """On time.monotonic's scale, as is `due`."""
    due: float = 0.0
    crashes: int = field(default=0)

    def start(self, environment: dict[str, str]) -> None:
        """Start it."""
        self.process = subprocess.Popen(self.command, env=environment)  # noqa: S603 — our own programs
        self.started = time.monotonic()

    def look(self, environment: dict[str, str]) -> int | None:
        """The status with which a vital part ended; a crashed part is started again, in a while."""
        if self.process is None:
            if time.monotonic() >= self.due:
                self.start(environment)
            return None
        status = self.process.poll()
        if status is None or self.is_vital:
            return status
        if time.monotonic() - self.started >= STEADY_AFTER:
            self.crashes = 0
        pause = RESTART_AFTER[min(self.crashes, len(RESTART_AFTER) - 1)]
        click.echo(f"The worker's {self.name} ended ({_reason(status)}) and starts again in {pause:g} s.", err=True)
        self.process, self.due, self.crashes = None, time.monotonic() + pause, self.crashes + 1
        return None


def _worker() -> list[Part]:
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "work", "--parent", str(os.getpid()), "--part"]
    return [Part(name, [*command, name]) for name in PARTS]


def _reason(status: int) -> str:
    return f"status {status}" if status >= 0 else signal.Signals(-status).name


def _together(parts: list[Part], environment: dict[str, str]) -> None:
    """Run parts side by side until a signal comes or a vital one ends, then end them all and leave."""
    ending = threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        ending.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    db.engine.dispose()  # the migration's connections: from here on this process only looks after others
    for part in parts:
        part.start(environment)
    status: int | None = None
    while not ending.wait(LOOK_EVERY) and status is None:
        status = next((found for part in parts if (found := part.look(environment)) is not None), None)
    _end(parts)
    if status is not None:
        click.echo(f"The web server ended ({_reason(status)}).", err=True)
        sys.exit(status if status > 0 else 1)


def _end(parts: list[Part]) -> None:
    running = [part.process for part in parts if part.process is not None]
    for process in running:
        process.terminate()
    until = time.monotonic() + STOP_AFTER
    for process in running:
        try:
            process.wait(max(0.0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
