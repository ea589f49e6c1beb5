"""Codex rollouts: one line of a thread's file in, facts out. No clock, no disk, no SQL."""

from typing import Any, cast

import msgspec

from collector.sources.codex_events import take_event
from collector.sources.codex_said import take_compacted, take_raw_message
from collector.sources.codex_spot import Carried, Spot, enter_turn, say
from collector.sources.codex_tools import OUTPUTS, finished, is_call, started
from collector.sources.codex_usage import take_record
from collector.sources.codex_wire import Line, Payload, ThreadName, decode_line, decode_name
from collector.when import instant
from store.batch import Batch
from store.facts import Record, Word
from store.merge import greatest

# What a line may be. Anything else is refused by name, so that a format that moved on is seen.
RECORDS = {
    "session_meta", "turn_context", "response_item", "event_msg", "compacted", "world_state", "token_usage_record",
    "inter_agent_communication_metadata", "inter_agent_communication", "retained_context", "security_risk_score",
    "realtime_item",
}  # fmt: skip
RAW_ITEMS = {
    "message", "reasoning", "ghost_snapshot", "additional_tools", "agent_message", "compaction", "compaction_summary",
    "tool_result", "state", None,
}  # fmt: skip


class Rollout:
    """The reader of one file, from its cursor on."""

    shape = Line
    decode = staticmethod(decode_line)

    def __init__(self, generation_id: int, session_id: str, carried: bytes) -> None:
        self._file_session = session_id
        self._state = msgspec.json.decode(carried, type=Carried) if carried else Carried()
        self._here = Spot(generation_id)

    def is_record(self, value: dict[str, Any]) -> bool:
        """Whether a recovered object looks like a line of ours and not like the inside of one."""
        return isinstance(value.get("type"), str) and isinstance(value.get("payload"), dict)

    def carried(self) -> bytes:
        """What the next reader of this file must know."""
        return msgspec.json.encode(self._state)

    def carry_on(self, carried: bytes) -> None:
        """Go back to what was carried."""
        self._state = msgspec.json.decode(carried, type=Carried)

    @property
    def version(self) -> str:
        """The version of the program that began the thread."""
        return self._state.version

    @property
    def foreign(self) -> str:
        """Why nothing of this file counts; empty when it does."""
        return "written by another program" if self._state.is_ours is False else ""

    def take(self, line: Line, byte_offset: int, length: int, out: Batch) -> Record:
        """Add what a line says to the batch, and give the record it becomes."""
        state, payload = self._state, line.payload
        # A line without an envelope is itself an item.
        type_ = line.type if payload is not None else "response_item" if line.type else None
        body = payload if payload is not None else line
        kind = (line.type or "untyped") if body.type is None or body is line else f"{type_}/{body.type}"
        record = Record(self._here.generation_id, byte_offset, length, kind, instant(line.timestamp))
        if state.is_ours is not True:
            self._judge(line)
            if state.is_ours is False:
                record.kind = "foreign"
                return record
        is_header = type_ == "session_meta" or (type_ is None and line.id is not None and _is_bare_header(line))
        if not state.session_id:
            state.session_id = (body.id if is_header else None) or self._file_session
            self._begin(body if is_header else None)
        spot = self._spot(record, body, out)
        _tell(spot)
        if is_header:
            _session(spot)
        elif type_ == "event_msg":
            take_event(spot)
        elif type_ == "response_item":
            _raw_item(spot)
        elif type_ == "token_usage_record":
            take_record(spot)
        elif type_ == "turn_context":
            _turn_context(spot)
        elif type_ == "compacted":
            take_compacted(spot)
        elif type_ is not None and type_ not in RECORDS:
            raise ValueError(f"unknown record type {type_!r}")
        return record

    def _judge(self, line: Line) -> None:
        """Other programs' files may lie here: the first line that shows whose file it is decides."""
        if (line.type in RECORDS and line.payload is not None) or (line.type is None and _is_bare_header(line)):
            self._state.is_ours = True
        elif line.session_id is not None or line.uuid is not None:
            self._state.is_ours = False

    def _begin(self, header: Payload | None) -> None:
        """What the first line says of the whole file; later headers are those of copied history."""
        state = self._state
        if header is None:
            return
        state.version = header.cli_version or ""
        state.model = header.model or ""
        spawn = _spawn(header.source)
        state.is_agent = spawn is not None or header.thread_source == "subagent"
        if state.is_agent:
            told = spawn or {}
            role = header.agent_role or told.get("agent_role") or told.get("kind")
            nickname = header.agent_nickname or told.get("agent_nickname")
            state.agent_type = next((word for word in (role, nickname) if isinstance(word, str)), "")

    def _spot(self, record: Record, body: Payload, out: Batch) -> Spot:
        """The place where reading stands. There is one at a time, so one object serves them all."""
        spot, state = self._here, self._state
        spot.record, spot.at, spot.body, spot.out, spot.state = record, record.at, body, out, state
        spot.run = out.run(state.session_id, "main", "subagent" if state.is_agent else "main")
        if record.at is not None and record.at > state.last_at:
            state.last_at = record.at
        return spot


class ThreadNames:
    """The reader of the index of names that users gave their threads; the last line of a thread wins."""

    shape = ThreadName
    decode = staticmethod(decode_name)
    version = foreign = ""

    def __init__(self, generation_id: int) -> None:
        self._generation_id = generation_id

    def is_record(self, value: dict[str, Any]) -> bool:
        return isinstance(value.get("id"), str) and "thread_name" in value

    def carried(self) -> bytes:
        return b""

    def carry_on(self, carried: bytes) -> None: ...

    def take(self, line: ThreadName, byte_offset: int, length: int, out: Batch) -> Record:
        at = instant(line.at)
        if line.id and line.name:
            session = out.session(line.id)
            out.say(Word(session.index, "custom_title", line.name[:300], at or "", byte_offset))
        return Record(self._generation_id, byte_offset, length, "thread_name", at)


def _is_bare_header(line: Line) -> bool:
    return line.id is not None and line.timestamp is not None and bool(bytes(line.instructions) or line.git)


def _spawn(source: Any) -> dict[str, Any] | None:
    """What a header says of the thread that began this one; a review is named by a word alone."""
    told: Any = cast("dict[str, Any]", source).get("subagent") if isinstance(source, dict) else None
    if told is None:
        return None
    if isinstance(told, str):
        return {"kind": told}
    inner: Any = cast("dict[str, Any]", told).get("thread_spawn") if isinstance(told, dict) else None
    return cast("dict[str, Any]", inner) if isinstance(inner, dict) else {}


def _tell(spot: Spot) -> None:
    """What every line says of its session and run."""
    run, at = spot.run, spot.at
    session = run.session
    spot.out.files.add((session.index, spot.generation_id))
    if at is None:
        return
    for told in (session, run) if spot.state.is_agent else (session,):
        if at > told.last_at:
            told.last_at = at
        if not told.first_at or at < told.first_at:
            told.first_at = at


def _session(spot: Spot) -> None:
    """A header: the thread's own, or after it those of the threads whose history was copied into it."""
    body, state, session = spot.body, spot.state, spot.run.session
    if body.id and body.id != state.session_id:
        session.forked_from = session.forked_from or body.id
        state.copied_at = spot.at or ""
        return
    if body.forked_from_id:
        session.forked_from = body.forked_from_id
    told = _spawn(body.source) or {}
    parent = body.parent_thread_id or told.get("parent_thread_id")
    if isinstance(parent, str):
        session.parent_id = greatest(session.parent_id, parent) or ""
    if state.agent_type:
        spot.run.agent_type = greatest(spot.run.agent_type, state.agent_type)
    for name, word in (("version", body.cli_version), ("entrypoint", body.originator), ("model", body.model)):
        if word:
            say(spot, name, word)
    branch = body.git.branch if body.git is not None else None
    _place(spot, body.cwd)
    if branch:
        say(spot, "branch", branch)
        if body.cwd:
            spot.out.branches.add((body.cwd, branch))


def _place(spot: Spot, cwd: str | None) -> None:
    session, since = spot.run.session, spot.at or "7"
    if not cwd or spot.is_copied:
        return
    spot.state.cwd = cwd
    if not session.cwd or since < session.cwd_at:
        session.cwd, session.cwd_at = cwd, since


def _turn_context(spot: Spot) -> None:
    """What the requests of a turn are sent with."""
    body, state = spot.body, spot.state
    enter_turn(spot, body.turn_id)
    _place(spot, body.cwd)
    if body.effort and body.effort != state.effort:
        state.effort = body.effort
        say(spot, "effort", body.effort)
    if not body.model:
        raise ValueError("a turn_context without a model")
    if body.model != state.model:
        state.model = body.model
        say(spot, "model", body.model)


def _raw_item(spot: Spot) -> None:
    type_ = spot.body.type
    if is_call(type_):
        started(spot)
    elif type_ in OUTPUTS:
        finished(spot)
    elif type_ == "message" or (type_ is None and spot.body.role is not None):
        take_raw_message(spot)
    elif type_ not in RAW_ITEMS:
        raise ValueError(f"unknown item type {type_!r}")
