"""What whoever runs the app asks: alive, ready, and the metrics, which only the holder of their token reads."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from confapp.domain import outbox
from confapp.web import ConfappFlask
from tests.conftest import NOW, SetClock, Transaction
from tests.factories import make_conference

TOKEN = {"Authorization": "Bearer a token"}


@pytest.fixture
def watched(app: ConfappFlask) -> ConfappFlask:
    """An app whose metrics have a token."""
    app.config["CONFAPP"] = replace(app.config["CONFAPP"], metrics_token="a token")
    return app


def _metrics(client: FlaskClient) -> dict[tuple[str, str], float]:
    """Every value, by name and loop."""
    told = client.get("/metrics", headers=TOKEN)
    assert told.status_code == 200
    families = text_string_to_metric_families(told.text)
    return {(each.name, each.labels.get("loop", "")): each.value for family in families for each in family.samples}


def test_it_says_that_it_is_alive_and_ready(client: FlaskClient) -> None:
    assert client.get("/healthz").text == "alive\n"
    assert client.get("/readyz").text == "ready\n"


def test_without_a_token_there_are_no_metrics(client: FlaskClient) -> None:
    for headers in ({}, {"Authorization": "Bearer "}, TOKEN):
        assert client.get("/metrics", headers=headers).status_code == 404


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer another"}, {"Authorization": "Bearer é"}])
def test_only_the_token_opens_the_metrics(watched: ConfappFlask, headers: dict[str, str]) -> None:
    assert watched.test_client().get("/metrics", headers=headers).status_code == 404


def test_the_metrics_tell_how_late_the_worker_is(watched: ConfappFlask, write: Transaction, clock: SetClock) -> None:
    with write():
        conference = make_conference()
        outbox.beat("clock", now=NOW)
        outbox.send("test", {}, conference_id=conference.id, now=NOW)
    clock.tick(seconds=40)
    told = _metrics(watched.test_client())
    assert told[("confapp_worker_age_seconds", "clock")] == 40
    assert told[("confapp_outbox_due", "")] == 1
    assert told[("confapp_outbox_late_seconds", "")] == 40
    assert {told[(f"confapp_{name}", "")] for name in ("outbox_given_up", "files_waiting", "files_failed")} == {0}
    assert told[("confapp_publications_due", "")] == 0


def test_openmetrics_is_told_to_who_asks_for_it(watched: ConfappFlask) -> None:
    accept = TOKEN | {"Accept": "application/openmetrics-text; version=1.0.0"}
    told = watched.test_client().get("/metrics", headers=accept)
    assert told.content_type.startswith("application/openmetrics-text")
    assert told.text.endswith("# EOF\n")
    assert told.headers["Cache-Control"] == "no-store"
