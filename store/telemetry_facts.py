"""What agents export of themselves: calls of a model's API, and sums that they keep for whoever watches them."""

from msgspec import Struct


class ApiCall(Struct, gc=False):
    """A call that was answered, or a try of one that was not. purpose is the agent's own word for what asked."""

    session: int
    call_id: bytes
    at: str
    kind: str
    request_id: str | None = None
    prompt_id: str | None = None
    model: str | None = None
    purpose: str | None = None
    attempt: int | None = None
    status: int | None = None
    error: str | None = None
    duration_ms: int | None = None
    input_tokens: int | None = None
    cache_read_tokens: int | None = None
    cache_write_tokens: int | None = None
    output_tokens: int | None = None
    reasoning_tokens: int | None = None
    reported_usd_micros: int | None = None


class MetricPoint(Struct, gc=False):
    """How much of a kind of token was used between two moments, as a meter of the agent's says: only compared."""

    session: int
    model: str
    kind: str
    purpose: str
    since_at: str
    at: str
    is_delta: bool
    tokens: int
