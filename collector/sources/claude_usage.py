"""Claude Code's usage objects as tokens: what the API billed, by kind."""

from collector.sources.claude_wire import Billed, Usage
from store.facts import Tokens

BILLED_APART = ("compaction", "advisor_message")  # iterations that the top level leaves out
MOST_TOKENS = 10**12  # more than any answer has, and few enough that no sum of them overflows


def tokens_of(usage: Billed, model: str) -> Tokens:
    """The tokens of one usage. What is no whole number counts as 0; a cache write without a split is a 5-minute one."""
    split = usage.cache_creation
    five, hour = (0, 0) if split is None else (_count(split.five_minutes), _count(split.one_hour))
    five += max(0, _count(usage.cache_creation_input_tokens) - five - hour)
    searches = usage.server_tool_use.web_search_requests if usage.server_tool_use else 0
    return (
        model, tier_of(usage), _count(usage.input_tokens), _count(usage.cache_read_input_tokens), five, hour,
        _count(usage.output_tokens), 0, _count(searches),
    )  # fmt: skip


def nested_tokens(usage: Usage, model: str) -> tuple[Tokens, ...]:
    """Calls inside the call that are billed on top of it, under their own model."""
    turns = usage.iterations or ()
    return tuple(tokens_of(turn, (turn.model or model)[:200]) for turn in turns if turn.type in BILLED_APART)


def tier_of(usage: Billed) -> str:
    """Service tier and speed in one word; "standard" when nothing else is said."""
    words = [word[:40] for word in (usage.service_tier, usage.speed) if word and word != "standard"]
    return "+".join(words) or "standard"


def reported_micros(usd: float | None) -> int | None:
    """What the agent itself says an answer cost, in millionths of a dollar."""
    return round(usd * 1e6) if usd is not None and 0 <= usd < 1e9 else None


def _count(value: int | None) -> int:
    return value if value is not None and 0 <= value <= MOST_TOKENS else 0
