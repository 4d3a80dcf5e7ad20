"""One page of a long list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Generic, TypeVar

from flask import request

Row = TypeVar("Row")

PAGE_SIZE = 100


class Paged(Generic[Row]):
    """The rows of `page`, else of the one that `?page=` asks for, from 1; one that there is not is the nearest one."""

    def __init__(self, rows: Sequence[Row], size: int = PAGE_SIZE, page: int | None = None) -> None:
        self.total = len(rows)
        self.pages = max(1, -(-len(rows) // size))
        asked: Any = page or request.args.get("page", 1, type=int)
        self.page = min(max(1, asked), self.pages)
        self.rows = rows[(self.page - 1) * size : self.page * size]
