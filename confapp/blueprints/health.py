"""For whoever runs the app: is it alive, is it ready, is the worker keeping up."""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from typing import cast

import sqlalchemy as sa
from flask import Blueprint, Response, current_app, request
from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from confapp.config import Settings
from confapp.database import db
from confapp.domain import files, outbox
from confapp.domain.errors import Missing
from confapp.domain.permissions import Permission
from confapp.domain.press import publishing
from confapp.migrations import is_migrated
from confapp.web import now, permits

blueprint = Blueprint("health", __name__)


def _said(words: str, status: int = 200) -> Response:
    response = Response(f"{words}\n", status, mimetype="text/plain")
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/healthz")
@permits(Permission.ANYONE, public=True)
def show_alive() -> Response:
    """The process answers, and its connection to the database does."""
    db.session.execute(sa.text("SELECT 1"))
    return _said("alive")


@blueprint.get("/readyz")
@permits(Permission.ANYONE)
def show_ready() -> Response:
    """The database is reachable, and stands at the newest revision."""
    return _said("ready") if is_migrated() else _said("not migrated", 503)


class State(Collector):
    """What the database says of the worker and its duties. Every process tells the same, so any may be asked."""

    def collect(self) -> Iterator[Metric]:
        """The metrics, each asked of the database now."""
        alive = GaugeMetricFamily(
            "confapp_worker_age_seconds", "Since a loop of the worker last swept.", labels=["loop"]
        )
        for loop, beat in outbox.beats().items():
            alive.add_metric([loop], (now() - beat).total_seconds())
        yield alive
        due, oldest = outbox.lateness(now=now())
        yield GaugeMetricFamily("confapp_outbox_due", "Messages that are due and not delivered.", due)
        yield GaugeMetricFamily("confapp_outbox_late_seconds", "How long the oldest of them has been due.", oldest)
        yield GaugeMetricFamily("confapp_outbox_given_up", "Messages given up.", len(outbox.given_up()))
        yield GaugeMetricFamily("confapp_files_waiting", "Files still to be made.", files.waiting())
        yield GaugeMetricFamily("confapp_files_failed", "Files given up.", len(files.given_up()))
        yield GaugeMetricFamily(
            "confapp_publications_due", "Transcripts due and not out.", len(publishing.due(now=now()))
        )


@blueprint.get("/metrics")
@permits(Permission.ANYONE)
def show_metrics() -> Response:
    """Prometheus' text or OpenMetrics, for whoever sends the token of CONFAPP_METRICS_TOKEN; without one, nothing."""
    wanted = cast(Settings, current_app.config["CONFAPP"]).metrics_token
    sent = request.headers.get("Authorization", "")
    if not wanted or not hmac.compare_digest(sent.encode(), f"Bearer {wanted}".encode()):
        raise Missing()
    registry = CollectorRegistry(auto_describe=False)
    registry.register(State())
    encode, media_type = choose_encoder(request.headers.get("Accept", ""))
    response = Response(encode(registry), content_type=media_type)
    response.headers["Cache-Control"] = "no-store"
    return response
