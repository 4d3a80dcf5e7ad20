"""The voc/schedule schemas, for tests that find them among the real files."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
from lxml import etree

Validate = Callable[[bytes, bytes], None]


def validator(real_file: Callable[[str], Path]) -> Validate:
    """`validate(xml, json)` fails, naming the line or path, where either is not valid."""
    xsd = etree.XMLSchema(etree.parse(str(real_file("00-schemas/schedule.xml.xsd"))))
    schema: dict[str, Any] = json.loads(real_file("00-schemas/schedule.schema.json").read_text("utf-8"))
    checker = jsonschema.Draft6Validator(schema)

    def validate(xml: bytes, tree: bytes) -> None:
        xsd.assertValid(etree.fromstring(xml))
        faults = [f"{fault.json_path}: {fault.message[:200]}" for fault in checker.iter_errors(json.loads(tree))]
        assert faults == []

    return validate
