"""Protocol buffers, as far as telemetry needs them: bytes → the same dicts and lists that its JSON form gives."""

import struct
from collections.abc import Iterator, Mapping

Field = tuple[str, str, bool]  # its name in JSON, its kind (of a scalar, or the name of a message), whether it repeats
Shapes = Mapping[str, Mapping[int, Field]]

MOST_DEPTH = 32
VARINT, FIXED64, LENGTH, FIXED32 = 0, 1, 2, 5


def message(shapes: Shapes, name: str, data: bytes | memoryview, depth: int = 0) -> dict[str, object]:
    """One message; fields that its shape does not name are passed over. Raises ValueError where it is broken."""
    if depth > MOST_DEPTH:
        raise ValueError("nested too deep")
    found: dict[str, object] = {}
    repeated: dict[str, list[object]] = {}
    fields = shapes[name]
    for number, wire, value in _fields(memoryview(data)):
        field = fields.get(number)
        if field is None:
            continue
        key, kind, is_repeated = field
        read = message(shapes, kind, _bytes(value), depth + 1) if kind in shapes else _scalar(kind, wire, value)
        if is_repeated:
            repeated.setdefault(key, []).append(read)
        else:
            found[key] = read
    return {**found, **repeated}


def _fields(data: memoryview) -> Iterator[tuple[int, int, int | memoryview]]:
    place, end = 0, len(data)
    while place < end:
        tag, place = _varint(data, place)
        number, wire = tag >> 3, tag & 7
        if wire == VARINT:
            value, place = _varint(data, place)
            yield number, wire, value
            continue
        if wire == LENGTH:
            size, place = _varint(data, place)
        elif wire in (FIXED64, FIXED32):
            size = 8 if wire == FIXED64 else 4
        else:
            raise ValueError("an unknown wire type")
        if place + size > end:
            raise ValueError("cut off")
        yield number, wire, data[place : place + size]
        place += size


def _varint(data: memoryview, place: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        if place >= len(data):
            raise ValueError("cut off")
        byte = data[place]
        place += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value & (2**64 - 1), place
    raise ValueError("a number without an end")


def _scalar(kind: str, wire: int, value: int | memoryview) -> object:
    if kind in ("int", "bool"):
        if not isinstance(value, int):
            raise ValueError("not a number")
        return bool(value) if kind == "bool" else value - 2**64 if value >= 2**63 else value
    data = _bytes(value)
    if kind in ("string", "bytes"):
        return bytes(data).decode("utf-8", "replace") if kind == "string" else bytes(data).hex()
    if wire != FIXED64:
        raise ValueError("not a number of 8 bytes")
    return struct.unpack({"double": "<d", "fixed": "<Q", "sfixed": "<q"}[kind], data)[0]


def _bytes(value: int | memoryview) -> memoryview:
    if isinstance(value, int):
        raise ValueError("a number where bytes should be")
    return value
