"""Commands that run the app: everything at once, the worker alone, and the migration."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from types import FrameType

import click
from flask import Flask

from confapp.cli.refusing import command
from confapp.migrations import migrate_up
from confapp.worker import clock, renders, run

STOP_AFTER = 10
"""Seconds that a process has to end before it is killed."""
LOOK_EVERY = 0.5


def register(app: Flask) -> None:
    """Give the app `serve`, `work` and `migrate`."""
    for each in (serve, work, migrate):
        app.cli.add_command(each)


@click.command("migrate")
@command
def migrate() -> None:
    """Bring the database's tables up to date."""
    migrate_up()


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
@click.option("--port", default=5000, show_default=True, envvar="PORT", help="The port to listen at; PORT sets it too.")
@click.option("--demo/--no-demo", "with_demo", default=True, help="Load the demonstration into an empty database.")
@command
def serve(host: str, port: int, with_demo: bool) -> None:
    """Run web server and worker together, on a database brought up to date."""
    migrate_up()
    if with_demo:
        from confapp.cli.demonstration import load_if_empty

        load_if_empty()
    environment = os.environ | {"CONFAPP_BASE_URL": os.environ.get("CONFAPP_BASE_URL", f"http://{host}:{port}")}
    web = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port)]
    web += ["--workers", "1", "--blocking-threads", "8", "--no-ws", "--log-level", "warning", "wsgi:app"]
    worker = [sys.executable, "-m", "flask", "--app", "wsgi", "work"]
    click.echo(f"Confapp runs at http://{host}:{port} (Ctrl+C stops it)")
    _together([web, worker], environment)


@click.command("work")
@click.option("--part", type=click.Choice(["clock", "renders"]), help="Run one of the worker's two processes only.")
@command
def work(part: str | None) -> None:
    """Run the worker: releases what is due, delivers the outbox, makes files."""
    if part == "clock":
        run("clock", clock.sweep, pause=clock.PAUSE)
    elif part == "renders":
        run("renders", renders.sweep, pause=renders.PAUSE)
    else:
        each = [sys.executable, "-m", "flask", "--app", "wsgi", "work", "--part"]
        _together([[*each, "clock"], [*each, "renders"]], dict(os.environ))


def _together(commands: list[list[str]], environment: dict[str, str]) -> None:
    """Run commands side by side; when one ends, or a signal comes, end the others and leave with the first's status."""
    running = [subprocess.Popen(command, env=environment) for command in commands]  # noqa: S603 — our own programs
    ending = threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        ending.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    status = 0
    while not ending.is_set():
        ended = [process for process in running if process.poll() is not None]
        if ended:
            status = ended[0].returncode
            break
        ending.wait(LOOK_EVERY)
    for process in running:
        process.terminate()
    for process in running:
        try:
            process.wait(STOP_AFTER)
        except subprocess.TimeoutExpired:
            process.kill()
    sys.exit(0 if ending.is_set() else abs(status) or 1)
