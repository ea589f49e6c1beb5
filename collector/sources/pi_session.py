"""Pi sessions: a tree of entries in one file. A fork begins with a copy of every line of the session before it."""

import os
from collections.abc import Callable
from typing import Any, ClassVar

import msgspec
from msgspec import Struct, field

from collector.lines.chain import Chain, full_id
from collector.lines.teller import Teller, amount, tokens, usd_micros
from collector.lines.text import kept, lines_changed
from collector.lines.when import instant
from collector.sources import Past
from collector.sources.pi_wire import Block, Content, Details, Entry, Message, Usage, decode_entry
from store.batch import Batch
from store.facts import Record

ASKED_KEPT = 32
PATH_KEPT = 4096
ACTIONS = {"read": "read", "write": "write", "edit": "edit"}
ROLES = frozenset(
    (
        "user", "assistant", "toolResult", "bashExecution", "pythonExecution", "custom", "hookMessage", "fileMention",
        "branchSummary", "compactionSummary", "developer",
    )
)  # fmt: skip
# Entries that tell nothing which is kept.
SILENT = frozenset(
    (
        "thinking_level_change", "service_tier_change", "reset_boundary", "custom", "label", "ttsr_injection",
        "credential_pin", "session_init", "context_transform", "ephemeral",
    )
)  # fmt: skip
CUT_SHORT = frozenset(("aborted", "error", "pending"))


class Carried(Struct):
    """What one line leaves for the next ones of its file, kept beside the cursor."""

    session_id: str = ""
    started_at: str = ""
    is_fork: bool = False
    model: str = ""
    last: str = ""
    last_prompt: str = ""
    asked: dict[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])  # calls that change a file


class SessionFile:
    """The reader of one file, from its cursor on."""

    shape = Entry
    decode = staticmethod(decode_entry)
    version = ""
    foreign = ""

    def __init__(self, generation_id: int, path: str, is_agent: bool, carried: bytes, past: Past) -> None:
        self._generation_id = generation_id
        folder, name = os.path.split(path)
        self._file = name.removesuffix(".jsonl")
        self._owner = _session_in(folder) if is_agent else ""
        self._chain = Chain(past, not carried)
        self._state = Carried(session_id=_session_in(name))
        if carried:
            self.carry_on(carried)

    def is_record(self, value: dict[str, Any]) -> bool:
        return isinstance(value.get("type"), str) and "timestamp" in value

    def carried(self) -> bytes:
        return msgspec.json.encode(self._state)

    def carry_on(self, carried: bytes) -> None:
        self._state = msgspec.json.decode(carried, type=Carried)

    def take(self, line: Entry, byte_offset: int, length: int, out: Batch) -> Record:
        """One entry of the tree, or the header."""
        entry, take = line, self._takers.get(line.type or "")
        if take is None and entry.type not in SILENT:
            raise ValueError("an unknown type of entry")
        message, state, at = entry.message, self._state, instant(entry.at or entry.updated)
        role = message.role if message is not None else None
        if entry.type == "message" and role not in ROLES:
            raise ValueError("an unknown role")
        if any("\0" in (id_ or "") for id_ in (entry.id, message.response_id if message is not None else None)):
            raise ValueError("a NUL in an id")  # SQLite ends a text there; the slow way replaces it
        if role == "assistant" and message is not None and message.usage is None:
            raise ValueError("an answer without usage")
        for usage in (message.usage if message is not None else None, entry.usage):
            if usage is not None:
                _counts(usage)
        if entry.type == "session" and entry.id:
            state.session_id, state.started_at = entry.id, at or ""
            state.is_fork = bool(entry.parent_session or entry.branched_from)
        kind = f"message/{role}" if entry.type == "message" else entry.type or ""
        is_entry = entry.type not in ("session", "title")
        name = full_id(entry.id, at) if is_entry else None
        record = Record(self._generation_id, byte_offset, length, kind, at, name)
        is_copy = state.is_fork and is_entry and at is not None and at < state.started_at
        main = self._owner or state.session_id
        run = out.run(main, self._file, "subagent") if self._owner else out.run(main, "main", "main")
        teller = Teller(self._generation_id, out, run, record, is_copy)
        if not is_copy and entry.type != "title":
            teller.pass_time()
        if name is not None:
            parent = self._chain.parent(entry.parent if entry.id else state.last or None, state.last)
            asked = _prompt(message) if message is not None and not self._owner else None
            id_ = name.partition("@")[0]
            record.head = self._chain.place(id_, name, byte_offset, parent, asked is not None)
            state.last = id_
            if asked is not None:
                self._ask(*asked, self._chain.before(parent), teller)
        if take is not None:
            take(self, entry, teller)
        return record

    def _header(self, entry: Entry, teller: Teller) -> None:
        if entry.cwd:
            teller.stand_in(kept(entry.cwd, PATH_KEPT))
        parent = entry.parent_session or entry.branched_from
        if parent and not self._owner:
            teller.run.session.forked_from = _session_in(parent)
        self._title(entry, teller)

    def _title(self, entry: Entry, teller: Teller) -> None:
        if not self._owner:
            source = entry.source or entry.title_source
            teller.say("ai_title" if source == "auto" else "custom_title", entry.name or entry.title)

    def _switch(self, entry: Entry, teller: Teller) -> None:
        """Another model, named with or without its provider."""
        model = entry.model_id or (entry.model or "").partition("/")[2] or entry.model or ""
        if self._state.model and model != self._state.model:
            teller.show("notice", f"{self._state.model} → {model}")
        self._use(model, teller)

    def _use(self, model: str, teller: Teller) -> None:
        if model and model != self._state.model:
            self._state.model = model
            if not self._owner:
                teller.say("model", model)

    def _mode(self, entry: Entry, teller: Teller) -> None:
        teller.say("mode", entry.mode)

    def _compaction(self, entry: Entry, teller: Teller) -> None:
        teller.compact(teller.id, None, entry.before, None, len(entry.summary or ""))
        if entry.usage is not None:
            self._bill(teller.id, "", self._state.model, entry.usage, "compaction", teller)

    def _branch(self, entry: Entry, teller: Teller) -> None:
        """What was left behind in the tree, in a few words of the model."""
        teller.show("notice", entry.summary or "")
        if entry.usage is not None:
            self._bill(teller.id, "", self._state.model, entry.usage, "branch_summary", teller)

    def _insert(self, entry: Entry, teller: Teller) -> None:
        if entry.display:
            teller.show("notice", _said(entry.content)[0])

    def _message(self, entry: Entry, teller: Teller) -> None:
        message = entry.message
        if message is None:
            return
        if message.role == "assistant":
            self._answer(message, teller)
        elif message.role == "toolResult":
            self._finish(message, teller)
        elif message.role == "user" and self._owner:
            teller.show("brief", _said(message.content)[0])

    def _ask(self, kind: str, text: str, images: int, previous: str | None, teller: Teller) -> None:
        state = self._state
        teller.ask(kind, text, images, previous)
        if state.last_prompt and previous != state.last_prompt:
            teller.run.session.is_rewound = True
        state.last_prompt = teller.id

    def _answer(self, message: Message, teller: Teller) -> None:
        # A provider may give one id to many answers: the time that a request was sent tells them apart. Where there is
        # no id, that and the time of the entry do: the entry's own id is made up when an old file is migrated.
        sent = "" if message.sent is None else f"{message.sent:.0f}"
        id_ = message.response_id or (teller.at if sent else "") or teller.id
        self._use(message.model or "", teller)
        if message.usage is not None:
            model = message.model or self._state.model
            self._bill(id_, sent or teller.at, model, message.usage, message.stop_reason, teller)
        for place, block in enumerate(_blocks(message.content)):
            if block.type == "text" and block.text:
                teller.show("reply", block.text, place, id_)
            elif block.type == "thinking":
                teller.think(len(block.thinking or ""), place, id_)
            elif block.type == "toolCall":
                call_id = block.id or f"{teller.id}.{place}"
                teller.call_begins(call_id, block.name, block.arguments, id_)
                action = ACTIONS.get(block.name or "")
                path = teller.touch(call_id, action, block.arguments)
                if path and action == "edit":
                    self._state.asked[call_id] = path, action
                    if len(self._state.asked) > ASKED_KEPT:
                        del self._state.asked[next(iter(self._state.asked))]
        if message.error:
            teller.show("error", message.error, 1000, id_)

    def _finish(self, message: Message, teller: Teller) -> None:
        if not message.call_id:
            return
        call = teller.call(message.call_id)
        call.outcome, call.ended_at = "error" if message.is_error else "ok", teller.record.at
        call.result_bytes = len(_said(message.content)[0].encode())
        path, action = self._state.asked.pop(message.call_id, ("", ""))
        details = message.details
        if path and isinstance(details, Details) and details.diff and not message.is_error:
            teller.changed(message.call_id, path, action, *lines_changed(details.diff))
        if message.usage is not None:  # the model was asked by the tool itself
            self._bill(teller.id, "", None, message.usage, "tool", teller)

    def _bill(
        self, message_id: str, request_id: str, model: str | None, usage: Usage, stop_reason: str | None, teller: Teller
    ) -> None:
        fresh, output, cached, written = _counts(usage)
        is_cut = stop_reason in CUT_SHORT
        if is_cut and not (fresh or output or cached or written):
            return  # nothing came back
        told = tokens(
            model, fresh, cached, output, min(usage.reasoning or usage.reasoning_tokens or 0, output), written,
            max(usage.hour or 0, 0),
        )  # fmt: skip
        ended = None if is_cut or not (fresh or cached or output) else stop_reason or "stop"
        cost = usd_micros(usage.cost.total) if usage.cost is not None else None
        cost = cost or None  # a model without a price is said to cost nothing
        prompt_id = None if self._owner else self._chain.prompt(teller.record.head)
        teller.answer(message_id, request_id, told, ended, prompt_id, reported_usd_micros=cost)

    _takers: ClassVar[dict[str, "Taker"]] = {
        "session": _header, "title": _title, "title_change": _title,
        "session_info": _title, "model_change": _switch, "mode_change": _mode,
        "compaction": _compaction, "branch_summary": _branch,
        "custom_message": _insert, "message": _message,
    }  # fmt: skip


Taker = Callable[[SessionFile, Entry, Teller], None]


def _counts(usage: Usage) -> tuple[int, int, int, int]:
    """All four are written with every answer, so one that is missing was renamed."""
    return (
        amount(usage.input, "input"), amount(usage.output, "output"), amount(usage.cached, "cacheRead"),
        amount(usage.written, "cacheWrite"),
    )  # fmt: skip


def _session_in(path: str) -> str:
    """The session that a file or folder is named after: <time>_<session>."""
    return os.path.basename(path).removesuffix(".jsonl").rpartition("_")[2]


def _prompt(message: Message) -> tuple[str, str, int] | None:
    """What a person asked, or typed into a shell: its kind, text and pictures."""
    if message.role == "bashExecution" or message.role == "pythonExecution":
        return "shell", message.command or message.code or "", 0
    if message.role != "user":
        return None
    text, images = _said(message.content)
    return ("slash_command" if text.startswith("/") else "prompt", text, images) if text or images else None


def _blocks(content: Content) -> list[Block]:
    return [Block(type="text", text=content)] if isinstance(content, str) else content or []


def _said(content: Content) -> tuple[str, int]:
    blocks = _blocks(content)
    texts = [block.text for block in blocks if block.type == "text" and block.text]
    return "\n".join(texts).strip(), sum(1 for block in blocks if block.type == "image")
