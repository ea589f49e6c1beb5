"""Qwen Code chats. Each call of the model is told twice: by a telemetry line, which also tells of the program's own
calls, and by the answer. Neither names the other, so they are paired by their numbers, whichever comes first.
"""

import os
from typing import Any

import msgspec
from msgspec import Struct, field

from collector.lines.chain import Chain
from collector.lines.parts import lines_shown, parts_of, said_in
from collector.lines.teller import ENDED, Teller, amount, tokens
from collector.lines.text import kept
from collector.lines.tolerant import fit, load
from collector.lines.when import instant
from collector.sources import Past
from collector.sources.qwen_wire import Event, Info, Line, Meta, Payload, Used, decode_line
from store.batch import Batch
from store.facts import Record, Run, RunCard, Tokens

PAIRS_KEPT = 64  # calls whose other line has not come; those of the program's own never come
ASKED_KEPT = 32
PATH_KEPT, WORDS_KEPT = 4096, 300
TYPES = frozenset(("user", "assistant", "tool_result", "system"))
EVENTS = frozenset(("api_response", "api_error", "api_cancel", "tool_call", "tool_lifecycle"))
PROMPTS = {"": "prompt", "mid_turn_user_message": "queued"}
ACTIONS = {"read_file": "read", "write_file": "write", "edit": "edit", "replace": "edit", "notebook_edit": "edit"}
OUTCOMES = {"success": "ok", "error": "error", "cancelled": "interrupted"}
REFUSED = b"did not allow"  # of the two ways to cancel a call, the one before it ran
Numbers = tuple[int, int, int, int, int]  # input, output, cached, thoughts, total


class Carried(Struct):
    """What one line leaves for the next ones of its file, kept beside the cursor."""

    version: str = ""
    branch: str = ""
    model: str = ""
    last: str = ""
    last_prompt: str = ""
    told: list[Numbers] = field(default_factory=list[Numbers])  # by telemetry, and by no answer yet
    answered: list[tuple[Numbers, str]] = field(default_factory=list[tuple[Numbers, str]])  # and the other way round
    done: list[str] = field(default_factory=list[str])  # calls that were counted: a line may be written twice
    asked: dict[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])  # calls that change a file


class Chat:
    """The reader of one file, from its cursor on."""

    shape = Line
    decode = staticmethod(decode_line)
    foreign = ""

    def __init__(self, generation_id: int, path: str, carried: bytes, past: Past) -> None:
        self._generation_id = generation_id
        self._file = _session_of(path)
        self._chain = Chain(past, not carried)
        self._state = Carried()
        if carried:
            self.carry_on(carried)

    @property
    def version(self) -> str:
        """The version of the program that wrote the last line."""
        return self._state.version

    def is_record(self, value: dict[str, Any]) -> bool:
        return "uuid" in value and "sessionId" in value and isinstance(value.get("type"), str)

    def carried(self) -> bytes:
        return msgspec.json.encode(self._state)

    def carry_on(self, carried: bytes) -> None:
        self._state = msgspec.json.decode(carried, type=Carried)

    def take(self, line: Line, byte_offset: int, length: int, out: Batch) -> Record:
        """One line of the chat, or of a subagent's."""
        if line.type not in TYPES:
            raise ValueError("an unknown type of record")
        event = line.payload.event if line.payload is not None and line.subtype == "ui_telemetry" else None
        name = (event.name or "").rpartition(".")[2] if event is not None else ""
        if line.subtype == "ui_telemetry" and name not in EVENTS:
            raise ValueError("an unknown event")
        if "\0" in (line.uuid or "") or (event is not None and "\0" in (event.response_id or "")):
            raise ValueError("a NUL in an id")  # SQLite ends a text there; the slow way replaces it
        numbers = _told(event) if event is not None and name == "api_response" else None
        if line.type == "assistant" and line.used is not None:
            numbers = _said(line.used)
        kind = "/".join(filter(None, (line.type, line.subtype, name)))
        record = Record(self._generation_id, byte_offset, length, kind, instant(line.at), line.uuid)
        session_id = line.session_id or self._file
        is_side = line.is_side is True
        run = (
            out.run(session_id, line.agent_id or "sidechain", "subagent")
            if is_side
            else out.run(session_id, "main", "main")
        )
        teller = Teller(self._generation_id, out, run, record, line.fork is not None)
        text, images, asked = self._prompt(line) if not is_side else ("", 0, "")
        parent = self._chain.parent(line.parent, self._state.last)
        record.head = self._chain.place(line.uuid, line.uuid, byte_offset, parent, bool(asked))
        self._tell(line, teller)
        if asked:
            self._ask(asked, text, images, self._chain.before(parent), teller)
        elif line.type == "system":
            if event is not None and name:
                self._event(event, name, numbers, teller)
            elif line.payload is not None:
                _note(line.subtype, line.payload, teller)
        elif line.type == "assistant":
            self._answer(line, numbers, teller)
        elif line.type == "tool_result":
            self._finish(line, teller)
        elif is_side and line.message is not None and not line.parent:
            teller.show("brief", said_in(line.message.parts)[0])
        return record

    def _tell(self, line: Line, teller: Teller) -> None:
        state, is_main = self._state, teller.run.run_id == "main"
        teller.pass_time()
        state.last = line.uuid or state.last
        if line.version and line.version != state.version:
            state.version = line.version
            teller.say("version", line.version)
        if is_main and line.branch and line.branch != state.branch:
            state.branch = line.branch
            teller.say("branch", line.branch)
        if line.cwd:
            teller.stand_in(kept(line.cwd, PATH_KEPT), line.branch)
        if line.fork is not None and line.fork.session_id:
            teller.run.session.forked_from = line.fork.session_id
        if not is_main and line.agent_name:
            teller.run.agent_type = line.agent_name

    def _prompt(self, line: Line) -> tuple[str, int, str]:
        """What was asked, how many pictures came with it, and what kind of prompt it is; no kind: none."""
        payload = line.payload
        if line.subtype == "slash_command" and payload is not None:
            return (
                payload.command or "",
                0,
                "slash_command" if payload.phase == "invocation" and payload.command else "",
            )
        if line.type != "user" or line.message is None:
            return "", 0, ""
        text, images = said_in(line.message.parts)
        if payload is not None and payload.shown:
            text = payload.shown
        return text, images, PROMPTS.get(line.subtype or "", "notification") if text or images else ""

    def _ask(self, kind: str, text: str, images: int, previous: str | None, teller: Teller) -> None:
        state = self._state
        teller.ask(kind, text, images, previous)
        if state.last_prompt and previous != state.last_prompt:
            teller.run.session.is_rewound = True
        state.last_prompt = teller.id

    def _event(self, event: Event, name: str, numbers: Numbers | None, teller: Teller) -> None:
        if numbers is None:
            if name == "api_error":
                teller.show("error", event.error_message or event.error or "")
            return
        state, session_id = self._state, teller.run.session.session_id
        if self._is_done(f"{event.response_id or teller.id} {event.at or teller.at}"):
            return
        id_ = teller.id
        pair = next((pair for pair in state.answered if pair[0] == numbers), None)
        if pair is not None:
            state.answered.remove(pair)
            id_ = pair[1]
        else:
            state.told = [*state.told[1 - PAIRS_KEPT :], numbers]
        run = teller.out.run(session_id, event.subagent_id, "subagent") if event.subagent_id else teller.run
        self._bill(id_, event.model, numbers, run, teller)

    def _answer(self, line: Line, numbers: Numbers | None, teller: Teller) -> None:
        state, id_ = self._state, teller.id
        is_main = teller.run.run_id == "main"
        if is_main and line.model and line.model != state.model:
            state.model = line.model
            teller.say("model", line.model)
        if (
            is_main and numbers is not None and not self._is_done(id_)
        ):  # a subagent's calls are told by telemetry, in the chat of its session
            if numbers in state.told:
                state.told.remove(numbers)
            else:
                billed = self._lost(line) or id_
                state.answered = [*state.answered[1 - PAIRS_KEPT :], (numbers, billed)]
                if not teller.is_branch:  # a copy without its telemetry: the original has it
                    self._bill(billed, line.model, numbers, teller.run, teller)
        for place, part in enumerate(parts_of(line.message.parts if line.message is not None else None)):
            if part.call is not None:
                call_id = part.call.id or f"{id_}.{place}"
                teller.call_begins(call_id, part.call.name, part.call.args, id_)
                action = ACTIONS.get(part.call.name or "")
                path = teller.touch(call_id, action, part.call.args)
                if path and action and action != "read":
                    state.asked[call_id] = path, action
                    if len(state.asked) > ASKED_KEPT:
                        del state.asked[next(iter(state.asked))]
            elif part.thought:
                teller.think(len(part.text or ""), place, id_)
            elif part.text and part.text.strip():
                teller.show("reply", part.text.strip(), place, id_)

    def _lost(self, line: Line) -> str | None:
        """The telemetry line that an answer goes on from, and that a rewrite dropped: the answer was billed as that."""
        parent = line.parent
        return parent if parent and not self._chain.knows(parent) and not self._is_done(parent) else None

    def _is_done(self, id_: str) -> bool:
        done = self._state.done
        if id_ in done:
            return True
        self._state.done = [*done[1 - PAIRS_KEPT :], id_]
        return False

    def _bill(self, message_id: str, model: str | None, numbers: Numbers, run: Run, teller: Teller) -> None:
        prompt_id = self._chain.prompt(teller.record.head) if run.run_id == "main" else None
        stop_reason = ENDED if any(numbers) else None
        billed = _tokens(model or self._state.model, numbers)
        teller.answer(message_id, "", billed, stop_reason, prompt_id, self._state.branch or None, run=run)

    def _finish(self, line: Line, teller: Teller) -> None:
        result = line.result
        if result is None or not result.call_id:
            return
        call = teller.call(result.call_id)
        said = b"".join(
            bytes(part.response) for part in parts_of(line.message.parts if line.message is not None else None)
        )
        outcome = OUTCOMES.get(result.status or "", "error")
        call.outcome = "rejected" if outcome == "interrupted" and REFUSED in said else outcome
        call.ended_at, call.result_bytes = teller.record.at, len(said)
        path, action = self._state.asked.pop(result.call_id, ("", ""))
        lines = lines_shown(result.display) if path and outcome == "ok" else None
        if lines is not None:
            teller.changed(result.call_id, path, action, *lines)


def take_agent_meta(path: str, content: bytes, out: Batch) -> None:
    """What a subagent is called and which tool call began it."""
    meta = fit(load(content), Meta)
    agent_id = os.path.basename(path).removesuffix(".meta.json").removeprefix("agent-")
    run = out.run(meta.session_id or _session_of(path), agent_id, "subagent")
    type_, name, description = (
        kept(word or "", WORDS_KEPT) or None for word in (meta.agent_type, meta.name, meta.description)
    )
    out.run_cards.append(
        RunCard(run.session.index, agent_id, type_, name, description, meta.tool_use_id, meta.depth, None)
    )


def _session_of(path: str) -> str:
    folder, name = os.path.split(path)
    return os.path.basename(folder) if name.startswith("agent-") else name.removesuffix(".jsonl")


def _note(subtype: str | None, payload: Payload, teller: Teller) -> None:
    """What the program notes of the session."""
    if subtype == "chat_compression":
        info = payload.info or Info()
        teller.compact(teller.id, info.reason, info.before, info.after)
    elif subtype == "custom_title":
        teller.say("ai_title" if payload.title_source == "auto" else "custom_title", payload.title)
    elif subtype == "session_model":
        teller.say("model", payload.model)
    elif subtype == "session_approval_mode":
        teller.say("permission_mode", payload.mode)


def _told(event: Event) -> Numbers:
    """The numbers of a call. They are written with every one, so one that is missing was renamed."""
    whole, output = amount(event.input, "input"), amount(event.output, "output")
    cached, total = amount(event.cached, "cached"), amount(event.total, "total")
    if event.thoughts is None and total > whole + output:
        raise ValueError("usage without thoughts")
    return whole, output, cached, amount(event.thoughts or 0, "thoughts"), total


def _said(used: Used) -> Numbers:
    """The numbers of an answer. Some APIs leave out what is nothing; what the total has all the same was renamed."""
    whole, output, cached, thoughts = (
        amount(value or 0, "all") for value in (used.input, used.output, used.cached, used.thoughts)
    )
    total = amount(used.total, "total")
    if total > whole + output + thoughts and (used.input is None or used.output is None):
        raise ValueError("usage without input or output")
    return whole, output, cached, thoughts, total


def _tokens(model: str, numbers: Numbers) -> Tokens:
    """Some APIs count thoughts as a part of the output, some beside it: the total tells."""
    whole, output, cached, thoughts, total = numbers
    if thoughts and total >= whole + output + thoughts:
        output += thoughts
    return tokens(model, max(0, whole - cached), min(cached, whole), output, min(thoughts, output))
