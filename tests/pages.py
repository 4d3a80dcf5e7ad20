"""Pages as a browser without scripts sees them: forms read from the page, filled in and sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import lxml.html
from flask.testing import FlaskClient
from werkzeug.test import TestResponse


def tree(answer: TestResponse) -> Any:
    """The page as elements."""
    return lxml.html.fromstring(answer.text)


def words(answer: TestResponse, path: str) -> list[str]:
    """The words of every element at an XPath, white space settled."""
    return [" ".join(each.text_content().split()) for each in tree(answer).xpath(path)]


def errors(answer: TestResponse) -> dict[str, str]:
    """What the page says beside its fields: by input name, or the id of the group."""
    said = {}
    for element in tree(answer).xpath("//*[contains(@class, 'field__error')]"):
        name = element.get("id").removeprefix("f-").removesuffix("-error")
        said[name] = " ".join(element.text_content().split()).removeprefix("Error: ")
    return said


def summary(answer: TestResponse) -> list[str]:
    """What the box above the form says."""
    return words(answer, "//*[@data-error-summary]//li")


def notices(answer: TestResponse) -> list[str]:
    """What was flashed."""
    return words(answer, "//*[contains(@class, 'notice') and @role]")


@dataclass
class PageForm:
    """One form of a page: where it goes, and what it would send."""

    client: FlaskClient
    action: str
    values: dict[str, list[str]] = field(default_factory=dict)

    def send(self, changes: Mapping[str, Any] | None = None, **more: Any) -> TestResponse:
        """Send it with some values changed: to words, a list of them, or None, which leaves the name out."""
        data = dict(self.values)
        for name, value in {**(changes or {}), **more}.items():
            if value is None:
                data.pop(name, None)
            else:
                data[name] = [value] if isinstance(value, str) else value
        return self.client.post(self.action, data=data)

    def __getitem__(self, name: str) -> str:
        """The one value that a field shows."""
        (value,) = self.values[name]
        return value


def open_form(client: FlaskClient, url: str, number: int = 0) -> PageForm:
    """The page's posted form, the first one or another."""
    answer = client.get(url)
    assert answer.status_code == 200, f"{url}: {answer.status}"
    return form_in(client, answer, number)


def form_in(client: FlaskClient, answer: TestResponse, number: int = 0) -> PageForm:
    """The form in an answer, after a refusal for example: what was typed stands in it."""
    found = [
        each
        for each in tree(answer).xpath("//form[@method='post']")
        if not each.get("action", "").startswith("/accounts/")
    ]
    element = found[number]
    form = PageForm(client, element.get("action") or answer.request.path)
    for name, value in _sent(element):
        form.values.setdefault(name, []).append(value)
    return form


def _sent(element: Any) -> Iterator[tuple[str, str]]:
    """What a browser would send of a form that nobody touched (HTML, 4.10.21.4 'constructing the entry list')."""
    for control in element.xpath(".//input[@name] | .//select[@name] | .//textarea[@name]"):
        name = control.get("name")
        if control.tag == "textarea":
            yield name, (control.text or "").removeprefix("\n")
        elif control.tag == "select":
            chosen = (
                control.xpath("./option[@selected] | .//optgroup/option[@selected]") or control.xpath(".//option")[:1]
            )
            for option in chosen:
                yield name, option.get("value", option.text)
        elif control.get("type") in ("checkbox", "radio"):
            if control.get("checked") is not None:
                yield name, control.get("value", "on")
        elif control.get("type") != "file":
            yield name, control.get("value", "")
