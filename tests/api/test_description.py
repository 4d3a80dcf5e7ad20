"""The API's description: valid OpenAPI, complete, and readable as a page."""

from __future__ import annotations

import re
from typing import Any

from flask.testing import FlaskClient


def test_every_address_of_the_api_is_described(app: Any, client: FlaskClient) -> None:
    described = client.get("/api/openapi.json").json
    assert described["openapi"].startswith("3.1")
    paths = {re.sub(r"\{[^}]*\}", "{}", path) for path in described["paths"]}
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/api/") and rule.endpoint not in ("api-docs.openapi_json", "show_api_docs"):
            path = re.sub(r"<[^>]*>", "{}", rule.rule)
            assert path in paths, rule.rule


def test_every_reference_in_the_description_resolves(client: FlaskClient) -> None:
    described = client.get("/api/openapi.json").json
    references = set(re.findall(r"#/components/(\w+)/(\w+)", str(described)))
    assert references
    for kind, name in references:
        assert name in described["components"][kind]


def test_no_shape_has_two_names(client: FlaskClient) -> None:
    names = client.get("/api/openapi.json").json["components"]["schemas"]
    assert [name for name in names if re.search(r"\d$", name)] == []


def test_the_description_reads_as_a_page(client: FlaskClient) -> None:
    page = client.get("/api/docs")
    assert page.status_code == 200
    assert "/api/conferences/{conference}/slots" in page.text
