"""What the model answered in a Claude Code transcript: what it was billed for, what it said, the tools it called."""

from typing import Any, cast

import msgspec

from collector.lines.tolerant import fit
from collector.lines.when import instant
from collector.sources.claude_spot import Spot, kept, show, whole
from collector.sources.claude_tools import finished, is_finish, started
from collector.sources.claude_usage import nested_tokens, reported_micros, tokens_of
from collector.sources.claude_wire import Block, Message, NestedMessage, Todo, Usage
from collector.sources.claude_words import say
from store.facts import Response, Run
from store.merge import follow

SYNTHETIC = "<synthetic>"  # the model of lines that the program writes itself
NO_RESPONSE = "No response requested."
TODOS_KEPT, TODO_KEPT = 100, 300
TODOS_LENGTH = 1 << 20  # more than those can come to, every character escaped: a list cut short is no JSON


def take_assistant(spot: Spot, message: Message) -> None:
    """One line of an answer; usually it holds one block, and the usage of the whole answer so far."""
    message_id = message.id or f"uuid:{spot.uuid}"
    is_synthetic = message.model == SYNTHETIC
    if message.usage is not None and not is_synthetic:
        _response(spot, message, message.usage, message_id)
    content = message.content
    if isinstance(content, str):
        content = [content]
    for place, block in enumerate(content or ()):
        if isinstance(block, str):
            block = Block(type="text", text=block)
        type_ = block.type
        if type_ == "text":
            if block.text:
                kind, status = _text_kind(spot, block.text, is_synthetic), whole(spot.line.api_status)
                show(spot, kind, block.text, place, message_id, status)
        elif type_ == "thinking" or type_ == "redacted_thinking":
            show(spot, "thinking", "", place, message_id)
            spot.out.messages[-1].chars = len(block.thinking or "")
        elif type_ == "tool_use" or type_ == "server_tool_use":
            started(spot, block.id or f"@{spot.mark}.{place}", block, message_id)
            if block.name == "TodoWrite" and block.input is not None:
                _todos(spot, block.input.todos)
        elif is_finish(block):
            finished(spot, block, None, place)


def take_progress(spot: Spot) -> None:
    """A subagent's answer repeated for its parent's screen. It counts only while nothing else holds it."""
    data = spot.line.data
    if data is None:
        return
    spot.record.kind = f"progress/{data.type}"
    inner = data.message
    if inner is None or isinstance(inner, str) or inner.type != "assistant":
        return
    message = inner.message
    if message is None or message.usage is None or not message.id or message.model == SYNTHETIC:
        return
    at = instant(inner.timestamp) or spot.at
    run = spot.out.run(spot.run.session.session_id, data.agent_id or "unknown", "subagent")
    _add(spot, run, message, message.usage, message.id or "", inner.request_id, at, None, "progress")


def _response(spot: Spot, message: Message, usage: Usage, message_id: str) -> None:
    is_main = spot.run.run_id == "main"
    model = message.model
    if is_main and model and model != spot.state.model:
        spot.state.model = model
        say(spot, "model", spot.state.model)
    # A side chain inside the file says nothing of the prompt it works for: that is the latest one.
    inside = None if spot.line.agent_id else spot.state.last_prompt_id or None
    prompt_id = spot.threads.head_id(spot.record.head) if is_main else inside
    request_id = spot.line.request_id if message.id else None
    _add(spot, spot.run, message, usage, message_id, request_id, spot.at, prompt_id, "transcript")


def _add(
    spot: Spot, run: Run, message: Message | NestedMessage, usage: Usage, message_id: str, request_id: str | None,
    at: str | None, prompt_id: str | None, evidence: str,
) -> None:  # fmt: skip
    line, place, model = spot.line, spot.record.byte_offset, message.model or "unknown"
    tokens, reported = tokens_of(usage, model), reported_micros(line.cost_usd)
    nested = nested_tokens(usage, model) if usage.iterations else ()
    known = spot.out.responses.get((message_id, request_id or "", run.session.session_id))
    if known is not None and known.evidence == evidence and known.generation_id == spot.generation_id:
        if follow(known, tokens, nested, reported, message.stop_reason, prompt_id, at, place):
            return
    if "\0" in message_id or (request_id and "\0" in request_id):
        raise ValueError("a NUL in an id")  # SQLite ends a text there; the slow way replaces it
    spot.out.add_response(
        Response(
            run.index, spot.out.agent, message_id, request_id or "", 0, run.kind, prompt_id, line.branch or None, at,
            at, *tokens, reported, message.stop_reason, evidence, spot.is_branch, False, spot.generation_id, place,
            at or "", spot.generation_id, place, nested,
        ),
        run,
    )  # fmt: skip


def _text_kind(spot: Spot, text: str, is_synthetic: bool) -> str:
    """Lines that the program itself writes are errors and notices, but also what an interrupted answer had said."""
    if not is_synthetic:
        return "reply"
    return "error" if spot.line.is_api_error else "notice" if text == NO_RESPONSE else "reply"


def _todos(spot: Spot, todos: Any) -> None:
    """A whole list at once, each time it changes: as many entries as anyone reads, so that it stays JSON."""
    if isinstance(todos, list):
        entries = [fit(todo, Todo) for todo in cast("list[object]", todos)[:TODOS_KEPT]]
        words = [{"content": kept(e.content or e.active or "", TODO_KEPT), "status": e.status} for e in entries]
        run_id = spot.run.run_id  # a subagent's list is its own, beside that of its session
        name = "todos" if run_id == "main" else f"todos/{run_id}"
        say(spot, name, msgspec.json.encode(words).decode(), TODOS_LENGTH)
