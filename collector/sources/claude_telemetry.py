"""What Claude Code exports of itself: every call that was answered, also those that no transcript holds, and errors."""

from collector.lines.feed import Heard
from collector.lines.telemetry import Taker, Told, add_answer, add_call, add_point, at_of
from store.facts import Run
from store.telemetry_facts import ApiCall

METERED = {"input": "input", "output": "output", "cacheRead": "cache_read", "cacheCreation": "cache_write"}
LARGE = "[1m]"  # a larger context: meters and errors name it, answers do not
SPEEDS = ("normal", "standard")
AGENT = "agent:"  # how the word for what asked begins, where a subagent did; which one is not told


def _request(heard: Heard, told: Told) -> None:
    run, call = _run(heard, told), _call(heard, told, "answer")
    call.input_tokens, call.output_tokens = told.count("input_tokens"), told.count("output_tokens")
    call.cache_read_tokens = told.count("cache_read_tokens")
    call.cache_write_tokens = told.count("cache_creation_tokens")
    call.reported_usd_micros = told.count("cost_usd_micros")
    if call.output_tokens is None:
        raise ValueError("a call without its tokens")
    add_call(heard, run, call)
    speed = told.text("speed") or SPEEDS[0]
    run_kind = "subagent" if (call.purpose or "").startswith(AGENT) else "main"
    add_answer(heard, run, run_kind, call, "standard" if speed in SPEEDS else speed)


def _error(heard: Heard, told: Told) -> None:
    call = _call(heard, told, "error")
    call.error = told.text("error", 2000)
    call.status, call.attempt = told.count("status_code"), told.count("attempt")
    add_call(heard, _run(heard, told), call)


def _tokens(heard: Heard, told: Told) -> None:
    kind, model = METERED.get(told.text("type") or ""), told.text("model")
    if kind is None or model is None:
        raise ValueError("a meter of unknown tokens")
    add_point(heard, told, _run(heard, told), model.removesuffix(LARGE), kind, told.text("query_source") or "")


def _run(heard: Heard, told: Told) -> Run:
    session_id = told.text("session.id")
    if session_id is None:
        raise ValueError("telemetry without a session")
    return heard.out.run(session_id, "main", "main")


def _call(heard: Heard, told: Told, kind: str) -> ApiCall:
    model = told.text("model")
    return ApiCall(
        0, b"", at_of(heard, told, told.text("event.timestamp")), kind, told.text("request_id"), told.text("prompt.id"),
        model and model.removesuffix(LARGE), told.text("query_source"), duration_ms=told.count("duration_ms"),
    )  # fmt: skip


TAKERS: dict[str, Taker] = {
    "api_request": _request, "claude_code.api_request": _request,
    "api_error": _error, "claude_code.api_error": _error,
    "claude_code.token.usage": _tokens,
}  # fmt: skip
