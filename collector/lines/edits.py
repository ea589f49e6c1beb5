"""What calls changed in files, read from the lines again: the database counts changed lines, it does not hold them."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from typing import Any

import msgspec

from collector.archive.replay import Missing, content, lines
from collector.lines.tolerant import NotARecord, fit, load
from collector.sources import Shown, Shows, all_sources
from store import archive
from store.advance import known_now
from store.belongs import sources_of
from store.call_lines import spans_of
from store.database import open_reader
from store.edit import Edit
from store.sources import Known

LONGEST = 8 << 20
"""A line beyond that is not looked at."""
Found = dict[str, tuple[bool, list[Edit]]]


def edits(home: str, session_keys: list[int], call_ids: Sequence[str]) -> dict[str, list[Edit]]:
    """By call what it changed, or, where no line tells that, what it asked to change. What is gone tells nothing."""
    connection = archive.read_archive(home)
    wanted, found = msgspec.json.encode(list(call_ids)).decode(), Found()
    try:
        with closing(open_reader(home)) as store:
            agents = dict(store.execute("select account_id, agent from account").fetchall())
            spans = spans_of(store, session_keys, wanted)
            for known in known_now(store, sources_of(store, session_keys)):
                if known.generation_id in spans:
                    _of_file(known, spans[known.generation_id], agents[known.account_id], connection, found)
    finally:
        if connection is not None:
            connection.close()
    ids = set(call_ids)
    return {call_id: own for call_id, (_, own) in found.items() if call_id in ids}


def _of_file(
    known: Known, span: tuple[int, int], agent: str, connection: sqlite3.Connection | None, found: Found
) -> None:
    source = next((source for source in all_sources() if source.agent == agent), None)
    if not isinstance(source, Shows) or source.is_whole(known.kind):
        return
    reader = source.edits()
    decode = msgspec.json.Decoder(reader.shape).decode
    try:
        for _, some in lines(content(known, connection, *span)):
            for line in some:
                _take(reader, decode, line, found)
    except Missing:
        pass


def _take(reader: Shown, decode: Any, line: bytes, found: Found) -> None:
    if len(line) > LONGEST:
        return
    try:
        value = decode(line)
    except (msgspec.DecodeError, ValueError, RecursionError):
        try:
            value = fit(load(line), reader.shape)
        except NotARecord:
            return
    for call_id, edit, is_done in reader.take(value):
        _note(found, call_id, edit, is_done)


def _note(found: Found, call_id: str, edit: Edit, is_done: bool) -> None:
    """What was done takes the place of what was asked for; what is told twice is one."""
    was_done, own = found.get(call_id, (is_done, []))
    if was_done and not is_done:
        return
    if is_done and not was_done:
        own = []
    found[call_id] = (is_done, own if edit in own or not edit.hunks else [*own, edit])
