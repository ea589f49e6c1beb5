"""What was said in a Codex thread: prompts, replies, thoughts, errors, and contexts made smaller.

Newer rollouts tell each of these as an event of its own beside the raw item that the API was sent; the oldest have
only the raw items, among which the program's own words to the model look like prompts.
"""

import re
from typing import Any, cast

from collector.lines.text import digest
from collector.sources.codex_spot import TENTATIVE_KEPT, TRAIL_KEPT, Spot, ask, settle_in, show
from collector.sources.codex_wire import Block, Item, Payload, decode_said
from store.facts import Compaction

WRAPPED = (
    "<environment_context>", "<user_instructions>", "# AGENTS.md", "<INSTRUCTIONS>", "<permissions instructions>",
    "<turn_aborted>", "<subagent_notification>", "<skill>", "<user_action>",
)  # fmt: skip
# The oldest name the folder nowhere else.
CWD = re.compile(r"<cwd>\s*([^<\n]+?)\s*</cwd>|^\s*-? *Current working directory: *(.+?) *$", re.MULTILINE)


def take_user_message(spot: Spot, text: str, images: int) -> None:
    """A prompt. A turn may hold several: those typed while it ran."""
    state = spot.state
    _retract(spot)
    if state.agent_type == "review":
        return  # it is the prompt of the thread that asked for the review, told there too
    if state.turn:
        state.prompts += 1
        prompt_id = state.turn if state.prompts == 1 else f"{state.turn}/{state.prompts}"
    else:
        prompt_id = digest(spot.scope, "prompt", text)
    state.prompt_id = prompt_id
    ask(spot, prompt_id, "prompt", text, images)
    state.trail = [*state.trail[-TRAIL_KEPT:], (state.turn or prompt_id, prompt_id)]


def take_rollback(spot: Spot, turns: int) -> None:
    """The user went back: the last turns are no part of the conversation any more. They stay billed."""
    trail = spot.state.trail
    for _ in range(min(turns, len(trail))):
        turn = trail[-1][0] if trail else ""
        while trail and trail[-1][0] == turn:
            trail.pop()
    spot.state.full = 0  # the estimate before this tells of what was taken back
    spot.run.session.is_rewound = True


def take_raw_message(spot: Spot) -> None:
    """A message as the API saw it. It counts only while the file tells of no events."""
    body, state = spot.body, spot.state
    if body.role == "assistant":
        text = "" if state.has_replies else text_of(decode_said(body.content))
        if text:
            show(spot, "reply", text)
    elif body.role == "user" and not state.has_prompts:
        text = text_of(decode_said(body.content)).strip()
        if text.startswith(WRAPPED):
            told = None if state.cwd else CWD.search(text)
            settle_in(spot, told[1] or told[2] if told else None)
        elif text:
            at = spot.said_at
            prompt_id = f"raw:{digest(state.session_id, at, text)}"
            state.prompt_id = state.prompt_id or prompt_id
            ask(spot, prompt_id, "prompt", text)
            if len(state.tentative) < TENTATIVE_KEPT:
                state.tentative.append((prompt_id, at))


def take_reply(spot: Spot, text: str) -> None:
    spot.state.has_replies = True
    if text:
        show(spot, "reply", text)


def take_thought(spot: Spot, chars: int) -> None:
    """Of thoughts only the size is kept: they are summaries that the API makes."""
    show(spot, "thinking", "", chars)


def take_error(spot: Spot, body: Payload) -> None:
    """An answer that failed, or was tried again."""
    error = body.error if body.error is not None else body.message
    show(spot, "error" if body.type == "error" else "retry", error_text(error))


def take_item(spot: Spot, item: Item) -> bool:
    """Something said that a turn finished; False when it is something done."""
    type_ = item.type
    if type_ == "UserMessage":
        images = sum(block.type not in ("text", "input_text") for block in item.content or ())
        take_user_message(spot, text_of(item.content), images)
    elif type_ == "AgentMessage":
        take_reply(spot, text_of(item.content))
    elif type_ == "Reasoning":
        take_thought(spot, sum(map(len, item.raw_content or item.summary_text or ())))
    else:
        return False
    return True


def take_compacted(spot: Spot) -> None:
    """A context made smaller. What it repeats of the old one was recorded when it was said."""
    state, message = spot.state, spot.body.message
    # The oldest tell how much is left before they tell that something was left out.
    before, after = (state.full, state.fill) if state.full > state.fill else (state.fill, None)
    state.full = 0
    state.compactions += 1
    name = f"{state.turn}/compacted/{state.compactions}" if state.turn else digest(spot.scope, "compacted")
    state.shrunk = name
    spot.out.compactions.append(
        Compaction(
            spot.run.index, name, "full", spot.at, spot.is_copied, spot.generation_id,
            tokens_before=before or None, tokens_after=after,
            summary_chars=len(message) if isinstance(message, str) else None,
        )
    )  # fmt: skip


def text_of(content: list[Block] | str | None) -> str:
    if isinstance(content, str):
        return content
    return "\n".join(block.text for block in content or () if block.text)


def error_text(error: Any) -> str:
    """What an error says of itself, whatever shape it has."""
    if isinstance(error, dict):
        error = cast("dict[str, Any]", error).get("message")
    return error if isinstance(error, str) else ""


def _retract(spot: Spot) -> None:
    """The first event shows that this file tells of prompts: what looked like one before was something else."""
    state = spot.state
    if state.has_prompts:
        return
    state.has_prompts = True
    for prompt_id, at in state.tentative:
        ask(spot, prompt_id, "injected", "", at=at)
    state.tentative = []
