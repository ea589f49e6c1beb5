"""What a hook says. Agents that have hooks agree on their form; how each one's runs are called, its source says."""

from collections.abc import Callable
from typing import Annotated, Any

from msgspec import Meta, Struct, ValidationError
from msgspec.json import Decoder

from collector.lines.feed import Heard
from collector.lines.tolerant import fit, load
from store.batch import Batch
from store.facts import TEXT_KEPT, Run
from store.live_facts import Signal

Id = Annotated[str, Meta(max_length=200)]

# What an agent calls a moment → what it means. The rest is kept too, as a notice.
KINDS = {
    "SessionStart": "session_started", "SessionEnd": "session_ended", "UserPromptSubmit": "prompt",
    "PreToolUse": "tool_started", "PostToolUse": "tool_ended", "PostToolUseFailure": "tool_failed",
    "PermissionRequest": "permission_asked", "PermissionDenied": "permission_denied", "Elicitation": "question_asked",
    "ElicitationResult": "question_answered", "Stop": "turn_ended", "StopFailure": "turn_failed",
    "SubagentStart": "run_started", "SubagentStop": "run_ended", "TeammateIdle": "run_idle",
    "PreCompact": "compaction_began", "PostCompact": "compaction_ended", "MessageDisplay": "text",
}  # fmt: skip
OTHER = "notice"
TARGETS = ("file_path", "path", "notebook_path", "command", "pattern", "query", "url", "description", "prompt")


class Hook(Struct):
    """The body of a hook: the fields that are read, each optional."""

    session_id: Id | None = None
    hook_event_name: Id | None = None
    prompt_id: Id | None = None
    turn_id: Id | None = None
    agent_id: Id | None = None
    agent_type: Id | None = None
    tool_name: Id | None = None
    tool_use_id: Id | None = None
    tool_input: Any = None
    duration_ms: float | None = None
    notification_type: Id | None = None
    prompt: str | None = None
    message: str | None = None
    error: Any = None
    last_assistant_message: str | None = None
    delta: str | None = None
    source: Id | None = None
    reason: Id | None = None
    trigger: Id | None = None
    cwd: str | None = None


_decode = Decoder(Hook).decode

RunOf = Callable[[Batch, Hook], Run]
"""Which run of which session a hook is of."""


def take_hook(heard: Heard, run_of: RunOf) -> str:
    """Keep one moment of a session."""
    hook = read(heard.body)
    if not hook.session_id or not hook.hook_event_name:
        raise ValueError("a hook without a session or a name")
    return keep(heard, hook, run_of(heard.out, hook), KINDS.get(hook.hook_event_name, OTHER))


def keep(heard: Heard, hook: Hook, run: Run, kind: str) -> str:
    """Add a moment of that kind to what is known of its run and session."""
    name, session = hook.hook_event_name or "", run.session
    if heard.at > session.last_at:
        session.last_at = heard.at
    if not session.first_at or heard.at < session.first_at:
        session.first_at = heard.at
    if hook.cwd and (not session.cwd or heard.at < session.cwd_at):
        session.cwd, session.cwd_at = hook.cwd, heard.at
    text = said(hook)
    heard.out.signals.append(
        Signal(
            run.index, heard.key, heard.at, kind, name, hook.prompt_id or hook.turn_id,
            hook.tool_use_id, hook.tool_name, text[:TEXT_KEPT].replace("\0", "\u2400") if text else None,
            int(hook.duration_ms) if hook.duration_ms is not None and 0 <= hook.duration_ms < 1e12 else None,
        )
    )  # fmt: skip
    return name


def read(body: bytes) -> Hook:
    """A hook's body; what is of a wrong type in it is left out."""
    try:
        return _decode(body)
    except ValidationError:
        return fit(load(body), Hook)


def said(hook: Hook) -> str | None:
    """The words that a person would want to see of it."""
    for words in (hook.prompt, hook.message, hook.last_assistant_message, hook.delta, hook.error):
        if isinstance(words, str) and words:
            return words
    if isinstance(hook.tool_input, dict):
        for name in TARGETS:
            target: object = hook.tool_input.get(name)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType] - foreign
            if isinstance(target, str) and target:
                return target
    return hook.source or hook.reason or hook.trigger
