"""What agents export of themselves (OTLP), as collector/otlp.py wrote it down: one event, or one point of a metric."""

from typing import Any

from msgspec import Struct, field
from msgspec.json import Decoder

from collector.feed import Heard


class Told(Struct):
    """The body of a message: an event has a name in log, a point one in metric."""

    log: str | None = None
    metric: str | None = None
    attributes: dict[str, Any] = field(default_factory=dict[str, Any])
    ns: int | None = None
    since_ns: int | None = None
    value: float | None = None
    is_delta: bool = False
    version: str | None = None


_decode = Decoder(Told).decode


def take_telemetry(heard: Heard) -> str:
    """Keep what it says; most of it stands in the agent's files too, and is only counted."""
    told = _decode(heard.body)
    name = told.log or told.metric
    if not name:
        raise ValueError("telemetry without a name")
    return name[:100]
