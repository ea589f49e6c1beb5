"""Claude Code's usage objects as tokens: what the API billed, by kind."""

from collector.sources.claude_wire import Billed, Usage
from store.facts import Tokens

BILLED_APART = ("compaction", "advisor_message")  # iterations that the top level leaves out
MOST_TOKENS = 10**12  # more than any answer has, and few enough that no sum of them overflows


def tokens_of(usage: Billed, model: str) -> Tokens:
    """The tokens of one usage. What is no whole number counts as 0; a cache write without a split is a 5-minute one."""
    split, tools = usage.cache_creation, usage.server_tool_use
    five, hour = (0, 0) if split is None else (_count(split.five_minutes), _count(split.one_hour))
    written = _count(usage.cache_creation_input_tokens)
    if written > five + hour:
        five = written - hour
    return (
        model, tier_of(usage), _count(usage.input_tokens), _count(usage.cache_read_input_tokens), five, hour,
        _count(usage.output_tokens), 0, 0 if tools is None else _count(tools.web_search_requests),
    )  # fmt: skip


def nested_tokens(usage: Usage, model: str) -> tuple[Tokens, ...]:
    """Calls inside the call that are billed on top of it, under their own model."""
    if not usage.iterations:
        return ()
    return tuple(tokens_of(turn, turn.model or model) for turn in usage.iterations if turn.type in BILLED_APART)


def tier_of(usage: Billed) -> str:
    """Service tier and speed in one word; "standard" when nothing else is said."""
    tier, speed = usage.service_tier or "standard", usage.speed or "standard"
    if speed == "standard":
        return tier
    return speed if tier == "standard" else f"{tier}+{speed}"


def reported_micros(usd: float | None) -> int | None:
    """What the agent itself says an answer cost, in millionths of a dollar."""
    return round(usd * 1e6) if usd is not None and 0 <= usd < 1e9 else None


def _count(value: int | None) -> int:
    return value if value is not None and 0 <= value <= MOST_TOKENS else 0
