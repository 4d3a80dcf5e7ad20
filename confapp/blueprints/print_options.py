"""How something is wanted on paper, as its address says."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from flask import request

from confapp.domain.errors import N_, Invalid
from confapp.domain.papers import PAPERS, paper_of, usual_paper

VIEWS = {"programme": "pdf", "list": "pdf", "grid": "grid"}
"""The kind of PDF by the view that an address names; a reader may print the list and gets the programme."""


def asked_paper(country: str | None, among: Collection[str] = PAPERS) -> str:
    """The paper that `?paper=` says, else the usual one of the conference's country. Raises Invalid."""
    return paper_of(request.args.get("paper"), usual_paper(country), among)


def print_options(country: str | None) -> tuple[str, dict[str, Any]]:
    """Which PDF of the agenda is wanted, and on which paper: `?view=grid&paper=letter`. Raises Invalid."""
    view = request.args.get("view") or "programme"
    if view not in VIEWS:
        raise Invalid({"view": [N_("Give %(one)s or %(other)s.", one="programme", other="grid")]})
    return VIEWS[view], {"paper": asked_paper(country)}
