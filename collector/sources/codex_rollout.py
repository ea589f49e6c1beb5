"""Codex rollouts: one line of a thread's file in, facts out. No clock, no disk, no SQL."""

import re
from collections.abc import Callable
from typing import Any, cast

import msgspec

from collector.lines.text import kept
from collector.lines.when import instant
from collector.sources.codex_events import take_event
from collector.sources.codex_said import take_compacted, take_raw_message
from collector.sources.codex_spot import NOWHERE, Carried, Spot, enter_turn, say, settle_in, sound
from collector.sources.codex_tools import CALLS, OUTPUTS, finished, started
from collector.sources.codex_usage import take_record
from collector.sources.codex_wire import Envelope, Line, Payload, ThreadName, decode_line, decode_name
from store.batch import Batch
from store.facts import Record, RunCard, Word
from store.merge import greatest

# What a line may be. Anything else is refused by name, so that a format that moved on is seen.
RECORDS = {
    "session_meta", "turn_context", "response_item", "event_msg", "compacted", "world_state", "token_usage_record",
    "inter_agent_communication_metadata", "inter_agent_communication", "retained_context", "security_risk_score",
    "realtime_item", "state",
}  # fmt: skip
SILENT_ITEMS = (
    "reasoning", "ghost_snapshot", "additional_tools", "agent_message", "compaction", "compaction_summary",
    "tool_result",
)  # fmt: skip


NAME_KEPT = 100
TITLE_KEPT = 300

# The versions that record every answer. What a file of theirs that goes on from another one tells first is the sum of
# that one, told again.
RECORDING = re.compile(r"0\.(15[3-9]|1[6-9]\d|[2-9]\d\d)\.|[1-9]\d*\.").match


class Rollout:
    """The reader of one file, from its cursor on."""

    shape = Line
    decode = staticmethod(decode_line)

    def __init__(self, generation_id: int, session_id: str, carried: bytes) -> None:
        self._file_session = session_id
        self._state = msgspec.json.decode(carried, type=Carried) if carried else Carried()
        self._here = Spot(generation_id)
        self._here.state = self._state

    def is_record(self, value: dict[str, Any]) -> bool:
        """Whether a recovered object looks like a line of ours and not like the inside of one."""
        return isinstance(value.get("type"), str) and isinstance(value.get("payload"), dict)

    def carried(self) -> bytes:
        """What the next reader of this file must know."""
        return msgspec.json.encode(self._state)

    def carry_on(self, carried: bytes) -> None:
        """Go back to what was carried."""
        self._state = self._here.state = msgspec.json.decode(carried, type=Carried)

    @property
    def version(self) -> str:
        """The version of the program that began the thread."""
        return self._state.version

    @property
    def foreign(self) -> str:
        """Why nothing of this file counts; empty when it does."""
        return "written by another program" if self._state.is_ours is False else ""

    def take(self, line: Envelope | Line, byte_offset: int, length: int, out: Batch) -> Record:
        """Add what a line says to the batch, and give the record it becomes."""
        state, spot, body, type_ = self._state, self._here, line.payload, line.type
        if body is None:  # a line without an envelope is itself an item, or a header
            assert isinstance(line, Line)
            body, type_ = line, _bare_type(line)
        at = instant(line.timestamp)
        record = Record(spot.generation_id, byte_offset, length, body.type or type_ or "untyped", at)
        if state.is_ours is not True:
            self._judge(line)
            if state.is_ours is False:
                record.kind = "foreign"
                return record
        is_header = type_ == "session_meta"
        if not state.session_id:
            state.session_id = sound((body.id if is_header else None) or self._file_session)
        if is_header and not state.has_header and body.id in (None, state.session_id):
            self._begin(body)
        spot.record, spot.at, spot.body = record, at, body  # one object serves all lines, one after the other
        if out is not spot.out:
            self._enter(out)
        if at is not None:
            self._pass_time(at)
        if type_ == "response_item":
            if not state.is_agent or not spot.is_copied:
                _raw_item(spot)
        elif type_ == "event_msg":
            take_event(spot)
        elif is_header:
            _session(spot)
        elif type_ == "token_usage_record":
            take_record(spot)
        elif type_ == "turn_context":
            _turn_context(spot)
        elif type_ == "compacted":
            if not spot.is_inherited:
                take_compacted(spot)
        elif type_ not in RECORDS:
            raise ValueError(f"unknown record type {type_!r}")
        return record

    def _judge(self, line: Envelope | Line) -> None:
        """Other programs' files may lie here: the first line that shows whose file it is decides."""
        if line.type in RECORDS if line.payload is not None else isinstance(line, Line) and _is_bare_header(line):
            self._state.is_ours = True
        elif line.session_id is not None or line.uuid is not None:
            self._state.is_ours = False

    def _begin(self, header: Payload) -> None:
        """What the thread's own header says of the whole file; later ones are those of copied history."""
        state = self._state
        state.has_header = True
        self._here.out = NOWHERE  # what kind of run it is may be known only now
        state.version = kept(header.cli_version or "")
        state.model = kept(header.model or state.model)
        spawn = _spawn(header.source)
        state.is_agent = spawn is not None or header.thread_source == "subagent"
        if state.is_agent:
            told = spawn or {}
            role = header.agent_role or told.get("agent_role") or told.get("kind")
            state.agent_type = role if isinstance(role, str) else ""
        goes_on = bytes(header.history_base).startswith(b"{")  # where another file ends, without a copy of it
        state.has_records = goes_on and RECORDING(state.version) is not None
        is_other = goes_on or header.forked_from_id is not None or state.is_agent
        state.is_whole = header.history_mode == "paginated" and not is_other

    def _enter(self, out: Batch) -> None:
        """The batch that facts go to from here on."""
        spot, state = self._here, self._state
        spot.out, spot.run = out, out.run(state.session_id, "main", "subagent" if state.is_agent else "main")
        out.files.add((spot.run.session.index, spot.generation_id))

    def _pass_time(self, at: str) -> None:
        """The thread reaches to this line."""
        state, run = self._state, self._here.run
        session = run.session
        if at > state.last_at:
            state.last_at = at
        if at > session.last_at:
            session.last_at = at
        if not session.first_at or at < session.first_at:
            session.first_at = at
        if state.is_agent:
            run.first_at, run.last_at = session.first_at, session.last_at


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
        if line.id is None or line.name is None:
            raise ValueError("no name of a thread")
        if line.id and line.name:
            session = out.session(sound(line.id))
            out.say(Word(session.index, "custom_title", kept(line.name, TITLE_KEPT), at or "", byte_offset))
        return Record(self._generation_id, byte_offset, length, "thread_name", at)


def _bare_type(line: Line) -> str | None:
    """What a line would be called, had it an envelope."""
    if line.type or line.role:
        return "response_item"
    return "session_meta" if _is_bare_header(line) else line.record_type


def _is_bare_header(line: Line) -> bool:
    return (
        line.type is None
        and line.id is not None
        and line.timestamp is not None
        and bool(bytes(line.instructions) or line.git)
    )


def _spawn(source: Any) -> dict[str, Any] | None:
    """What a header says of the thread that began this one; a review is named by a word alone."""
    told: Any = cast("dict[str, Any]", source).get("subagent") if isinstance(source, dict) else None
    if told is None:
        return None
    if isinstance(told, str):
        return {"kind": told}
    inner: Any = cast("dict[str, Any]", told).get("thread_spawn") if isinstance(told, dict) else None
    return cast("dict[str, Any]", inner) if isinstance(inner, dict) else {}


def _session(spot: Spot) -> None:
    """A header: the thread's own, or after it those of the threads whose history was copied into it."""
    body, state, session = spot.body, spot.state, spot.run.session
    if body.id and body.id != state.session_id:
        session.forked_from = session.forked_from or sound(body.id)
        state.copied_at = spot.at or ""
        return
    if body.forked_from_id:
        session.forked_from = sound(body.forked_from_id)
    told = _spawn(body.source) or {}
    parent = body.parent_thread_id or told.get("parent_thread_id")
    if isinstance(parent, str):
        session.parent_id = greatest(session.parent_id, sound(parent)) or ""
    if state.is_agent:
        _agent(spot, told)
    for name, word in (("version", body.cli_version), ("entrypoint", body.originator), ("model", body.model)):
        if word:
            say(spot, name, word)
    branch = body.git.branch if body.git is not None else None
    settle_in(spot, body.cwd)
    if branch:
        say(spot, "branch", branch)
        if body.cwd:
            spot.out.branches.add((kept(body.cwd), kept(branch)))


def _agent(spot: Spot, told: dict[str, Any]) -> None:
    """Who a thread is that another one began."""
    state, session = spot.state, spot.run.session
    nickname, depth = spot.body.agent_nickname or told.get("agent_nickname"), told.get("depth")
    name = kept(nickname, NAME_KEPT) if isinstance(nickname, str) else None
    type_ = kept(state.agent_type, NAME_KEPT) or None
    depth = depth if isinstance(depth, int) and 0 <= depth < 1000 else None
    spot.out.run_cards.append(RunCard(session.index, "main", type_, name, None, None, depth, None))


def _turn_context(spot: Spot) -> None:
    """What the requests of a turn are sent with."""
    body, state = spot.body, spot.state
    enter_turn(spot, body.turn_id)
    settle_in(spot, body.cwd)
    if body.effort and body.effort != state.effort:
        state.effort = body.effort
        say(spot, "effort", body.effort)
    if not body.model:
        raise ValueError("a turn_context without a model")
    if body.model != state.model:
        state.model = kept(body.model)
        say(spot, "model", body.model)


TAKERS: dict[str | None, Callable[[Spot], None] | None] = {
    **dict.fromkeys(CALLS, started),
    **dict.fromkeys(OUTPUTS, finished),
    **dict.fromkeys(SILENT_ITEMS),
    "message": take_raw_message,
}


def _raw_item(spot: Spot) -> None:
    type_ = spot.body.type if spot.body.type is not None or spot.body.role is None else "message"
    if type_ not in TAKERS:
        raise ValueError(f"unknown item type {type_!r}")
    take = TAKERS[type_]
    if take is not None:
        take(spot)
