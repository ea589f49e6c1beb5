"""What agents' programs tell of themselves while they run, in words that every agent shares."""

from msgspec import Struct


class Signal(Struct, gc=False):
    """A moment of a run that its program told of while it ran. kind is ours, name is the agent's own word."""

    run: int
    key: bytes
    at: str
    kind: str
    name: str
    prompt_id: str | None
    tool_use_id: str | None
    tool: str | None
    text: str | None
    duration_ms: int | None


class Process(Struct, gc=False):
    """A program of an agent that runs, or ran, as it says of itself. born: when it began, in the system's own words."""

    pid: int
    born: str
    session_id: str
    started_at: str | None
    version: str | None
    kind: str | None
    entrypoint: str | None
    name: str | None
    cwd: str | None
    status: str | None
    waiting_for: str | None
    status_at: str
    updated_at: str


class LimitLevel(Struct, gc=False):
    """How much of the account's plan is used, as somebody other than its files says."""

    source: str
    limit_id: str
    span: str
    resets_at: str
    used_percent: float
    window_minutes: int | None
    plan: str | None
    at: str
    spent_usd_micros: int | None = None
    """Of a limit in money."""
    most_usd_micros: int | None = None


class StatusReading(Struct, gc=False):
    """How full a session's context is, and what its program says that it cost so far."""

    session: int
    used_tokens: int
    window_tokens: int
    reported_usd_micros: int
    model: str | None
    at: str
