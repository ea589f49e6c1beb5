"""Answers whose cost was computed by hand, from the price lists that the makers publish, to the micro-dollar."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.store.costing import Answer, cost_of

CONFIG: Any = {
    "house-model": {"standard": {"input": "2", "output": "8"}},
    "claude-opus-4-8": {"standard": {"input": "4", "output": "20", "cache_read": "0.4", "cache_write_5m": "5"}},
    "gateway-opus": {"like": "claude-opus-5-5"},
}


def a(model: str, *tokens: int, at: str = "2026-11-20T12:00:00.000Z", tier: str = "standard") -> Answer:
    """Tokens: input, read, written for 5 minutes, for an hour, output; searches."""
    return Answer(model, *tokens, at=at, tier=tier)  # pyright: ignore[reportArgumentType] - they are whole numbers


# Each with its arithmetic: thousands of tokens * dollars for a million = thousandths of a dollar.
GOLDEN: list[tuple[str, Answer, str | None]] = [
    # Kinds of tokens, one by one. Opus 4.5: 5 in, 0.50 read, 6.25 and 10 written, 25 out.
    ("1*5", a("claude-opus-4-5-20251101", 1000), "0.005000"),
    ("1*0.5", a("claude-opus-4-5-20251101", 0, 1000), "0.000500"),
    ("1*6.25", a("claude-opus-4-5-20251101", 0, 0, 1000), "0.006250"),
    ("1*10", a("claude-opus-4-5-20251101", 0, 0, 0, 1000), "0.010000"),
    ("1*25", a("claude-opus-4-5-20251101", 0, 0, 0, 0, 1000), "0.025000"),
    ("3 searches of a cent", a("claude-opus-4-5-20251101", 0, 0, 0, 0, 0, 3), "0.030000"),
    ("nothing used is no cost", a("claude-opus-4-5-20251101"), "0.000000"),
    ("one token", a("claude-opus-4-5-20251101", 1), "0.000005"),
    ("5+1+18.75+40+12.5 = 77.25", a("claude-opus-4-5-20251101", 1000, 2000, 3000, 4000, 500), "0.077250"),
    ("0.06+4.07865+1.8375+0.735+0.01", a("claude-opus-4-5", 12, 8157, 294, 0, 0, 1), "0.015976"),
    # Models of all generations.
    ("Opus 4.1: 15+3+56.25+120+37.5", a("claude-opus-4-1-20250805", 1000, 2000, 3000, 4000, 500), "0.231750"),
    ("Opus 4: 15+75", a("claude-opus-4-20250514", 1000, 0, 0, 0, 1000), "0.090000"),
    ("Opus 3: 1.5*20+75*2", a("claude-3-opus-20240229", 0, 20000, 0, 0, 2000), "0.180000"),
    ("Sonnet 4: 3+0.6+11.25+24+7.5", a("claude-sonnet-4-20250514", 1000, 2000, 3000, 4000, 500), "0.046350"),
    ("Sonnet 3.7: 30+15", a("claude-3-7-sonnet-20250219", 10000, 0, 0, 0, 1000), "0.045000"),
    ("Haiku 3.5: 0.8+0.16+3+6.4+2", a("claude-3-5-haiku-20241022", 1000, 2000, 3000, 4000, 500), "0.012360"),
    ("Haiku 4.5: 1+0.2+3.75+8+2.5", a("claude-haiku-4-5-20251001", 1000, 2000, 3000, 4000, 500), "0.015450"),
    ("Sonnet 5: 2+0.4+7.5+16+5", a("claude-sonnet-5", 1000, 2000, 3000, 4000, 500), "0.030900"),
    ("Opus 5: 5+1+18.75+40+12.5", a("claude-opus-5", 1000, 2000, 3000, 4000, 500), "0.077250"),
    ("Opus 5.5: 4+0.4+15+32+10", a("claude-opus-5-5", 1000, 2000, 3000, 4000, 500), "0.061400"),
    ("Fable 5.2: 8+0.4+30+64+20", a("claude-fable-5-2", 1000, 2000, 3000, 4000, 500), "0.122400"),
    ("GPT-5: 1.25+0.25+5", a("gpt-5", 1000, 2000, 0, 0, 500), "0.006500"),
    ("GPT-5 mini: 25+22.5+20", a("gpt-5-mini", 100_000, 900_000, 0, 0, 10_000), "0.067500"),
    ("GPT-5.3 Codex: 1.75+0.35+7", a("gpt-5.3-codex", 1000, 2000, 0, 0, 500), "0.009100"),
    ("Gemini 2.5 Flash: 0.3+0.06+1.25", a("gemini-2.5-flash", 1000, 2000, 0, 0, 500), "0.001610"),
    ("its searches are 35 a thousand", a("gemini-2.5-flash", 0, 0, 0, 0, 0, 2), "0.070000"),
    ("Grok Code: 0.2+0.04+0.75", a("grok-code-fast-1", 1000, 2000, 0, 0, 500), "0.000990"),
    ("Kimi K2.5: 0.6+0.2+1.5", a("kimi-k2.5", 1000, 2000, 0, 0, 500), "0.002300"),
    ("GLM 4.7: 0.276+0.11+0.5515", a("glm-4.7", 1000, 2000, 0, 0, 500), "0.000938"),
    # A kind without a price of its own is billed as what it is a part of.
    ("GPT-5 has no price for writes: 3*1.25", a("gpt-5", 1000, 0, 2000), "0.003750"),
    ("Claude 2 has none for caches: 4*8", a("claude-2", 1000, 1000, 1000, 1000), "0.032000"),
    ("GPT-6.1 writes cost 2.5, an hour too: 2.5+2.5", a("gpt-6.1-sol", 0, 0, 1000, 1000), "0.005000"),
    # The size of the request: all that goes in counts, and above the limit all tokens cost more, also those out.
    ("Sonnet 4.5 at 199,999: 599.997+15", a("claude-sonnet-4-5", 199_999, 0, 0, 0, 1000), "0.614997"),
    ("at 200,000: 600+15", a("claude-sonnet-4-5", 200_000, 0, 0, 0, 1000), "0.615000"),
    ("at 200,001: 1200.006+22.5", a("claude-sonnet-4-5", 200_001, 0, 0, 0, 1000), "1.222506"),
    ("read counts: 1*6+200*0.6+1*22.5", a("claude-sonnet-4-5", 1000, 200_000, 0, 0, 1000), "0.148500"),
    ("written counts: 7.5*100+12*101", a("claude-sonnet-4-5", 0, 0, 100_000, 101_000), "1.962000"),
    ("what comes out does not: 3+15*300", a("claude-sonnet-4-5", 1000, 0, 0, 0, 300_000), "4.503000"),
    ("Haiku 5.5 at 100,000: 10+0.5", a("claude-haiku-5-5", 100_000, 0, 0, 0, 1000), "0.010500"),
    ("at 100,001: 50.0005+2.5", a("claude-haiku-5-5", 100_001, 0, 0, 0, 1000), "0.052501"),
    ("Gemini 2.5 Pro at 200,000: 250+10", a("gemini-2.5-pro", 200_000, 0, 0, 0, 1000), "0.260000"),
    ("at 200,001: 500.0025+15", a("gemini-2.5-pro", 200_001, 0, 0, 0, 1000), "0.515003"),
    ("GPT-6.1 at 272,000: 544+10", a("gpt-6.1-sol", 272_000, 0, 0, 0, 1000), "0.554000"),
    ("at 272,001: 1088.004+15", a("gpt-6.1-sol", 272_001, 0, 0, 0, 1000), "1.103004"),
    # Prices that changed: the day of the answer decides, in UTC.
    ("Opus 4.6 large on the last day: 2500+37.5",
     a("claude-opus-4-6", 250_000, 0, 0, 0, 1000, at="2026-03-12T23:59:59.999Z"), "2.537500"),
    ("and on the first: 1250+25",
     a("claude-opus-4-6", 250_000, 0, 0, 0, 1000, at="2026-03-13T00:00:00.000Z"), "1.275000"),
    ("small, it was the same: 5+25",
     a("claude-opus-4-6", 1000, 0, 0, 0, 1000, at="2026-03-12T23:59:59.999Z"), "0.030000"),
    ("o3 before: 10+40", a("o3", 1000, 0, 0, 0, 1000, at="2025-06-09T23:59:59.999Z"), "0.050000"),
    ("and after: 2+8", a("o3", 1000, 0, 0, 0, 1000, at="2025-06-10T00:00:00.000Z"), "0.010000"),
    ("cheap hours: 0.15+0.6", a("deepseek-flash", 1000, 0, 0, 0, 1000, at="2026-11-20T00:59:59.999Z"), "0.000750"),
    ("dear ones: 0.3+1.2", a("deepseek-flash", 1000, 0, 0, 0, 1000, at="2026-11-20T01:00:00.000Z"), "0.001500"),
    ("until four: 0.3+1.2", a("deepseek-flash", 1000, 0, 0, 0, 1000, at="2026-11-20T03:59:59.999Z"), "0.001500"),
    ("and cheap again: 0.15+0.6", a("deepseek-flash", 1000, 0, 0, 0, 1000, at="2026-11-20T04:00:00Z"), "0.000750"),
    ("an answer without a time costs what it did first: 10+40",
     Answer("o3", 1000, 0, 0, 0, 1000, at=None), "0.050000"),
    # Fast mode and service tiers: a price of their own, or none.
    ("Opus 5 fast: 10+2+37.5+80+25", a("claude-opus-5", 1000, 2000, 3000, 4000, 500, tier="fast"), "0.154500"),
    ("Opus 5.5 fast: 8+0.8+30+64+20", a("claude-opus-5-5", 1000, 2000, 3000, 4000, 500, tier="fast"), "0.122800"),
    ("its searches cost the same", a("claude-opus-5", 0, 0, 0, 0, 0, 1, tier="fast"), "0.010000"),
    ("no fast price is known", a("claude-haiku-4-5", 1000, tier="fast"), None),
    ("nor for both at once", a("claude-opus-5", 1000, tier="priority+fast"), None),
    ("Opus 4.5 in a batch: 2.5+12.5", a("claude-opus-4-5", 1000, 0, 0, 0, 1000, tier="batch"), "0.015000"),
    ("whose price nobody wrote down before",
     a("claude-opus-4-5", 1000, tier="batch", at="2026-10-13T23:59:59.999Z"), None),
    ("o3 priority: 3.5+14", a("o3", 1000, 0, 0, 0, 1000, tier="priority"), "0.017500"),
    ("o3 flex: 1+0.5+4", a("o3", 1000, 2000, 0, 0, 1000, tier="flex"), "0.005500"),
    ("o3 default is standard: 2+8", a("o3", 1000, 0, 0, 0, 1000, tier="default"), "0.010000"),
    ("GPT-6.1 priority, large: 8*300+30", a("gpt-6.1-sol", 300_000, 0, 0, 0, 1000, tier="priority"), "2.430000"),
    ("a tier that nobody knows", a("claude-opus-4-5", 1000, tier="turbo"), None),
    # Names as gateways write them.
    ("Bedrock, in a region: 5.5+27.5",
     a("us.anthropic.claude-opus-4-5-20251101-v1:0", 1000, 0, 0, 0, 1000), "0.033000"),
    ("Bedrock, global: 5+25", a("global.anthropic.claude-opus-4-5-20251101-v1:0", 1000, 0, 0, 0, 1000), "0.030000"),
    ("OpenRouter's own: 0.3+1", a("qwen/qwen3-coder", 1000, 0, 0, 0, 1000), "0.001300"),
    ("with the size of the context: 3+15", a("claude-sonnet-4-5[1m]", 1000, 0, 0, 0, 1000), "0.018000"),
    # The user's own prices.
    ("2+4*2+8", a("house-model", 1000, 2000, 1000, 1000, 1000), "0.018000"),
    ("4+0.8+15+20+10", a("claude-opus-4-8", 1000, 2000, 3000, 4000, 500), "0.049800"),
    ("other tiers keep theirs: 10+50", a("claude-opus-4-8", 1000, 0, 0, 0, 1000, tier="fast"), "0.060000"),
    ("like Opus 5.5: 4+20", a("gateway-opus", 1000, 0, 0, 0, 1000), "0.024000"),
    ("and like it fast: 8+40", a("gateway-opus", 1000, 0, 0, 0, 1000, tier="fast"), "0.048000"),
    # Unpriced, never nothing and never a guess.
    ("a model to come", a("claude-opus-9", 1000), None),
    ("a sibling without a price", a("gpt-5.3-codex-spark", 1000), None),
    ("the program's own lines", a("<synthetic>", 1000), None),
    ("no name at all", a("unknown", 1000), None),
]  # fmt: skip


def test_costs_are_those_computed_by_hand(home: Path) -> None:
    """USERS 21, 22, 25, 26, 29."""
    assert len(GOLDEN) >= 60
    costs = cost_of(home, *(answer for _, answer, _ in GOLDEN), config=CONFIG)
    wrong = [
        (name, answer.model, expected, got)
        for (name, answer, expected), got in zip(GOLDEN, costs, strict=True)
        if micros(got) != (None if expected is None else Decimal(expected))
    ]
    assert not wrong, "\n".join(map(str, wrong))


@pytest.mark.parametrize("tier", ["fast", "priority", "priority+fast", "flex", "batch"])
def test_an_unknown_price_of_a_tier_is_no_price(home: Path, tier: str) -> None:
    """USERS 23."""
    assert cost_of(home, a("claude-3-opus-20240229", 1000, tier=tier)) == [None]


def micros(cost: int | None) -> Decimal | None:
    """Rounded as people round money."""
    return None if cost is None else Decimal((cost + 500) // 1000).scaleb(-6)
