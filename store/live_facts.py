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
