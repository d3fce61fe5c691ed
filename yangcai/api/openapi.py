"""What can a program call? One OpenAPI 3.1 document, made from the registry of Actions and the read models."""

from functools import cache
from typing import Any

from django.db import models
from django.utils.translation import override

from yangcai.api.bodies import MULTIPART
from yangcai.api.resources import RESOURCES, path_of
from yangcai.kernel.actions import ACTIONS
from yangcai.kernel.entries import plain


@cache
def _models() -> dict[str, type[models.Model]]:
    acted_on = {path_of(a.on): a.on for a in ACTIONS.values()}
    return {r.path: r.model for r in RESOURCES.values()} | acted_on


def model_of(path: str) -> type[models.Model] | None:
    return _models().get(path)


def reference(value: Any) -> dict[str, Any] | None:
    """Where the object that an Action made can be found, or what it counted; a text is a secret that is shown once."""
    if isinstance(value, models.Model):
        return {"path": path_of(type(value)), "id": value.pk}
    return plain(value) if value is None or isinstance(value, dict) else {"text": str(value)}


PROBLEM = {
    "description": "refused",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}


def _answer(description: str, schema: dict[str, Any] | None = None) -> dict[str, Any]:
    return {
        "description": description,
        "content": {"application/json": {"schema": schema or {"type": "object"}}},
    }


def _parameter(name: str, where: str, kind: str = "string", required: bool = False, text: str = "") -> dict[str, Any]:
    out: dict[str, Any] = {"name": name, "in": where, "required": required, "schema": {"type": kind}}
    if text:
        out["description"] = text
    return out


def _action_path(action: Any) -> tuple[str, dict[str, Any]]:
    headers = [
        _parameter("id", "path", "integer", required=True),
        _parameter("Idempotency-Key", "header", text="The same key gives the same answer"),
        _parameter("If-Match", "header", text="Version of the root row; 409 when somebody else changed it"),
        _parameter("dry_run", "query", text="Any value: all checks, nothing written"),
    ]
    operation = {
        "operationId": action.code,
        "summary": f"{action.zh} / {action.en}",
        "description": action.doc,
        "tags": [path_of(action.on)],
        "x-roles": sorted(action.by),
        "x-stages": sorted(action.at),
        "parameters": headers,
        "requestBody": {
            "content": {kind: {"schema": action.input.schema()} for kind in ("application/json", MULTIPART)}
        },
        "responses": {
            "201": _answer("performed", {"$ref": "#/components/schemas/Done"}),
            "200": _answer("performed before with the same key, or a dry run", {"$ref": "#/components/schemas/Done"}),
            **{status: PROBLEM for status in ("400", "401", "403", "404", "405", "409", "413", "422")},
        },
    }
    return f"/api/v1/{path_of(action.on)}/{{id}}/actions/{action.code}", {"post": operation}


def _read_paths() -> dict[str, Any]:
    paths: dict[str, Any] = {}
    page = [_parameter("after", "query", "integer"), _parameter("limit", "query", "integer")]
    errors = {status: PROBLEM for status in ("400", "401", "404", "405")}
    for resource in RESOURCES.values():
        paths[f"/api/v1/{resource.path}"] = {
            "get": {
                "operationId": f"list.{resource.path}",
                "parameters": page,
                "responses": {"200": _answer("rows"), **errors},
            }
        }
        paths[f"/api/v1/{resource.path}/{{id}}"] = {
            "get": {
                "operationId": f"get.{resource.path}",
                "parameters": [_parameter("id", "path", "integer", required=True)],
                "responses": {"200": _answer("row"), **errors},
            }
        }
    for path in sorted(_models()):
        paths[f"/api/v1/{path}/{{id}}/actions"] = {
            "get": {
                "operationId": f"actions.{path}",
                "parameters": [_parameter("id", "path", "integer", required=True)],
                "responses": {"200": _answer("Actions and what stands in their way"), **errors},
            }
        }
    others: tuple[tuple[str, str, list[dict[str, Any]]], ...] = (
        ("me", "the token's post", []),
        ("worklist", "what is due", []),
        ("notices", "published notices", [_parameter("q", "query"), _parameter("kind", "query"), *page]),
        ("feed", "Entries after a log index", [_parameter("after", "query"), _parameter("limit", "query", "integer")]),
    )
    for name, text, parameters in others:
        paths[f"/api/v1/{name}"] = {
            "get": {"operationId": name, "parameters": parameters, "responses": {"200": _answer(text), **errors}}
        }
    for name in ("releases", "record"):
        paths[f"/api/v1/ocds/cases/{{id}}/{name}"] = {
            "get": {
                "operationId": f"ocds.{name}",
                "parameters": [_parameter("id", "path", "integer", required=True)],
                "responses": {"200": _answer("OCDS 1.1 package"), **errors},
            }
        }
    paths["/api/v1/award-letters/{id}/explanation"] = {
        "get": {
            "operationId": "award-letters.explanation",
            "parameters": [_parameter("id", "path", "integer", required=True)],
            "responses": {"200": _answer("own figures, failed clauses, remedy with its last day"), **errors},
        }
    }
    paths["/api/v1/lots/{id}/preflight"] = {
        "post": {
            "operationId": "lots.preflight",
            "description": "The formal rules of the evaluation on a draft bid; nothing is kept",
            "parameters": [
                _parameter("id", "path", "integer", required=True),
                _parameter("met", "query", text="Ids of the clauses that the bid meets, with commas"),
            ],
            "requestBody": {
                "content": {
                    kind: {"schema": ACTIONS["bid.submit"].input.schema()} for kind in ("application/json", MULTIPART)
                }
            },
            "responses": {
                "200": _answer("pass, warn or fail of every rule, with its article"),
                **{s: PROBLEM for s in ("400", "401", "403", "404", "405", "413", "422")},
            },
        }
    }
    file = {"type": "object", "properties": {"file": {"type": "string", "format": "binary"}}, "required": ["file"]}
    paths["/api/v1/documents"] = {
        "post": {
            "operationId": "documents.upload",
            "requestBody": {"content": {MULTIPART: {"schema": file}}},
            "responses": {"201": _answer("stored"), **{s: PROBLEM for s in ("400", "401", "405", "413", "422")}},
        }
    }
    return paths


SCHEMAS: dict[str, Any] = {
    "Done": {
        "type": "object",
        "properties": {
            "entry": {"type": "string", "description": "log index, enciphered", "pattern": "^[0-9a-f]{32}$"},
            "again": {"type": "boolean"},
            "value": {"type": ["object", "null"]},
            "notices": {"type": "array", "items": {"type": "string"}},
        },
        "required": ["entry", "again", "value", "notices"],
    },
    "Refusal": {
        "type": "object",
        "properties": {
            "code": {"type": "string"},
            "zh": {"type": "string"},
            "en": {"type": "string"},
            "citation": {"type": ["object", "null"]},
            "field": {"type": "string"},
            "facts": {"type": "object"},
        },
        "required": ["code", "zh", "en", "citation"],
    },
    "Problem": {
        "type": "object",
        "properties": {
            "type": {"type": "string"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "refusals": {"type": "array", "items": {"$ref": "#/components/schemas/Refusal"}},
        },
        "required": ["type", "title", "status", "refusals"],
    },
}


@cache
def document(language: str) -> dict[str, Any]:
    """The whole description, with the fields' labels in that language; made once per process."""
    with override(language):
        return _document()


def _document() -> dict[str, Any]:
    actions = dict(_action_path(a) for a in sorted(ACTIONS.values(), key=lambda a: a.code))
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "阳采 / Yangcai",
            "version": "1",
            "description": "Every write is an Action; every refusal cites its article.",
        },
        "paths": dict(sorted((_read_paths() | actions).items())),
        "components": {
            "schemas": SCHEMAS,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"token": []}, {}],
    }
