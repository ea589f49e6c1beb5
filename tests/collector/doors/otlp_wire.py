"""Telemetry as programs send it: OTLP's dicts as protocol buffers, written by hand, and one request over a socket."""

import json
import socket
import struct
from typing import Any

KIND = {"string": 1, "bool": 2, "int": 3, "double": 4, "array": 5, "kvlist": 6, "bytes": 7}


def varint(number: int) -> bytes:
    number &= 2**64 - 1
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def part(number: int, data: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(data)) + data


def fixed(number: int, value: Any) -> bytes:
    return varint(number << 3 | 1) + struct.pack("<Q", int(value))


def value(of: dict[str, Any]) -> bytes:
    (name, said), *_ = of.items()
    number = KIND[name.removesuffix("Value")]
    if name == "intValue":
        return varint(number << 3) + varint(int(said))
    if name == "boolValue":
        return varint(number << 3) + varint(said)
    if name == "doubleValue":
        return varint(number << 3 | 1) + struct.pack("<d", said)
    if name == "arrayValue":
        return part(number, b"".join(part(1, value(each)) for each in said["values"]))
    return part(number, said.encode())


def attributes(number: int, of: dict[str, Any]) -> bytes:
    found = of.get("attributes", [])
    return b"".join(part(number, part(1, each["key"].encode()) + part(2, value(each["value"]))) for each in found)


def scope(of: dict[str, Any]) -> bytes:
    return part(1, part(1, of["scope"]["name"].encode()) + part(2, of["scope"].get("version", "").encode()))


def log(of: dict[str, Any]) -> bytes:
    body = part(5, value(of["body"])) if "body" in of else b""
    traced = part(9, bytes.fromhex(of.get("traceId", ""))) + varint(8 << 3 | 5) + struct.pack("<I", 1)
    return fixed(1, of["timeUnixNano"]) + body + attributes(6, of) + traced + fixed(11, of["observedTimeUnixNano"])


def point(of: dict[str, Any]) -> bytes:
    said = varint(4 << 3 | 1) + struct.pack("<d", of["asDouble"])
    return fixed(2, of["startTimeUnixNano"]) + fixed(3, of["timeUnixNano"]) + said + attributes(7, of)


def metric(of: dict[str, Any]) -> bytes:
    points = b"".join(part(1, point(each)) for each in of["sum"]["dataPoints"])
    temporality = varint(2 << 3) + varint(of["sum"]["aggregationTemporality"])
    return part(1, of["name"].encode()) + part(3, of["unit"].encode()) + part(7, points + temporality)


def protobuf(document: dict[str, Any]) -> bytes:
    """A whole export, of logs or of metrics."""
    is_logs = "resourceLogs" in document
    many, scoped, inner, write = (
        ("resourceLogs", "scopeLogs", "logRecords", log) if is_logs
        else ("resourceMetrics", "scopeMetrics", "metrics", metric)
    )  # fmt: skip
    out = b""
    for each in document[many]:
        scopes = b"".join(part(2, scope(s) + b"".join(part(2, write(r)) for r in s[inner])) for s in each[scoped])
        out += part(1, part(1, attributes(1, each["resource"])) + scopes)
    return out


def request(target: str, body: bytes, *headers: str, kind: str = "application/json", host: str = "127.0.0.1") -> bytes:
    length = () if any("chunked" in header for header in headers) else (f"Content-Length: {len(body)}",)
    lines = [f"POST {target} HTTP/1.1", f"Host: {host}:4318", f"Content-Type: {kind}", *length, *headers, "", ""]
    return "\r\n".join(lines).encode() + body


def chunked(body: bytes, size: int) -> bytes:
    cut = (body[place : place + size] for place in range(0, len(body), size))
    return b"".join(b"%x;x=1\r\n%s\r\n" % (len(each), each) for each in cut) + b"0\r\nX-Trailer: y\r\n\r\n"


def ask(port: int, words: bytes, *, timeout_s: float = 10.0) -> tuple[int, bytes]:
    """Send it, and give the status and the body of the answer; 0 where there is none."""
    with socket.create_connection(("127.0.0.1", port), timeout=timeout_s) as line:
        try:
            line.sendall(words)
            found = line.makefile("rb")
            return answered(found)
        except (ConnectionError, BrokenPipeError):
            return 0, b""


def answered(found: Any) -> tuple[int, bytes]:
    """The next answer of a connection."""
    first = found.readline()
    if not first:
        return 0, b""
    length = 0
    while (header := found.readline()) not in (b"\r\n", b""):
        name, _, said = header.partition(b":")
        length = int(said) if name.lower() == b"content-length" else length
    return int(first.split(b" ")[1]), found.read(length)


def export(name: str, event: dict[str, Any], service: str) -> bytes:
    """An export of one log record, as JSON."""
    kinds = {str: "stringValue", int: "intValue", float: "doubleValue", bool: "boolValue"}
    said = [{"key": key, "value": {kinds[type(each)]: each}} for key, each in event.items()]
    record = {"timeUnixNano": "1795217027438000000", "observedTimeUnixNano": "1795217027438000000",
              "body": {"stringValue": name}, "attributes": said}  # fmt: skip
    resource = {"attributes": [{"key": "service.name", "value": {"stringValue": service}}]}
    scoped = {"scope": {"name": "events"}, "logRecords": [record]}
    return json.dumps({"resourceLogs": [{"resource": resource, "scopeLogs": [scoped]}]}).encode()
