"""OpenCode's rows: one event, or one version of a session, a message or a part, in; facts out. No clock, no SQL.

`--fork` copies messages under new ids, with their times and tokens. So a message is known by when it was created and
by which model, not by its id; an answer also by its tokens, which are written once, when it ends. The id still tells a
copy: it holds the time it was made.
"""

import os
from typing import Any

from collector.lines.teller import ENDED, amount, tokens, usd_micros
from collector.lines.text import digest
from collector.lines.tolerant import NotARecord
from collector.lines.when import from_unix_ms
from collector.sources.opencode_parts import take_part
from collector.sources.opencode_spot import Spot
from collector.sources.opencode_wire import (
    Line,
    MessageEvent,
    MessageInfo,
    PartEvent,
    SessionEvent,
    SessionInfo,
    Tokens,
    decode_line,
    read,
)
from store.batch import Batch
from store.facts import Record

FIRST = ".1"  # the version of an event; what another one means is not known
SILENT = frozenset(("message.removed", "message.part.removed", "session.deleted"))  # what was billed stays counted
DEFAULT_TITLES = ("New session - ", "Child session - ")
ABORTED = "MessageAbortedError"


class Reader:
    """The reader of one database, from its position on. It needs to remember nothing."""

    shape = Line
    decode = staticmethod(decode_line)
    foreign = ""

    def __init__(self, generation_id: int) -> None:
        self._generation_id = generation_id
        self.version = ""

    def is_record(self, value: dict[str, Any]) -> bool:
        return isinstance(value.get("type"), str) and "data" in value

    def carried(self) -> bytes:
        return b""

    def carry_on(self, carried: bytes) -> None:
        """Nothing is carried."""

    def take(self, line: Line, byte_offset: int, length: int, out: Batch) -> Record:
        """Add what a row says to the batch, and give the record it becomes."""
        name = line.type.removesuffix(FIRST)
        record = Record(self._generation_id, byte_offset, length, name or "untyped", None, line.id)
        if not line.session:
            raise ValueError("a row without a session")
        spot = Spot(self._generation_id, line, record, out)
        if name in ("session.created", "session.updated", "session"):
            info = read(line.data, SessionEvent).info
            self.version = info.version or self.version
            take_session(spot, info)
        elif name == "message.updated":
            take_message(spot, read(line.data, MessageEvent).info)
        elif name == "message":
            take_message(spot, read(line.data, MessageInfo))
        elif name == "message.part.updated":
            event = read(line.data, PartEvent)
            take_part(spot, event.part, event.time)
        elif name == "part":
            take_part(spot, read(b'{"part":' + bytes(line.data) + b"}", PartEvent).part, line.at)
        elif name not in SILENT:
            raise ValueError(f"unknown event type {line.type!r}")
        return record


def take_file(kind: str, path: str, content: bytes, out: Batch) -> None:
    """A session or a message as versions before the database wrote it. Its folder and its name say what it is."""
    generation_id = next(reversed(out.paths))  # that of the file being read
    name = os.path.basename(path).removesuffix(".json")
    session = name if kind == "session" else os.path.basename(os.path.dirname(path))
    line = Line(None, kind, session, own_id=name)
    try:
        if kind == "session":
            info = read(content, SessionInfo)
            line.parent = info.parent_id
            take_session(Spot(generation_id, line, Record(generation_id, 0, len(content), kind), out), info)
        else:
            message = read(content, MessageInfo)
            take_message(Spot(generation_id, line, Record(generation_id, 0, len(content), kind), out), message)
    except NotARecord as error:
        raise ValueError(f"it is {error}") from error


def take_session(spot: Spot, info: SessionInfo) -> None:
    """A conversation: its folder, its title, who started it."""
    created = from_unix_ms(info.time.created) if info.time else None
    updated = from_unix_ms(info.time.updated) if info.time else None
    spot.record.at = updated or created
    spot.pass_time()
    if created:
        spot.pass_time(created)
    if info.parent_id:
        spot.run.session.parent_id = info.parent_id
    if info.directory:
        spot.stand(info.directory, created)
    if info.title and not info.title.startswith(DEFAULT_TITLES):
        spot.say("ai_title", info.title)
    spot.say("version", info.version)


def take_message(spot: Spot, info: MessageInfo) -> None:
    """A message. The texts of both sides are in its parts; the usage of an answer is here."""
    created = info.time.created
    if created is None:
        raise ValueError("a message without a time")
    spot.record.at = from_unix_ms(created)
    spot.record.kind += f"/{info.role}"
    spot.place(info.id or spot.line.own_id, created)
    spot.tell_time()
    if info.role != "assistant":
        if info.role != "user":
            raise ValueError(f"unknown role {info.role!r}")
        return
    answers = spot.line.message_at
    spot.natural = spot.natural_of(created, info.provider_id, info.model_id)
    if not spot.is_branch:
        spot.say("model", info.model_id)
        if info.path is not None and info.path.cwd:
            spot.stand(info.path.cwd, spot.record.at)
    if info.error is not None:
        _error(spot, info)
    if info.tokens is None:
        raise ValueError("an answer without tokens")
    _answer(spot, info, info.tokens, None if answers is None else spot.natural_of(answers))


def _answer(spot: Spot, info: MessageInfo, used: Tokens, prompt_id: str | None) -> None:
    """What was billed. All is zero until the answer ends; then it is written once, a moment before the answer counts
    as completed. One that was interrupted says nothing of what it cost: it is a lower bound."""
    counts = _amounts(used)
    fresh, cached, written, output, reasoning = counts
    is_aborted = info.error is not None and info.error.name == ABORTED and info.time.completed is not None
    if not any(counts) and not is_aborted:
        return
    micros = usd_micros(info.cost) if info.cost else None  # it says 0 where it knows no price
    named = tokens(info.model_id, fresh, cached, output + reasoning, reasoning, written)
    request_id, ended = digest(*map(str, counts)), from_unix_ms(info.time.completed)
    stop_reason = info.finish or (ENDED if ended and not is_aborted else None)  # old versions do not say why it ended
    spot.answer(spot.natural, request_id, named, stop_reason, prompt_id, None, micros)
    known = spot.out.responses[spot.natural, request_id, spot.run.session.session_id]
    if ended and ended > (known.ended_at or ""):
        known.ended_at = ended


def _error(spot: Spot, info: MessageInfo) -> None:
    error = info.error
    if error is None or spot.is_branch:
        return
    text = ": ".join(part for part in (error.name, error.data.message) if part)
    status = error.data.status if error.data.status in range(1000) else None
    spot.show("notice" if error.name == ABORTED else "error", text, 0, spot.natural, status=status)


def _amounts(used: Tokens) -> tuple[int, int, int, int, int]:
    """All are always written: one that is missing was renamed, and is no zero."""
    cache = used.cache
    said = {
        "input": used.input, "cache.read": cache.read, "cache.write": cache.write, "output": used.output,
        "reasoning": used.reasoning,
    }  # fmt: skip
    fresh, cached, written, output, reasoning = (
        amount(None if value is None else round(value), name) for name, value in said.items()
    )
    return fresh, cached, written, output, reasoning
