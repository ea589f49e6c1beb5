"""The description of the API in the form that programs read: made from the table of calls, so it cannot be wrong."""

import re
from collections.abc import Sequence
from typing import Any

from viewers.web.api.calls import Call


def description(calls: Sequence[Call]) -> dict[str, Any]:
    """As OpenAPI 3.1."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "fleetmeter", "version": "1", "description": "Everything is read; nothing is changed."},
        "paths": {call.path: {"get": _operation(call)} for call in calls},
        "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
        "security": [{"token": []}],
    }


def _operation(call: Call) -> dict[str, Any]:
    places = [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
              for name in re.findall(r"\{(\w+)\}", call.path)]  # fmt: skip
    words = [{"name": name, "in": "query", "schema": {"type": "string"}} for name in call.words]
    kind = call.kind.partition(";")[0]
    error = {"description": "what is wrong", "content": {"application/json": {"schema": {"type": "object"}}}}
    return {
        "summary": call.about,
        "parameters": [*places, *words],
        "responses": {
            "200": {"description": "the answer", "content": {kind: {"schema": _schema(kind)}}},
            "400": error, "401": {"description": "no token"}, "404": error, "503": error,
        },
    }  # fmt: skip


def _schema(kind: str) -> dict[str, Any]:
    return {"type": "string"} if kind != "application/json" else {"type": ["object", "array"]}
