"""The blocks of the archive: plain bytes in, packed rows out, and back, each proven by its digest."""

import hashlib
import sqlite3
from collections.abc import Iterator
from typing import NamedTuple

import zstandard

BLOCK = 1 << 20
LEVEL = 6
"""A higher one is slower than it is smaller: 9 takes twice as long for a hundredth."""


class Damaged(Exception):
    """A block whose bytes are not those that were kept."""


class Packed(NamedTuple):
    """A block that is ready to be written."""

    first_byte: int
    length: int
    digest: bytes
    packed: bytes


FIND_CONTENT = "select content_id from content where digest = ?"
ADD_CONTENT = "insert into content (digest, length, packed) values (?, ?, ?) returning content_id"
ADD_BLOCK = """
insert into block (file_id, first_byte, length, content_id) values (?, ?, ?, ?)
on conflict do update set length = excluded.length, content_id = excluded.content_id
returning 1
"""
BLOCKS = """
select b.first_byte, b.length, c.content_id, c.digest, c.length, c.packed
from block as b
left join content as c using (content_id)
where b.file_id = ? and b.first_byte >= ?
order by b.first_byte
"""
DIGESTS = """
select c.digest from block as b join content as c using (content_id) where b.file_id = ? order by b.first_byte
"""
# What no block refers to any more, of some contents.
FORGET_CONTENT = """
delete from content
where content_id in (select value from json_each(?))
    and not exists (select 1 from block as b where b.content_id = content.content_id)
"""


def pack(first_byte: int, plain: bytes) -> Packed:
    """Compress a block; it needs no other one to be read again."""
    packed = zstandard.ZstdCompressor(level=LEVEL).compress(plain)
    return Packed(first_byte, len(plain), hashlib.sha256(plain).digest(), packed)


def add(connection: sqlite3.Connection, file_id: int, block: Packed) -> None:
    """Write a block in the place of the one that began there; the same bytes are kept once for all files."""
    before = connection.execute(
        "select content_id from block where file_id = ? and first_byte = ?", (file_id, block.first_byte)
    ).fetchall()
    found = connection.execute(FIND_CONTENT, (block.digest,)).fetchone()
    if found is None:
        found = connection.execute(ADD_CONTENT, (block.digest, block.length, block.packed)).fetchone()
    connection.execute(ADD_BLOCK, (file_id, block.first_byte, block.length, found[0])).fetchall()
    _forget(connection, [row[0] for row in before if row[0] != found[0]])


def clear(connection: sqlite3.Connection, file_id: int, from_byte: int = 0) -> None:
    """Drop the blocks of a file, from a place on."""
    rows = connection.execute(
        "delete from block where file_id = ? and first_byte >= ? returning content_id", (file_id, from_byte)
    ).fetchall()
    _forget(connection, [row[0] for row in rows])


def read(connection: sqlite3.Connection, file_id: int, start: int = 0) -> Iterator[tuple[int, bytes]]:
    """The blocks of a file in their order, from the one that holds a place on: where each begins, and its bytes."""
    place = start - start % BLOCK
    while True:
        row = connection.execute(BLOCKS + " limit 1", (file_id, place)).fetchone()
        if row is None:
            return
        if row[0] != place:
            raise Damaged(f"the block at {place} is missing")
        plain = unpack(row)
        yield place, plain
        place += len(plain)


def unpack(row: tuple[int, int, int | None, bytes, int, bytes]) -> bytes:
    """The plain bytes of a row of BLOCKS; what is not as it was kept is Damaged."""
    first_byte, length, content_id, digest, plain_length, packed = row
    if content_id is None:
        raise Damaged(f"the block at {first_byte} has lost its content")
    try:
        plain = zstandard.ZstdDecompressor().decompress(packed, max_output_size=plain_length)
    except (zstandard.ZstdError, ValueError, MemoryError) as error:
        raise Damaged(f"the block at {first_byte} cannot be unpacked") from error
    if len(plain) != length or plain_length != length or hashlib.sha256(plain).digest() != digest:
        raise Damaged(f"the block at {first_byte} does not hold what was kept")
    return plain


def chain(connection: sqlite3.Connection, file_id: int) -> bytes:
    """One digest for all blocks of a file in their order."""
    digests = connection.execute(DIGESTS, (file_id,)).fetchall()
    return hashlib.sha256(b"".join(row[0] for row in digests)).digest()


def _forget(connection: sqlite3.Connection, content_ids: list[int]) -> None:
    if content_ids:
        connection.execute(FORGET_CONTENT, (str(content_ids),))
