"""Lines in, records out. A line that cannot be understood costs only itself: it becomes a reject with its reason."""

import hashlib
import sqlite3
from collections.abc import Iterable
from typing import Any

from collector.files.tail import Content
from collector.lines.tolerant import NotARecord, fit, load, pieces
from collector.sources import Lines
from store.batch import Batch
from store.facts import Record, Reject

EXCERPT_KEPT = 1024
REASON_KEPT = 200


class Understood:
    """What became of the lines of one file, in one batch."""

    def __init__(self, generation_id: int) -> None:
        self.generation_id = generation_id
        self.records: list[Record] = []
        self.rejects: list[Reject] = []
        self.mended = 0


def understand(reader: Lines, lines: Iterable[Content], byte_offset: int, out: Batch, told: Understood) -> None:
    """Read whole lines, of which the first begins at the offset."""
    decode, take, keep = reader.decode, reader.take, told.records.append
    for line in lines:
        length = len(line) + 1
        try:
            keep(take(decode(line), byte_offset, length, out))
        except sqlite3.Error:
            raise  # a database that fails says nothing of the line
        except Exception:  # noqa: BLE001 - a foreign format: whatever is wrong with a line must not stop the rest
            _mend(reader, bytes(line), byte_offset, length, out, told)
        byte_offset += length


def peek(reader: Lines, rest: bytes, byte_offset: int, out: Batch) -> None:
    """Take the facts of a last line that is whole but for its newline. Its record waits for the newline."""
    if not rest.rstrip().endswith(b"}"):
        return
    try:
        value = fit(load(rest), reader.shape)
    except NotARecord:
        return
    carried = reader.carried()
    try:
        reader.take(value, byte_offset, len(rest), out)
    except sqlite3.Error:
        raise  # a database that fails says nothing of the line
    except Exception:  # noqa: BLE001 - as above; it is read again when its newline is there
        return
    finally:
        reader.carry_on(carried)


def reject(generation_id: int, byte_offset: int, length: int, reason: str, content: bytes) -> Reject:
    """A line that is kept as evidence only: its place, its digest, and how it begins."""
    digest = hashlib.blake2b(content, digest_size=16).digest()
    return Reject(generation_id, byte_offset, length, reason, digest, content[:EXCERPT_KEPT])


def _mend(reader: Lines, line: bytes, byte_offset: int, length: int, out: Batch, told: Understood) -> None:
    if not line.strip():
        told.records.append(Record(told.generation_id, byte_offset, length, "blank"))
        return
    try:
        value = load(line)
    except NotARecord as error:
        _splice(reader, line, byte_offset, length, str(error), out, told)
        return
    told.mended += 1
    _keep(reader, value, line, byte_offset, length, out, told)


def _splice(
    reader: Lines, line: bytes, byte_offset: int, length: int, reason: str, out: Batch, told: Understood
) -> None:
    """Two records on one line, or one that was cut short by the next: save what is whole."""
    for piece in pieces(line, reader.is_record, reason):
        part = line[piece.start : piece.end]
        # The newline belongs to the last piece, so that every byte belongs to exactly one record.
        size = len(part) + (piece.end == len(line))
        if piece.value is None:
            _refuse(part, byte_offset + piece.start, size, piece.reason, told)
        else:
            told.mended += 1
            _keep(reader, piece.value, part, byte_offset + piece.start, size, out, told)


def _keep(
    reader: Lines, value: dict[str, Any], line: bytes, byte_offset: int, length: int, out: Batch, told: Understood
) -> None:
    try:
        told.records.append(reader.take(fit(value, reader.shape), byte_offset, length, out))
    except sqlite3.Error:
        raise  # a database that fails says nothing of the line
    except Exception as error:  # noqa: BLE001 - as above
        # What a source refuses it says in its own words; of other errors the name is all that can be shown.
        reason = str(error) if type(error) is ValueError else f"not understood ({type(error).__name__})"
        _refuse(line, byte_offset, length, reason[:REASON_KEPT], told)


def _refuse(content: bytes, byte_offset: int, length: int, reason: str, told: Understood) -> None:
    told.records.append(Record(told.generation_id, byte_offset, length, "rejected"))
    told.rejects.append(reject(told.generation_id, byte_offset, length, reason, content))
