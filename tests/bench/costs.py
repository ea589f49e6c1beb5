"""What a corpus costs by our account and by ccusage's, model by model; and why, where they differ."""

import argparse
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from exactness import differences
from programs import Stage, ccusage, fleetmeter

# An answer above the size from which a model costs more is billed at the higher rates for all of its tokens. ccusage
# bills so only those tokens of each kind that lie above it: here, where no kind alone is so large, none at all.
BY_MODEL = """
select
    c.model,
    sum(c.usd) as usd,
    sum(iif(
        c.price_above_tokens is null,
        c.usd,
        (
            r.input_tokens * p.input_usd + r.cache_read_tokens * p.cache_read_usd
            + r.cache_write_5m_tokens * p.cache_write_5m_usd + r.cache_write_1h_tokens * p.cache_write_1h_usd
            + r.output_tokens * p.output_usd
        ) / 1e6
    )) as usd_at_the_lower_rates,
    count(c.price_above_tokens) as large,
    sum(
        r.input_tokens + r.cache_read_tokens + r.cache_write_5m_tokens + r.cache_write_1h_tokens + r.output_tokens
    ) as tokens
from costs as c
join responses as r using (agent, session_id, message_id, request_id, is_nested)
join prices as p on p.model = c.model and p.tier = c.tier and p.since is c.price_since and p.above_tokens is null
where not c.is_unpriced
group by c.model
order by c.model
"""
ROUNDING_USD = 1e-5


def measure_costs(args: argparse.Namespace, corpus: Path, say: Callable[[str], None]) -> list[str]:
    """Both count the same answers, and price them alike, but for large requests."""
    stage, peer = Stage(args.work, "costs", corpus), Stage(args.work, "ccusage", corpus)
    stage.renew()
    peer.renew()
    stage.run(fleetmeter(args.command))
    words = ccusage(args.tools.resolve())
    told = json.loads(peer.run([words[0], "session", "--json", "--offline"]).out)
    wrong = differences(stage.data, corpus)
    with closing(sqlite3.connect(f"file:{stage.data / 'fleetmeter.db'}?mode=ro", uri=True)) as reader:
        rows = reader.execute(BY_MODEL).fetchall()
    theirs = by_model(told["session"])
    for model, usd, at_lower, large, tokens in rows:
        their_usd, their_tokens = theirs.get(model, (0.0, 0))
        why = f", of which {usd - at_lower:.6f} for {large} large requests" if large else ""
        say(f"{model:28}{usd:14.6f} ours{their_usd:14.6f} theirs{usd - their_usd:+12.6f}{why}")
        if tokens == their_tokens and abs(at_lower - their_usd) > ROUNDING_USD:
            wrong.append(f"{model}: {at_lower} at the rates of small requests, by ccusage {their_usd}")
        if tokens != their_tokens:
            say(f"  ccusage counts {their_tokens - tokens:+d} tokens")
    return wrong


def by_model(rows: list[dict[str, Any]]) -> dict[str, tuple[float, int]]:
    """Model → its cost and its tokens, in all rows of a report."""
    found: dict[str, tuple[float, int]] = {}
    for one in (each for row in rows for each in row["modelBreakdowns"]):
        usd, tokens = found.get(one["modelName"], (0.0, 0))
        kinds = ("inputTokens", "outputTokens", "cacheCreationTokens", "cacheReadTokens")
        found[one["modelName"]] = (usd + one["cost"], tokens + sum(one[kind] for kind in kinds))
    return found
