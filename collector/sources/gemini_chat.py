"""Gemini CLI chats: an upsert log, in which a message is written again when its tools have answered.

What $set writes is the context as it goes on from there: copies of messages, whose usage was written before.
"""

import os
import re
from typing import Any

import msgspec
from msgspec import Raw, Struct, field
from msgspec.json import Decoder

from collector.lines.asked import Asked
from collector.lines.parts import Content, Id, Int, lines_shown, said_in
from collector.lines.teller import Teller, amount, tokens
from collector.lines.text import kept
from collector.lines.tolerant import fit, load
from collector.lines.when import instant
from store.batch import Batch
from store.facts import Record, Tokens

THREAD_KEPT = 100  # prompts; a rewind to before them begins a thread of its own
OWNERS_KEPT = 200
PATH_KEPT = 4096
TYPES = frozenset(("user", "gemini", "info", "warning", "error"))
ACTIONS = {"read_file": "read", "write_file": "write", "replace": "edit", "edit": "edit"}
OUTCOMES = {"success": "ok", "error": "error", "cancelled": "interrupted"}
REFUSED = b"did not allow"  # of the two ways to cancel a call, the one before it ran
CONTEXT, SNAPSHOT = "<session_context>", "<state_snapshot>"
FOLDER = re.compile(r"\*\*Workspace Directories:\*\*\n\s*- (/[^\n]*)")


class Used(Struct, gc=False):
    input: Int | None = None
    output: Int | None = None
    cached: Int | None = None
    thoughts: Int | None = None
    tool: Int | None = None
    total: Int | None = None


class Thought(Struct, gc=False):
    subject: str | None = None
    description: str | None = None


class Call(Struct, gc=False):
    id: Id | None = None
    name: Id | None = None
    args: Asked | None = None
    status: Id | None = None
    at: Id | None = field(default=None, name="timestamp")
    result: Raw = Raw()
    display: Raw = field(default=Raw(), name="resultDisplay")
    agent_id: Id | None = field(default=None, name="agentId")


class Update(Struct, gc=False):
    messages: Raw = Raw()
    summary: str | None = None


class Line(Struct, gc=False):
    id: Id | None = None
    at: Id | None = field(default=None, name="timestamp")
    type: Id | None = None
    content: Content = None
    shown: Content = field(default=None, name="displayContent")
    thoughts: list[Thought] | None = None
    tokens: Raw = Raw()
    model: Id | None = None
    calls: list[Call] | None = field(default=None, name="toolCalls")
    update: Update | None = field(default=None, name="$set")
    rewind: Id | None = field(default=None, name="$rewindTo")
    session_id: Id | None = field(default=None, name="sessionId")
    start: Id | None = field(default=None, name="startTime")
    project: Raw = field(default=Raw(), name="projectHash")


class Document(Line, gc=False):
    """A whole chat, as older versions write it."""

    summary: str | None = None
    messages: list[Line] | None = None


class Carried(Struct):
    """What one line leaves for the next ones of its file, kept beside the cursor."""

    session_id: str = ""
    model: str = ""
    head: int | None = None
    thread: list[str] = field(default_factory=list[str])
    owners: dict[str, str] = field(default_factory=dict[str, str])  # an answer → the prompt before it


decode_line = Decoder(Line).decode
decode_used = Decoder(Used).decode
decode_messages = Decoder(list[Line]).decode


class Chat:
    """The reader of one file, from its cursor on."""

    shape = Line
    decode = staticmethod(decode_line)
    version = ""
    foreign = ""

    def __init__(self, generation_id: int, path: str, is_agent: bool, carried: bytes) -> None:
        self._generation_id, self._is_agent = generation_id, is_agent
        folder, name = os.path.split(path)
        self._file = name.rpartition(".")[0]
        self._parent = os.path.basename(folder) if is_agent else ""
        self._state = Carried()
        if carried:
            self.carry_on(carried)

    def is_record(self, value: dict[str, Any]) -> bool:
        return "$set" in value or "$rewindTo" in value or "projectHash" in value or ("id" in value and "type" in value)

    def carried(self) -> bytes:
        return msgspec.json.encode(self._state)

    def carry_on(self, carried: bytes) -> None:
        self._state = msgspec.json.decode(carried, type=Carried)

    def take(self, line: Line, byte_offset: int, length: int, out: Batch) -> Record:
        """One line: a message, or a change of what is known of the chat."""
        record = Record(self._generation_id, byte_offset, length, line.type or "", instant(line.at), line.id)
        if line.id is not None:
            self.take_message(line, record, out)
        elif line.rewind is not None:
            record.kind = "$rewindTo"
            self._rewind(line.rewind, self._teller(record, out))
        elif line.update is not None:
            record.kind = "$set"
            self._update(line.update, self._teller(record, out))
        elif line.session_id is not None and line.project:
            record.kind, record.at = "header", instant(line.start)
            self.take_header(line.session_id, record, out)
        else:
            raise ValueError("an unknown kind of record")
        return record

    def take_header(self, session_id: str, record: Record, out: Batch) -> None:
        """The first line of a file, and again of each resumption."""
        self._state.session_id = session_id
        self._teller(record, out).pass_time()

    def take_message(self, line: Line, record: Record, out: Batch) -> None:
        """A message, said for the first time or again."""
        if line.type not in TYPES:
            raise ValueError("an unknown type of message")
        used = _used(line) if line.type == "gemini" else None
        teller = self._teller(record, out)
        teller.pass_time()
        if line.type == "user":
            self._prompt(line, teller)
        self._own(teller.id)
        if line.type == "gemini":
            self._answer(line, used, teller)
        elif line.type != "user":
            teller.show("error" if line.type == "error" else "notice", said_in(line.content)[0])
        record.head = self._state.head

    def _teller(self, record: Record, out: Batch) -> Teller:
        session_id = self._state.session_id or self._file
        if self._is_agent:
            return Teller(self._generation_id, out, out.run(self._parent, session_id, "subagent"), record)
        return Teller(self._generation_id, out, out.run(session_id, "main", "main"), record)

    def _prompt(self, line: Line, teller: Teller) -> None:
        text, images = said_in(line.shown or line.content)
        state = self._state
        if text.startswith(CONTEXT):
            _stand(text, teller)
        elif self._is_agent and text:
            teller.show("brief", text)
        elif text or images:
            if teller.id not in state.thread:
                state.head = teller.record.byte_offset
                state.thread = [*state.thread[-THREAD_KEPT:], teller.id]
            earlier = state.thread[: state.thread.index(teller.id)]
            kind = "slash_command" if text.startswith("/") else "prompt"
            teller.ask(kind, text, images, earlier[-1] if earlier else None)

    def _answer(self, line: Line, used: Tokens | None, teller: Teller) -> None:
        state, id_ = self._state, teller.id
        if line.model and line.model != state.model:
            state.model = line.model
            teller.say("model", line.model)
        if used is not None:
            model = line.model or state.model or "unknown"
            teller.answer(id_, "", (model, *used[1:]), prompt_id=state.owners.get(id_))
        text = said_in(line.content)[0]
        if text:
            teller.show("reply", text, 0, id_)
        for place, thought in enumerate(line.thoughts or (), 1):
            teller.think(len(thought.subject or "") + len(thought.description or ""), place, id_)
        for place, call in enumerate(line.calls or ()):
            _call(call, call.id or f"{id_}.{place}", teller)

    def _own(self, id_: str) -> None:
        """A message belongs to the prompt before it, also when it is written again later."""
        state = self._state
        if state.thread and id_ not in state.thread and id_ not in state.owners:
            state.owners[id_] = state.thread[-1]
            if len(state.owners) > OWNERS_KEPT:
                del state.owners[next(iter(state.owners))]

    def _update(self, update: Update, teller: Teller) -> None:
        teller.say("ai_title", update.summary)
        told = bytes(update.messages)
        if CONTEXT.encode() not in told and SNAPSHOT.encode() not in told:
            return
        for message in decode_messages(told):
            text, at = said_in(message.content)[0], instant(message.at)
            there = self._teller(msgspec.structs.replace(teller.record, at=at), teller.out)
            if text.startswith(CONTEXT):
                _stand(text, there)
            elif SNAPSHOT in text[:200] and message.id:
                there.compact(message.id, summary_chars=len(text))

    def _rewind(self, message_id: str, teller: Teller) -> None:
        """What came from this message on is left behind."""
        thread, prompt_id = self._state.thread, self._state.owners.get(message_id, message_id)
        if prompt_id in thread and (message_id == prompt_id or prompt_id != thread[-1]):
            del thread[thread.index(prompt_id) + (prompt_id != message_id) :]
            teller.run.session.is_rewound = True


def take_document(path: str, content: bytes, out: Batch) -> None:
    """A whole chat at once. What cannot be understood of it is said when the rest is recorded."""
    chat = fit(load(content), Document)
    if not chat.session_id or chat.messages is None:
        raise ValueError("a chat without a session id or messages")
    generation_id = next(id_ for id_, raw in out.paths.items() if raw.decode("utf-8", "backslashreplace") == path)
    reader = Chat(generation_id, path, False, b"")
    header = Record(generation_id, 0, len(content), "header", instant(chat.start))
    reader.take_header(chat.session_id, header, out)
    Teller(generation_id, out, out.run(chat.session_id, "main", "main"), header).say("ai_title", chat.summary)
    trouble = ""
    for message in chat.messages:
        try:
            reader.take(message, 0, len(content), out)
        except ValueError as error:
            trouble = trouble or str(error)
    if trouble:
        raise ValueError(trouble)


def _used(line: Line) -> Tokens | None:
    """The tokens of an answer; None while they are not known yet."""
    told = bytes(line.tokens)
    if not told and line.calls and not said_in(line.content)[0]:
        return None  # a message that only tools made
    if told == b"null":
        return None  # it is written again when they are known
    try:
        used = decode_used(told)
    except msgspec.DecodeError as error:
        raise ValueError("usage that cannot be read") from error
    whole, cached = amount(used.input, "input"), amount(used.cached, "cached")
    output, total = amount(used.output, "output"), amount(used.total, "total")
    tool = amount(used.tool or 0, "tool")
    thoughts = used.thoughts
    if thoughts is None and total > whole + output + tool:
        raise ValueError("usage without thoughts")
    thoughts = amount(thoughts or 0, "thoughts")
    if tool and total == whole + output + thoughts:
        tool = 0  # it is inside the input already
    return tokens(None, max(0, whole - cached) + tool, cached, output + thoughts, thoughts)


def _call(call: Call, call_id: str, teller: Teller) -> None:
    """A tool call: it is recorded when it has ended."""
    made = teller.call_begins(call_id, call.name, call.args, teller.id)
    action = ACTIONS.get(call.name or "")
    path = teller.touch(call_id, action, call.args)
    made.agent_run_id = call.agent_id
    outcome = OUTCOMES.get(call.status or "")
    if outcome is None:
        return
    if outcome == "interrupted" and REFUSED in bytes(call.result):
        outcome = "rejected"
    made.outcome, made.ended_at, made.result_bytes = outcome, instant(call.at), len(call.result)
    lines = lines_shown(call.display) if action and path and outcome == "ok" else None
    if action and path and lines is not None:
        teller.changed(call_id, path, action, *lines)


def _stand(text: str, teller: Teller) -> None:
    """The first folder that the program tells the model of is the one it was started in."""
    found = FOLDER.search(text)
    if found:
        teller.stand_in(kept(found[1].strip(), PATH_KEPT))
