"""How fast reports are: `daily` over a large and a small history, and the question below it over a million answers."""

import argparse
import statistics
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from exactness import differences
from programs import Run, Stage, ccusage, fleetmeter, median

ANSWERS = 1_000_000
DAYS, MODELS, SESSIONS_A_DAY = 365, 6, 12
# Bursts: a session answers every minute or so, for hours; a history that is all noise has no quarter hours to sum.
FILL = """
with recursive n(i) as (select 0 union all select i + 1 from n where i < :answers - 1)
insert into response (message_id, request_id, agent, part, session_key, run_key, run_kind, at, model, tier,
    input_tokens, cache_read_tokens, cache_write_5m_tokens, cache_write_1h_tokens, output_tokens, reasoning_tokens,
    web_searches, stop_reason, evidence, is_branch, generation_id, byte_offset, best_at, best_generation_id,
    best_byte_offset)
select 'm' || i, '', 'a', 0, 1 + i / :in_session, 1, iif(i % 7, 'main', 'subagent'),
    strftime('%Y-%m-%dT%H:%M:%S.000Z', 1767225600 + i / :in_day * 86400 + (i / :in_session % :sessions) * 5400
        + i % :in_session * 37, 'unixepoch'),
    'model-' || (i / 40 % :models), 'standard', i % 50, i % 90000, i % 900, i % 90, i % 2000, 0, 0, 'end_turn',
    'transcript', 0, 1, i, '', 1, 0
from n
"""
INDEX = """
create index best on response (substr(at, 1, 10), model, is_copy, evidence, input_tokens, cache_read_tokens,
    cache_write_5m_tokens, cache_write_1h_tokens, output_tokens)
"""
BY_INDEX = """
select substr(at, 1, 10), model, sum(input_tokens), sum(cache_read_tokens), sum(cache_write_5m_tokens),
    sum(cache_write_1h_tokens), sum(output_tokens)
from response indexed by best
where is_copy = 0 and evidence <> 'progress'
group by 1, 2
"""


def measure_reports(
    args: argparse.Namespace, corpora: dict[int, Path], bare: list[str], show: Callable[[str, list[Run]], None],
    bar: Callable[[str, float, float], None],
) -> list[str]:  # fmt: skip
    """`daily` as JSON and as CSV at both sizes, in turn with the bare interpreter, and a few times with ccusage."""
    stages: dict[int, Stage] = {}
    wrong = list[str]()
    for megabytes, corpus in corpora.items():
        stages[megabytes] = Stage(args.work, f"reports-{megabytes}", corpus)
        stages[megabytes].renew()
        stages[megabytes].run(fleetmeter(args.command))
        wrong += differences(stages[megabytes].data, corpus)
    small, large = sorted(stages)
    daily = [*fleetmeter(args.command)[:-2], "daily"]
    runs: dict[str, list[Run]] = {name: [] for name in ("bare", "json", "csv", "json, small", "ccusage")}
    peer = Stage(args.work, "ccusage", corpora[large])
    peer.renew()
    for number in range(args.runs):
        runs["bare"].append(stages[large].run(bare))
        runs["json"].append(stages[large].run([*daily, "--json"]))
        runs["csv"].append(stages[large].run([*daily, "--csv"]))
        runs["json, small"].append(stages[small].run([*daily, "--json"]))
        if number < 5:
            runs["ccusage"].append(peer.run(ccusage(args.tools.resolve())))
    for name, found in runs.items():
        show(name, found)
    wall = {name: median(found, "wall_s") for name, found in runs.items()}
    bar("daily --json / ccusage", wall["json"] / wall["ccusage"], 1 / 25)
    bar("daily --json / python -I -c pass", wall["json"] / wall["bare"], 4)
    bar("daily --csv / python -I -c pass", wall["csv"] / wall["bare"], 4)
    bar(f"daily --json at {large} MB / at {small} MB", wall["json"] / wall["json, small"], 1.2)
    return wrong


def measure_query(
    work: Path, runs: int, say: Callable[[str], None], bar: Callable[[str, float, float], None]
) -> list[str]:
    """All of a million answers by day and model: from the sums, and from the best covering index that there is."""
    from store.costs import price
    from store.database import open_reader, open_writer, transaction
    from store.usage_days import sum_days
    from viewers import query
    from viewers.reports import usage
    from viewers.reports.scope import Scope
    from viewers.reports.zone import chosen

    home = work / "million"
    in_day = ANSWERS // DAYS + 1
    numbers = {"answers": ANSWERS, "models": MODELS, "in_day": in_day, "sessions": SESSIONS_A_DAY,
               "in_session": in_day // SESSIONS_A_DAY + 1}  # fmt: skip
    with closing(open_writer(home)) as writer:
        with transaction(writer):
            writer.execute("insert into device values (1, 'd', 'd')")
            writer.execute("insert into account values (1, 1, 'a', '/', 'a')")
            writer.execute(FILL, numbers)
            writer.execute(
                "insert into session (session_key, account_id, session_id)"
                " select distinct session_key, 1, session_key from response"
            )
            price(writer)
            sum_days(writer)
        writer.execute(INDEX)
    with closing(open_reader(home)) as reader:
        zones = ("UTC", "Europe/Berlin", "Asia/Kolkata", "Asia/Kathmandu", "America/Los_Angeles")
        asked = {zone: usage.parameters(Scope(chosen(zone), time.time()), "day") for zone in zones}
        took: dict[str, list[float]] = {name: [] for name in ("index", *zones)}
        for _ in range(runs):
            found = timed(took["index"], lambda: reader.execute(BY_INDEX).fetchall())
            rows = timed(took["UTC"], lambda: query.grouped(reader, usage.DAYS, **asked["UTC"]))
            for zone in zones[1:]:
                timed(took[zone], lambda zone=zone: query.grouped(reader, usage.DAYS, **asked[zone]))
            if sum(row[6] for row in found) != sum(row[5] for row in rows):
                return ["a million answers: the sums differ from the answers"]
        quarters = reader.execute("select count(*) from usage_quarter_hour").fetchone()[0]
        days = reader.execute("select count(*) from usage_day").fetchone()[0]
    say(f"{ANSWERS:,} answers in {quarters:,} rows of quarter hours and {days:,} of days")
    for name, seconds in took.items():
        say(f"  {name:16}{statistics.median(seconds) * 1000:9.1f} ms")
    for zone in zones:
        ratio = statistics.median(took[zone]) / statistics.median(took["index"])
        bar(f"daily in {zone} / best covering index", ratio, 1 / 15)
    return []


def timed(into: list[float], work: Callable[[], list[Any]]) -> list[Any]:
    """The answer; how long it took is noted."""
    begin = time.perf_counter()
    found = work()
    into.append(time.perf_counter() - begin)
    return found
