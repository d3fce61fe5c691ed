"""Is what we publish valid OCDS 1.1? Asked of the standard's own schemas, without a network."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs

SCHEMAS = Path(__file__).parent / "schema"
#: What the package schemas refer to by its address on the web.
REFERRED = ("release-schema.json", "versioned-release-validation-schema.json")


def _schema(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((SCHEMAS / name).read_text(encoding="utf-8"))
    return found


@cache
def _validator(kind: str) -> Any:
    resources = [(schema["id"], schema) for schema in map(_schema, REFERRED)]
    registry = jsonschema_rs.Registry(resources, draft=jsonschema_rs.Draft4)
    return jsonschema_rs.validator_for(_schema(f"{kind}-package-schema.json"), registry=registry, validate_formats=True)


def faults(package: dict[str, Any], *, kind: str) -> list[str]:
    """What is wrong with a release package (`kind` "release") or record package ("record"): place and sentence."""
    return [
        f"{'/'.join(map(str, error.instance_path))}: {error.message}" for error in _validator(kind).iter_errors(package)
    ]
