"""Claude Code's usage objects as tokens: what the API billed, by kind."""

from collector.sources.claude_wire import Billed, Usage
from store.facts import Tokens

BILLED_APART = ("compaction", "advisor_message")  # iterations that the top level leaves out


def tokens_of(usage: Billed, model: str) -> Tokens:
    """The tokens of one usage. What is no count is 0; a cache write without a split is a 5-minute one."""
    split, tools = usage.cache_creation, usage.server_tool_use
    five, hour = (0, 0) if split is None else (split.five_minutes or 0, split.one_hour or 0)
    written = usage.cache_creation_input_tokens or 0
    if written > five + hour:
        five = written - hour
    return (
        model, tier_of(usage), usage.input_tokens or 0, usage.cache_read_input_tokens or 0, five, hour,
        usage.output_tokens or 0, 0, 0 if tools is None else tools.web_search_requests or 0,
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
