"""What Codex's own hooks, and its `notify`, send while it runs."""

from functools import partial
from typing import Annotated

from msgspec import Meta, Struct, field
from msgspec.json import Decoder

from collector.lines.feed import Feed, Heard
from collector.lines.hooks import Hook, keep, take_hook
from collector.lines.telemetry import take_telemetry
from collector.sources.codex_telemetry import TAKERS
from store.batch import Batch
from store.facts import Run

Id = Annotated[str, Meta(max_length=200)]


class Notice(Struct):
    """What `notify` is told: so far that a turn has ended."""

    type: Id
    thread_id: Id = field(name="thread-id")
    turn_id: Id | None = field(default=None, name="turn-id")
    cwd: str | None = None
    last: str | None = field(default=None, name="last-assistant-message")


_decode = Decoder(Notice).decode
TURN_ENDED = "agent-turn-complete"


def run_of(out: Batch, hook: Hook) -> Run:
    """Its subagents are sessions of their own, and say so: session_id is then the parent's, agent_id the thread's."""
    return out.run(hook.agent_id or hook.session_id or "", "main", "main")


def take_notice(heard: Heard) -> str:
    """The end of a turn, as a hook would have told it."""
    told = _decode(heard.body)
    hook = Hook(session_id=told.thread_id, hook_event_name=told.type, turn_id=told.turn_id, cwd=told.cwd)
    hook.last_assistant_message = told.last
    return keep(heard, hook, run_of(heard.out, hook), "turn_ended" if told.type == TURN_ENDED else "notice")


def feed(generation_id: int) -> Feed:
    hook = partial(take_hook, run_of=run_of)
    return Feed(
        generation_id, {"hook": hook, "notify": take_notice, "telemetry": partial(take_telemetry, takers=TAKERS)}
    )
