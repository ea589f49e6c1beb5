"""What Codex's own hooks send while it runs."""

from functools import partial

from collector.feed import Feed
from collector.hooks import Hook, take_hook
from collector.telemetry import take_telemetry
from store.batch import Batch
from store.facts import Run


def run_of(out: Batch, hook: Hook) -> Run:
    """Its subagents are sessions of their own, and say so: session_id is then the parent's, agent_id the thread's."""
    return out.run(hook.agent_id or hook.session_id or "", "main", "main")


def feed(generation_id: int) -> Feed:
    return Feed(generation_id, {"hook": partial(take_hook, run_of=run_of), "telemetry": take_telemetry})
