"""OTLP, the form in which programs export telemetry: its logs and metrics as lines of JSON, one for each."""

from collections.abc import Iterator
from math import isfinite
from typing import Any, NamedTuple, cast

from msgspec.json import decode, encode

from collector.doors.protobuf import Shapes, message

JSON, PROTOBUF = "application/json", "application/x-protobuf"
LOGS, METRICS, TRACES = "/v1/logs", "/v1/metrics", "/v1/traces"
MOST_TEXT = 2000  # characters: prompts and outputs stand in the agents' own files
MOST_ATTRIBUTES = 100
MOST_ENTRIES = 20_000
PERSONAL = ("user.", "organization.")  # names of a person, of an employer: nothing here needs them

SHAPES: Shapes = {
    LOGS: {1: ("resourceLogs", "ResourceLogs", True)},
    METRICS: {1: ("resourceMetrics", "ResourceMetrics", True)},
    "ResourceLogs": {1: ("resource", "Resource", False), 2: ("scopeLogs", "ScopeLogs", True)},
    "ResourceMetrics": {1: ("resource", "Resource", False), 2: ("scopeMetrics", "ScopeMetrics", True)},
    "Resource": {1: ("attributes", "KeyValue", True)},
    "Scope": {1: ("name", "string", False), 2: ("version", "string", False)},
    "ScopeLogs": {1: ("scope", "Scope", False), 2: ("logRecords", "LogRecord", True)},
    "LogRecord": {
        1: ("timeUnixNano", "fixed", False), 5: ("body", "AnyValue", False), 6: ("attributes", "KeyValue", True),
        11: ("observedTimeUnixNano", "fixed", False), 12: ("eventName", "string", False),
    },
    "ScopeMetrics": {1: ("scope", "Scope", False), 2: ("metrics", "Metric", True)},
    "Metric": {1: ("name", "string", False), 5: ("gauge", "Points", False), 7: ("sum", "Points", False)},
    "Points": {1: ("dataPoints", "Point", True), 2: ("aggregationTemporality", "int", False)},
    "Point": {
        2: ("startTimeUnixNano", "fixed", False), 3: ("timeUnixNano", "fixed", False), 4: ("asDouble", "double", False),
        6: ("asInt", "sfixed", False), 7: ("attributes", "KeyValue", True),
    },
    "KeyValue": {1: ("key", "string", False), 2: ("value", "AnyValue", False)},
    "AnyValue": {
        1: ("stringValue", "string", False), 2: ("boolValue", "bool", False), 3: ("intValue", "int", False),
        4: ("doubleValue", "double", False), 5: ("arrayValue", "ArrayValue", False),
        6: ("kvlistValue", "KeyValues", False), 7: ("bytesValue", "bytes", False),
    },
    "ArrayValue": {1: ("values", "AnyValue", True)},
    "KeyValues": {1: ("values", "KeyValue", True)},
}  # fmt: skip


class Entry(NamedTuple):
    """One log record or one point of a metric: who sent it, and what it says, as JSON."""

    service: str
    scope: str
    root: str
    body: bytes


def entries(target: str, kind: str, body: bytes) -> list[Entry]:
    """What one export holds. Raises ValueError where it cannot be read."""
    document: object = message(SHAPES, target, body) if kind == PROTOBUF else decode(body) if body else {}
    if not isinstance(document, dict):
        raise ValueError("not an export")
    found: list[Entry] = []
    for entry in (_logs if target == LOGS else _metrics)(cast("dict[str, Any]", document)):
        found.append(entry)
        if len(found) > MOST_ENTRIES:
            raise ValueError("too much at once")
    return found


def _logs(document: dict[str, Any]) -> Iterator[Entry]:
    for resource, scoped in _resources(document, "resourceLogs", "scopeLogs"):
        for scope, record in _scoped(scoped, "logRecords"):
            attributes = _attributes(record)
            # What some programs put into eventName is the line of their own source.
            name = attributes.get("event.name") or record.get("eventName") or _value(record.get("body"))
            yield _entry(
                resource, scope,
                {
                    "log": str(name or "")[:MOST_TEXT], "attributes": attributes,
                    "ns": _number(record.get("timeUnixNano")) or _number(record.get("observedTimeUnixNano")),
                },
            )  # fmt: skip


def _metrics(document: dict[str, Any]) -> Iterator[Entry]:
    for resource, scoped in _resources(document, "resourceMetrics", "scopeMetrics"):
        for scope, metric in _scoped(scoped, "metrics"):
            points = _dict(metric.get("sum") or metric.get("gauge"))
            for point in _dicts(points.get("dataPoints")):
                value = _number(point.get("asDouble", point.get("asInt")))
                yield _entry(
                    resource, scope,
                    {
                        "metric": str(metric.get("name", ""))[:MOST_TEXT], "value": value,
                        "is_delta": points.get("aggregationTemporality") in (1, "AGGREGATION_TEMPORALITY_DELTA"),
                        "attributes": _attributes(point), "since_ns": _number(point.get("startTimeUnixNano")),
                        "ns": _number(point.get("timeUnixNano")),
                    },
                )  # fmt: skip


def _entry(resource: dict[str, object], scope: str, body: dict[str, object]) -> Entry:
    service = str(resource.get("service.name", ""))
    root = str(resource.get("fleetmeter.root", ""))
    version = resource.get("service.version")
    return Entry(service, scope, root, encode({**body, "version": version} if version else body))


def _resources(document: dict[str, Any], many: str, scoped: str) -> Iterator[tuple[dict[str, object], object]]:
    for each in _dicts(document.get(many)):
        yield _attributes(_dict(each.get("resource"))), each.get(scoped)


def _scoped(scoped: object, many: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for each in _dicts(scoped):
        for record in _dicts(each.get(many)):
            yield str(_dict(each.get("scope")).get("name", "")), record


def _attributes(of: dict[str, Any]) -> dict[str, object]:
    found = {str(each.get("key", "")): _value(each.get("value")) for each in _dicts(of.get("attributes"))}
    return {name: found[name] for name in list(found)[:MOST_ATTRIBUTES] if not name.startswith(PERSONAL)}


def _value(value: object) -> object:
    """A scalar as itself; what is made of parts, whole, as JSON would write it."""
    for kind, read in _dict(value).items():
        if kind == "stringValue":
            return str(read)[:MOST_TEXT]
        if kind == "boolValue":
            return read is True
        if kind in ("intValue", "doubleValue"):
            return _number(read)
        return encode(read).decode()[:MOST_TEXT]
    return None


def _number(value: object) -> int | float | None:
    """In JSON whole numbers of 64 bits are texts."""
    if isinstance(value, str):
        digits = value.removeprefix("-")
        return int(value) if digits.isascii() and digits.isdecimal() and len(digits) < 20 else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if not isfinite(value) or abs(value) >= 2**64:
        return None
    return int(value) if value == int(value) else value  # 1.0 and 1 are one number, whichever form it came in


def _dict(value: object) -> dict[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def _dicts(value: object) -> list[dict[str, Any]]:
    return [_dict(each) for each in cast("list[object]", value)] if isinstance(value, list) else []
