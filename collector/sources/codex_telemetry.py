"""What Codex exports of itself: answers with their tokens, and failed calls. No id joins these with a rollout's.

So they are kept as they are, and never added to what the rollouts tell. Threads that leave no rollout are seen here.
"""

from collector.lines.feed import Heard
from collector.lines.telemetry import Taker, Told, add_call, at_of
from store.facts import Run
from store.telemetry_facts import ApiCall

COMPLETED = "response.completed"


def _event(heard: Heard, told: Told) -> None:
    # Of each answer it tells twice that it is completed: first without what it took.
    if told.text("event.kind") != COMPLETED or "input_token_count" not in told.attributes:
        return
    run, call = _run(heard, told), _call(heard, told, "answer")
    cached, whole = told.count("cached_token_count") or 0, told.count("input_token_count")
    if whole is None:
        raise ValueError("an answer without its tokens")
    call.input_tokens, call.cache_read_tokens = max(0, whole - cached), cached
    call.cache_write_tokens = told.count("cache_write_token_count")
    call.output_tokens, call.reasoning_tokens = told.count("output_token_count"), told.count("reasoning_token_count")
    add_call(heard, run, call)


def _request(heard: Heard, told: Told) -> None:
    """Those that were answered are told by their end."""
    status, error = told.count("http.response.status_code"), told.text("error.message", 2000)
    if error is None and (status is None or status < 400):
        return
    call = _call(heard, told, "error")
    call.error, call.status, call.attempt = error, status, told.count("attempt")
    add_call(heard, _run(heard, told), call)


def _run(heard: Heard, told: Told) -> Run:
    thread_id = told.text("conversation.id")
    if thread_id is None:
        raise ValueError("telemetry without a thread")
    return heard.out.run(thread_id, "main", "main")


def _call(heard: Heard, told: Told, kind: str) -> ApiCall:
    return ApiCall(
        0, b"", at_of(heard, told, told.text("event.timestamp")), kind, model=told.text("model"),
        purpose=told.text("originator"), duration_ms=told.count("duration_ms"),
    )  # fmt: skip


TAKERS: dict[str, Taker] = {"codex.sse_event": _event, "codex.api_request": _request}
