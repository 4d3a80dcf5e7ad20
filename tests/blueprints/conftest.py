"""A conference with an organiser at her desk, and others who may less."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from confapp.domain.permissions import Role
from confapp.domain.programme.conferences import Conference
from confapp.web import ConfappFlask
from tests.conftest import Transaction
from tests.factories import make_account, make_conference, sign_in

As = Callable[..., FlaskClient]
Queries = Callable[[FlaskClient, str], int]


@pytest.fixture
def summit(write: Transaction) -> Conference:
    """Two days in Brussels, in English and French."""
    with write():
        return make_conference(languages=["en", "fr"])


@pytest.fixture
def signed_in(app: ConfappFlask, write: Transaction, summit: Conference) -> As:
    """`signed_in(Role.TRACK_MANAGER, scope_id=track.id)`: a client of somebody with that role in the conference."""

    def make(role: Role, scope_id: int | None = None) -> FlaskClient:
        with write():
            account = make_account(f"{role.value}@example.org", role=role, conference=summit, scope_id=scope_id)
        return sign_in(app.test_client(), account)

    return make


@pytest.fixture
def organiser(signed_in: As) -> FlaskClient:
    """Somebody who may do everything in the conference but give roles."""
    return signed_in(Role.ORGANISER)


@pytest.fixture
def queries(count_queries: Callable[..., object]) -> Queries:
    """`queries(client, url)`: how many statements it takes to answer."""

    def count(client: FlaskClient, url: str) -> int:
        with count_queries() as statements:  # type: ignore[attr-defined]
            answer = client.get(url)
        assert answer.status_code == 200, f"{url}: {answer.status}"
        return len(statements)

    return count
