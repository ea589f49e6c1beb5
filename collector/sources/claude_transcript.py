"""Claude Code transcripts: one line of a session's or a subagent's file in, facts out. No clock, no disk, no SQL."""

from typing import Any

import msgspec

from collector.lines.threads import Threads
from collector.lines.when import instant
from collector.sources import Past, no_past
from collector.sources.claude_answers import take_assistant, take_progress
from collector.sources.claude_prompts import prompt_kind, queued_kind
from collector.sources.claude_spot import Carried, Spot
from collector.sources.claude_tools import notified
from collector.sources.claude_turns import take_attachment, take_system, take_user
from collector.sources.claude_wire import Line, Message, decode_line
from collector.sources.claude_words import WORDS, say, take_summary, take_word, tell
from store.batch import Batch
from store.facts import Record

CONVERSATION = frozenset(("assistant", "user", "attachment", "system"))


class Transcript:
    """The reader of one file, from its cursor on."""

    shape = Line
    decode = staticmethod(decode_line)

    def __init__(self, generation_id: int, session_id: str, is_workflow: bool, carried: bytes, past: Past) -> None:
        self._generation_id = generation_id
        self._file_session = session_id
        self._is_workflow = is_workflow
        self._state = msgspec.json.decode(carried, type=Carried) if carried else Carried()
        self._threads = Threads(past if carried else no_past)
        self._here = Spot(generation_id, session_id, self._state, self._threads)

    def is_record(self, value: dict[str, Any]) -> bool:
        """Whether a recovered object looks like a line of ours and not like the inside of one."""
        return isinstance(value.get("type"), str) and ("uuid" in value or "sessionId" in value or "leafUuid" in value)

    def carried(self) -> bytes:
        """What the next reader of this file must know."""
        return msgspec.json.encode(self._state)

    def carry_on(self, carried: bytes) -> None:
        """Go back to what was carried."""
        self._state = self._here.state = msgspec.json.decode(carried, type=Carried)

    @property
    def version(self) -> str:
        """The version of the program that wrote the last line."""
        return self._state.version

    @property
    def foreign(self) -> str:
        """Why nothing of this file counts; empty when it does."""
        return "written by another program" if self._state.is_ours is False else ""

    def take(self, line: Line, byte_offset: int, length: int, out: Batch) -> Record:
        """Add what a line says to the batch, and give the record it becomes."""
        state, type_ = self._state, line.type or "untyped"
        at = instant(line.at)
        record = Record(self._generation_id, byte_offset, length, type_, at, line.uuid)
        if state.is_ours is not True:
            self._judge(line)
            if state.is_ours is False:
                record.kind = "foreign"
                return record
        if at is not None and at > state.last_at:
            state.last_at = at
        spot = self._here  # one object serves all lines, one after the other
        spot.line, spot.at, spot.record, spot.out = line, at, record, out
        if type_ in CONVERSATION:
            self._conversation(spot, type_)
        elif type_ == "progress":
            spot.run = out.run(line.session_id or "unknown", "main", "main")
            take_progress(spot)
        elif type_ in WORDS:
            spot.run = out.run(line.session_id or self._file_session, "main", "main")
            take_word(type_, spot)
        elif type_ == "queue-operation":
            if isinstance(line.content, str) and line.session_id:
                spot.run = out.run(line.session_id, "main", "main")
                notified(spot, line.content)
        elif type_ == "summary":
            take_summary(line, at or state.last_at, out)
        return record

    def _judge(self, line: Line) -> None:
        """Other programs write into the same folder: the first line that shows whose file it is decides."""
        message = line.message
        if line.payload or line.project_hash or (isinstance(message, Message) and message.parts):
            self._state.is_ours = False
        elif line.session_id is not None or line.leaf is not None or (line.uuid and message is not None):
            self._state.is_ours = True

    def _conversation(self, spot: Spot, type_: str) -> None:
        line, record = spot.line, spot.record
        message = line.message if isinstance(line.message, Message) else None
        kind = None if type_ == "assistant" or type_ == "system" else self._prompt_kind(line, type_, message)
        if line.is_sidechain:
            begins = line.agent_id is None and line.parent is None and (type_ == "user" or type_ == "assistant")
        else:
            begins = kind is not None and kind != "interruption"
        parent = line.parent or line.logical_parent
        record.head = self._threads.place(record.uuid, record.byte_offset, parent, begins)
        self._whose(spot)
        tell(spot)
        if type_ == "assistant":
            if message is not None:
                take_assistant(spot, message)
        elif type_ == "user":
            if message is not None:
                take_user(spot, message, kind)
        elif type_ == "attachment":
            take_attachment(spot, kind)
        else:
            take_system(spot)
        if line.permission_mode:
            say(spot, "permission_mode", line.permission_mode)

    def _prompt_kind(self, line: Line, type_: str, message: Message | None) -> str | None:
        if type_ == "user" and message is not None:
            if line.is_meta or line.is_sidechain or line.is_summary or line.is_transcript_only:
                return None
            return prompt_kind(message.content) if message.role in (None, "user") else None
        return queued_kind(line.attachment) if type_ == "attachment" else None

    def _whose(self, spot: Spot) -> None:
        """Whose line it is: the main thread's, a named agent's, or that of a side chain inside the file."""
        line = spot.line
        session_id = line.session_id or "unknown"
        if not line.is_sidechain:
            run_id = kind = "main"
        elif line.agent_id:
            run_id = line.agent_id
            kind = "workflow" if self._is_workflow else "teammate" if _is_teammate(run_id) else "subagent"
        else:
            run_id, kind = self._threads.head_id(spot.record.head) or "sidechain", "subagent"
        spot.run = spot.out.run(session_id, run_id, kind)


def _is_teammate(agent_id: str) -> bool:
    """Teammates are named a<name>-<16 hex digits>, other agents a<16 hex digits>."""
    name, _, digits = agent_id.rpartition("-")
    return len(name) > 1 and len(digits) == 16 and all(digit in "0123456789abcdef" for digit in digits)
