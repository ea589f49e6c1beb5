"""The other side of a Claude Code transcript: prompts, tool results, compactions, errors, notices."""

from collector.sources.claude_prompts import prompt_text
from collector.sources.claude_spot import Spot, kept, show, whole
from collector.sources.claude_tools import finished, notified, tasks_of
from collector.sources.claude_wire import Block, Content, Message
from store.facts import Compaction, Prompt

NOTICES = frozenset(("", "local_command", "informational", "away_summary", "memory_saved", "model_fallback", "error"))


def take_user(spot: Spot, message: Message, kind: str | None) -> None:
    """A prompt, the results of tools, a compaction's summary, or the task that a subagent was given."""
    content, line = message.content, spot.line
    if isinstance(content, list):
        for place, block in enumerate(content):
            if isinstance(block, Block) and block.type == "tool_result":
                finished(spot, block, line.tool_result, place)
                tasks_of(spot, line.tool_result)
    if kind is not None:
        _prompt(spot, kind, content)
    elif line.is_summary:
        uuid, spot.state.boundary = spot.state.boundary or spot.uuid, ""
        chars = len(prompt_text(content)[0])
        spot.out.compactions.append(_compaction(spot, uuid, "full", summary_chars=chars))
    elif line.is_sidechain and not line.is_meta and line.parent is None:
        text = prompt_text(content)[0]
        if text:
            show(spot, "brief", text)


def take_attachment(spot: Spot, kind: str | None) -> None:
    """Most attachments are for the model alone; a prompt typed while it was busy exists only here."""
    attachment = spot.line.attachment
    if attachment is None:
        return
    spot.record.kind = f"attachment/{attachment.type}"
    if kind is not None:
        _prompt(spot, kind, attachment.prompt)


def take_system(spot: Spot) -> None:
    """What the program notes: a compaction, a retry, the end of a turn, a notice."""
    line, subtype = spot.line, spot.line.subtype or ""
    spot.record.kind = f"system/{subtype}" if subtype else "system"
    if subtype == "compact_boundary":
        spot.state.boundary = spot.uuid
        compaction = _compaction(spot, spot.uuid, "full")
        facts = line.compact
        if facts is not None:
            compaction.reason, compaction.duration_ms = facts.trigger, whole(facts.duration_ms)
            compaction.tokens_before, compaction.tokens_after = whole(facts.tokens_before), whole(facts.tokens_after)
        spot.out.compactions.append(compaction)
    elif subtype == "microcompact_boundary":
        compaction = _compaction(spot, spot.uuid, "micro")
        facts = line.microcompact
        if facts is not None:
            before, saved = whole(facts.tokens_before), whole(facts.tokens_saved)
            compaction.reason, compaction.tokens_before = facts.trigger, before
            if before is not None and saved is not None:
                compaction.tokens_after = before - saved
        spot.out.compactions.append(compaction)
    elif subtype == "api_error":
        show(spot, "retry", f"attempt {line.retry_attempt or '?'}")
    elif subtype == "turn_duration":
        show(spot, "turn_end", "", duration_ms=whole(line.duration_ms))
    elif (subtype in NOTICES or "refusal" in subtype) and isinstance(line.content, str):
        show(spot, "notice", line.content)


def _prompt(spot: Spot, kind: str, content: Content) -> None:
    text, images = prompt_text(content)
    state, line = spot.state, spot.line
    if kind == "notification":
        notified(spot, text)
    previous = spot.threads.head_id(spot.threads.head_of(line.parent or line.logical_parent))
    spot.out.prompts.append(
        Prompt(
            spot.run.index, spot.uuid, spot.at or "", kind, kept(text), len(text), images, previous, spot.is_branch,
            spot.generation_id, spot.record.byte_offset,
        )
    )  # fmt: skip
    if kind != "interruption" and spot.run.run_id == "main":
        if state.last_prompt_id and previous != state.last_prompt_id:
            spot.run.session.is_rewound = True
        state.last_prompt_id = spot.uuid


def _compaction(spot: Spot, uuid: str, kind: str, summary_chars: int | None = None) -> Compaction:
    return Compaction(
        spot.run.index, uuid, kind, spot.at, spot.is_branch, spot.generation_id, summary_chars=summary_chars
    )
