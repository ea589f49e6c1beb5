"""The description of the API in the form that programs read: made from the table of calls, so it cannot be wrong."""

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from viewers.web.api.calls import GROUPS, SHOWS, Call
from viewers.web.api.events import KINDS
from viewers.web.api.metrics import LABELS

DAY = "a day, as 2026-11-20 or 20261120"
WORDS: dict[str, dict[str, Any]] = {
    "group": {"enum": list(GROUPS)},
    "limit": {"pattern": "^[1-9][0-9]*$", "description": "so many rows at most"},
    "range": {"pattern": "^(month|[1-9][0-9]{0,3}d)$", "description": "the last days, as 7d, or this month"},
    "since": {"description": DAY},
    "until": {"description": DAY},
    "project": {"description": "by its folder, or the last name of that"},
    "agent": {"description": "as `fleetmeter agents` names it"},
    "model": {"description": "by its name, or a part of that"},
    "account": {"description": "by its name"},
    "branch": {"description": "of git, by its name"},
    "session": {"description": "by its id or the beginning of it; latest is the one that somebody worked in last"},
    "run": {"description": "one agent inside the session, by its id"},
    "show": {"enum": list(SHOWS)},
    "by": {"enum": list(LABELS)},
    "kind": {"description": f"one or several, with commas between: {', '.join(KINDS)}"},
    "q": {"description": "what is asked"},
}
RESUME = {
    "name": "Last-Event-ID", "in": "header", "schema": {"type": "string"},
    "description": "the id of the last event that arrived; what follows it is told, or an event named gap",
}  # fmt: skip


STREAM = "text/event-stream"


class Described(NamedTuple):
    """What is answered otherwise than by a document."""

    path: str
    about: str
    words: tuple[str, ...]
    kind: str


def description(calls: Sequence[Call | Described]) -> dict[str, Any]:
    """As OpenAPI 3.1."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "fleetmeter", "version": "1", "description": "Everything is read; nothing is changed."},
        "paths": {call.path: {"get": _operation(call)} for call in calls},
        "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
        "security": [{"token": []}],
    }


def _operation(call: Call | Described) -> dict[str, Any]:
    places = [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
              for name in re.findall(r"\{(\w+)\}", call.path)]  # fmt: skip
    words: list[dict[str, Any]] = [
        {"name": name, "in": "query", "schema": {"type": "string", **WORDS[name]}} for name in call.words
    ]
    if call.kind == STREAM:
        words.append(RESUME)
    kind = call.kind.partition(";")[0]
    return {
        "summary": call.about,
        "parameters": [*places, *words],
        "responses": {
            "200": {"description": "the answer", "content": {kind: {"schema": _schema(kind)}}},
            "400": _error("the address holds a word that is unknown, given twice, or not understood"),
            "401": {"description": "no token"},
            **({"404": _error("there is no such session")} if places else {}),
            "503": _error("the database cannot be read now"),
        },
    }  # fmt: skip


def _error(about: str) -> dict[str, Any]:
    told = {
        "type": "object", "required": ["error", "hint"],
        "properties": {"error": {"type": "string"}, "hint": {"type": "string"}},
    }  # fmt: skip
    return {"description": about, "content": {"application/json": {"schema": told}}}


def _schema(kind: str) -> dict[str, Any]:
    return {"type": "string"} if kind != "application/json" else {"type": ["object", "array"]}
