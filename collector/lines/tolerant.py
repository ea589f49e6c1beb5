"""The slow way to read a line that the typed decoder refuses: wrong types, lone surrogates, NaN, glued or cut records.

Knows no agent: what a record of it looks like is told by the caller.
"""

import json
import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, NamedTuple, TypeVar, cast, get_args, get_origin

import msgspec

T = TypeVar("T", bound=msgspec.Struct)
BLANK = b"\0 \t\r\n\v\f"
OBJECT_START = re.compile(rb'\{"')
OBJECT_START_AFTER_BLANKS = re.compile(r"[\0\s]*\{")
SPLICES_TRIED = 256  # a hostile line may hold a million of them, each costing a parse of the rest
SPLICE_LENGTH = 1 << 20
LONGEST_NUMBER = 18
whole_object = json.JSONDecoder(parse_int=str).raw_decode  # of numbers that are too long for one, the digits


class NotARecord(ValueError):
    """The bytes are no record; the text says why."""


class Piece(NamedTuple):
    """A part of a line: a record, or what was left of one."""

    start: int
    end: int
    value: dict[str, Any] | None
    reason: str


def load(line: bytes) -> dict[str, Any]:
    """The JSON object that a line is, whatever its text holds."""
    text = line.strip(BLANK).removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")
    try:
        value = json.loads(text, parse_int=_whole, parse_float=_real, parse_constant=_nothing)
    except RecursionError as error:
        raise NotARecord("nested too deep") from error
    except ValueError as error:
        raise NotARecord("not JSON") from error
    if not isinstance(value, dict):
        raise NotARecord("not a JSON object")
    return cast("dict[str, Any]", value)


def fit(value: object, shape: type[T]) -> T:
    """The struct that a JSON object gives when every field of a wrong type is left out."""
    source = cast("dict[str, Any]", value) if isinstance(value, dict) else {}
    kept: dict[str, Any] = {}
    for field in _fields(shape):
        if field.encode_name in source:
            fitted = _fit_field(source[field.encode_name], field.type)
            if fitted is not None:
                kept[field.name] = fitted
    return shape(**kept)


def read(content: bytes, shape: type[T]) -> T:
    """What a small object inside a record says: at once, or, if something in it is wrong, field by field."""
    try:
        return _decoder(shape).decode(content)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return fit(load(content), shape)


@cache
def _decoder(shape: type[T]) -> "msgspec.json.Decoder[T]":
    return msgspec.json.Decoder(shape)


@cache
def _fields(shape: type[msgspec.Struct]) -> tuple[msgspec.structs.FieldInfo, ...]:
    """Finding the types of the fields takes longer than fitting an object."""
    return msgspec.structs.fields(shape)


def pieces(line: bytes, is_record: Callable[[dict[str, Any]], bool], reason: str) -> list[Piece]:
    """A line that is no record, cut into records and remains: records glued, or cut short by the next, or at the end.

    The reason is why the line is none; it is also that of what is left at its end.
    """
    found = _leading(line, is_record)
    place = found[-1].end if found else 0
    rest = line[place:]
    if found and not rest.strip(BLANK):
        return [*found[:-1], found[-1]._replace(end=len(line))]
    remains = _parted(rest, is_record, place)
    return found + (remains if len(remains) > 1 else [Piece(place, len(line), None, reason)])


def _parted(line: bytes, is_record: Callable[[dict[str, Any]], bool], start: int) -> list[Piece]:
    """A stump, cut into what is left of one and the records after it."""
    cut = _next_record(line, is_record)
    if cut is None:
        return [Piece(start, start + len(line), None, "cut short by the next record")]
    at, value = cut
    return [*_before(line[:at], is_record, start), Piece(start + at, start + len(line), value, "")]


def _leading(line: bytes, is_record: Callable[[dict[str, Any]], bool]) -> list[Piece]:
    """The records that a line begins with, one after the other: its beginning is no inside of one that was cut."""
    text = line.decode("latin-1")  # a character for each byte: only the ends of objects are looked for
    found: list[Piece] = []
    place = 0
    while begin := OBJECT_START_AFTER_BLANKS.match(text, place):
        try:
            end = whole_object(text, begin.end() - 1)[1]
            value = load(line[place:end])
        except (ValueError, RecursionError):
            break
        if not is_record(value):
            break
        found.append(Piece(place, end, value, ""))
        place = end
    return found


def _next_record(line: bytes, is_record: Callable[[dict[str, Any]], bool]) -> tuple[int, dict[str, Any]] | None:
    """The earliest place from which the whole rest of the line is a record."""
    if len(line) > SPLICE_LENGTH:
        return None
    for count, place in enumerate(OBJECT_START.finditer(line, 1)):
        if count == SPLICES_TRIED:
            return None
        try:
            value = load(line[place.start() :])
        except NotARecord:
            continue
        if is_record(value):
            return place.start(), value
    return None


def _before(head: bytes, is_record: Callable[[dict[str, Any]], bool], start: int) -> list[Piece]:
    """What stands before a recovered record: a record that only lacked its newline, or the stump of one."""
    try:
        value = load(head)
    except NotARecord:
        return _parted(head, is_record, start)
    if is_record(value):
        return [Piece(start, start + len(head), value, "")]
    return [Piece(start, start + len(head), None, "not a record")]


def _whole(digits: str) -> int | None:
    return int(digits) if len(digits) <= LONGEST_NUMBER else None


def _real(digits: str) -> float | None:
    value = float(digits)
    return value if value - value == 0 else None


def _nothing(_name: str) -> None:
    return None


def _fit_field(value: object, type_: Any) -> object:
    try:
        clean = _clean(value)
        return msgspec.Raw(msgspec.json.encode(clean)) if type_ is msgspec.Raw else msgspec.convert(clean, type_)
    except (msgspec.ValidationError, OverflowError, RecursionError):
        pass  # of a wrong type, or nested too deep to look into: what is good in it is looked for below
    if isinstance(value, dict):
        for choice in _structs_in(type_):
            return fit(cast("object", value), choice)
    if isinstance(value, list):
        for choice in get_args(type_):
            if get_origin(choice) is list:
                items = [_fit_field(item, get_args(choice)[0]) for item in cast("list[object]", value)]
                return [item for item in items if item is not None]
    return None


def _structs_in(type_: Any) -> Iterator[type[msgspec.Struct]]:
    for choice in (type_, *get_args(type_)):
        if isinstance(choice, type) and issubclass(choice, msgspec.Struct):
            yield choice


def _clean(value: object) -> object:
    """The same value without lone surrogates and NULs, which no text in SQLite can hold."""
    if isinstance(value, str):
        text = value if value.isascii() else value.encode("utf-8", "replace").decode()
        return text.replace("\0", "\u2400") if "\0" in text else text
    if isinstance(value, list):
        return [_clean(item) for item in cast("list[object]", value)]
    if isinstance(value, dict):
        return {_clean(name): _clean(item) for name, item in cast("dict[str, object]", value).items()}
    return value
