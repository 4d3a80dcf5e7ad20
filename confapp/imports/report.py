"""What importing a plan would change, as values that can be kept and told later, in whichever language is read then."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, fields
from typing import Any

from confapp.domain.errors import told
from confapp.imports.difference import REPORTED, Difference
from confapp.imports.plan import Remark
from confapp.imports.tables import FIELDS, Table

SHOWN_ROWS = 5
"""How many rows of a table are kept to look at while its columns are named."""


def report_of(difference: Difference) -> dict[str, Any]:
    """The report row by row, in JSON's types; messages stay messages (`errors.of_told`)."""
    return {
        "source": difference.source,
        "is_empty": difference.is_empty,
        "fingerprint": fingerprint(difference),
        "counts": difference.count(),
        "rows": [asdict(row) for row in difference.rows()],
        "refused": [_kept(remark) for remark in difference.refused],
        "warnings": [_kept(remark) for remark in difference.warnings],
        "vanished": [{"code": each.code, "name": each.name} for each in difference.missing],
    }


def _kept(remark: Remark) -> Any:
    return told({each.name: getattr(remark, each.name) for each in fields(remark)})


def fingerprint(difference: Difference) -> str:
    """What tells two reports apart; which vanished sessions are cancelled does not count, as a reader chooses that."""
    missing = {each.target for each in difference.missing}
    seen = [
        [kind, each.deed, each.name, sorted(each.values)]
        for kind in REPORTED
        for each in difference.changes[kind]
        if each.target not in missing
    ]
    seen.append([sorted(each.code for each in difference.missing), [_kept(remark) for remark in difference.refused]])
    return hashlib.sha256(json.dumps(seen, sort_keys=True, default=str).encode()).hexdigest()[:32]


def table_shown(table: Table, chosen: dict[str, str]) -> dict[str, Any]:
    """A table's headings and first rows, and which column holds what: as chosen, else as its headings tell."""
    return {
        "headings": list(table.headings),
        "rows": [dict(row) for _line, row in table.rows[:SHOWN_ROWS]],
        "chosen": {**table.columns(FIELDS), **chosen},
    }
