"""What Claude Code's own hooks and its status line send while it runs, streams of headless runs, and its vendor."""

from functools import partial

from collector.lines.feed import Feed
from collector.lines.hooks import Hook, take_hook
from collector.lines.status_line import take_status
from collector.lines.telemetry import take_telemetry
from collector.sources.claude_limits import take_asked, take_stream
from collector.sources.claude_telemetry import TAKERS
from store.batch import Batch
from store.facts import Run


def run_of(out: Batch, hook: Hook) -> Run:
    """Internal agents have an id, but no type, no beginning and no transcript: what they do is the main run's."""
    session_id = hook.session_id or ""
    if hook.agent_id and hook.agent_type:
        return out.run(session_id, hook.agent_id, "subagent")
    return out.run(session_id, "main", "main")


def feed(generation_id: int) -> Feed:
    return Feed(
        generation_id,
        {
            "hook": partial(take_hook, run_of=run_of),
            "telemetry": partial(take_telemetry, takers=TAKERS),
            "status": take_status,
            "stream": take_stream,
            "asked": take_asked,
        },
    )
