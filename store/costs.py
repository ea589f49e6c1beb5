"""What responses cost: one integer formula, in SQL, over the rates in `price`; re-made when those change.

Whatever was written is priced and added to the sums at the end of its transaction, all at once.
"""

import sqlite3
from collections.abc import Sequence
from typing import NamedTuple

from msgspec.json import encode

from store.price_config import Override
from store.price_lookup import LookupFailed, Pair, Rate, look_up, unpriced
from store.price_standing import data_folder, said, say

MOST_TOKENS, MOST_SEARCHES = 10**8, 10**5
"""More than that is no answer but an error of whoever wrote it: unpriced, and no sum can overflow."""

# A remainder of a sum may be several answers, each small: so it is priced at the rates of the lowest size.
PRICE = f"""
insert or ignore into cost (response_key, price_key, usd_nanos)
select
    r.response_key,
    p.price_key,
    case
        when max(r.input_tokens, r.cache_read_tokens, r.cache_write_5m_tokens, r.cache_write_1h_tokens,
            r.output_tokens) <= {MOST_TOKENS} and r.web_searches <= {MOST_SEARCHES}
        then (
            r.input_tokens * p.input_picos
            + r.cache_read_tokens * p.cache_read_picos
            + r.cache_write_5m_tokens * p.cache_write_5m_picos
            + r.cache_write_1h_tokens * p.cache_write_1h_picos
            + r.output_tokens * p.output_picos
            + r.web_searches * p.web_search_picos
            + 500
        ) / 1000
    end
from response_to_price as w
cross join response as r using (response_key)
cross join price as p on p.price_key = (
    select q.price_key
    from price as q
    where q.model = r.model and q.tier = r.tier and q.starts_at <= coalesce(r.at, '')
        and q.from_time <= max('00:00', coalesce(substr(r.at, 12, 5), ''))
        and q.above_tokens < iif(
            r.evidence in ('growth', 'rest'),
            0,
            max(0, r.input_tokens + r.cache_read_tokens + r.cache_write_5m_tokens + r.cache_write_1h_tokens)
        )
    order by q.starts_at desc, q.from_time desc, q.above_tokens desc
    limit 1
)
"""  # noqa: S608 - two numbers
COUNTED = (
    "parts", "responses", "lower_bounds", "input_tokens", "cache_read_tokens", "cache_write_5m_tokens",
    "cache_write_1h_tokens", "output_tokens", "reasoning_tokens", "web_searches", "reported_usd_micros",
    "reported_responses", "usd_nanos", "unpriced_responses", "unpriced_tokens",
)  # fmt: skip
COUNT = f"""
insert into usage_quarter_hour (quarter, session_key, run_kind, model, tier, {", ".join(COUNTED)})
select
    r.quarter,
    r.session_key,
    r.run_kind,
    r.model,
    r.tier,
    count(*),
    sum(r.part = 0),
    sum(r.part = 0 and r.stop_reason is null),
    sum(r.input_tokens),
    sum(r.cache_read_tokens),
    sum(r.cache_write_5m_tokens),
    sum(r.cache_write_1h_tokens),
    sum(r.output_tokens),
    sum(r.reasoning_tokens),
    sum(r.web_searches),
    coalesce(sum(r.reported_usd_micros), 0),
    count(r.reported_usd_micros),
    coalesce(sum(c.usd_nanos), 0),
    sum(c.usd_nanos is null),
    coalesce(sum(
        r.input_tokens + r.cache_read_tokens + r.cache_write_5m_tokens + r.cache_write_1h_tokens + r.output_tokens
    ) filter (where c.usd_nanos is null), 0)
from response_to_price as w
cross join response as r using (response_key)
cross join cost as c using (response_key)
group by 1, 2, 3, 4, 5
on conflict do update set {", ".join(f"{name} = {name} + excluded.{name}" for name in COUNTED)}
"""  # noqa: S608 - names of columns
# Few have any, so it is no part of the above.
IS_TOLD = "select 1 from response where evidence = 'telemetry' limit 1"
COUNT_TOLD = """
update usage_quarter_hour as u
set telemetry_responses = u.telemetry_responses + t.responses, telemetry_tokens = u.telemetry_tokens + t.tokens
from (
    select
        r.quarter,
        r.session_key,
        r.run_kind,
        r.model,
        r.tier,
        count(*) as responses,
        sum(
            r.input_tokens + r.cache_read_tokens + r.cache_write_5m_tokens + r.cache_write_1h_tokens + r.output_tokens
        ) as tokens
    from response_to_price as w
    cross join response as r using (response_key)
    cross join cost as c using (response_key)
    where r.evidence = 'telemetry'
    group by 1, 2, 3, 4, 5
) as t
where u.quarter = t.quarter and u.session_key = t.session_key and u.run_kind = t.run_kind and u.model = t.model
    and u.tier = t.tier
"""
UNKNOWN = """
select distinct r.model, r.tier
from response_to_price as w
join response as r using (response_key)
where not exists (select 1 from price as p where p.model = r.model and p.tier = r.tier)
order by 1, 2
"""
FIELDS = Rate._fields
RATES = ", ".join(FIELDS)
INSERT = f"insert into price ({RATES}) values ({', '.join('?' * len(FIELDS))})"  # noqa: S608 - the names of fields
KNOWN = f"select {RATES} from price order by model, tier, starts_at, from_time, above_tokens"  # noqa: S608 - the same
RENEW = """
update price
set version = ?, reason = ?
where model = ? and tier = ? and starts_at = ? and from_time = ? and above_tokens = ?
"""
TAKE_BACK = (
    "create temp table changed (model text, tier text, primary key (model, tier)) without rowid",
    "insert into changed select value ->> 0, value ->> 1 from json_each(?)",
    "insert into response_to_price select response_key from response where is_copy = 0 and evidence <> 'progress'"
    " and (model, tier) in (select model, tier from changed)",
    "delete from usage_quarter_hour where (model, tier) in (select model, tier from changed)",
    "delete from cost where price_key in"
    " (select price_key from price where (model, tier) in (select model, tier from changed))",
    "delete from price where (model, tier) in (select model, tier from changed)",
    "drop table changed",
)
BY_MODEL = """
select model, sum(parts), sum(usd_nanos), sum(unpriced_responses)
from usage_quarter_hour
group by model
order by model
"""


class Worth(NamedTuple):
    """What all responses of a model cost."""

    responses: int = 0
    usd_nanos: int = 0
    unpriced: int = 0


class Change(NamedTuple):
    """A model before and after its responses were priced anew."""

    model: str
    before: Worth
    after: Worth


def price(connection: sqlite3.Connection) -> None:
    """Price the responses that were written in this transaction, and count them. Every writer ends with it."""
    (waiting,) = connection.execute("select count(*) from response_to_price").fetchone()
    if not waiting:
        return
    if connection.execute(PRICE).rowcount < waiting:
        pairs: list[Pair] = connection.execute(UNKNOWN).fetchall()
        connection.executemany(INSERT, _look_up_or_leave(connection, pairs))
        connection.execute(PRICE)
    connection.execute(COUNT)
    if connection.execute(IS_TOLD).fetchone():
        connection.execute(COUNT_TOLD)
    connection.execute("delete from response_to_price")


def reprice(connection: sqlite3.Connection, config: dict[str, Override], *, is_whole: bool = True) -> list[Change]:
    """Price all responses anew, or those alone whose rates are others now; says what each model cost and costs.

    In the caller's transaction, so that nobody sees a part of it.
    """
    before = _by_model(connection)
    known = _by_pair([Rate(*row) for row in connection.execute(KNOWN).fetchall()])
    fresh = _by_pair(look_up(list(known), config, data_folder(connection)))
    changed = sorted(pair for pair in fresh if is_whole or _said(fresh[pair]) != _said(known[pair]))
    same = [rate for pair, rates in fresh.items() if pair not in changed for rate in rates]
    connection.executemany(RENEW, [(r.version, r.reason, r.model, r.tier, *_place(r)) for r in same])
    if changed:
        for statement in TAKE_BACK:
            connection.execute(statement, (encode(changed).decode(),) if "?" in statement else ())
        connection.executemany(INSERT, [rate for pair in changed for rate in fresh[pair]])
        price(connection)
    say(connection, config)
    after = _by_model(connection)
    return [Change(model, before.get(model, Worth()), after[model]) for model in after]


def _look_up_or_leave(connection: sqlite3.Connection, pairs: Sequence[Pair]) -> list[Rate]:
    """What is new must be recorded also where the prices cannot be read: it is unpriced until they can be."""
    try:
        return look_up(pairs, said(connection), data_folder(connection))
    except LookupFailed as error:
        return unpriced(pairs, "", str(error))


def _by_model(connection: sqlite3.Connection) -> dict[str, Worth]:
    return {model: Worth(*sums) for model, *sums in connection.execute(BY_MODEL).fetchall()}


def _by_pair(rates: Sequence[Rate]) -> dict[Pair, list[Rate]]:
    found: dict[Pair, list[Rate]] = {}
    for rate in rates:
        found.setdefault((rate.model, rate.tier), []).append(rate)
    return found


def _said(rates: Sequence[Rate]) -> list[object]:
    """What a cost depends on: the rates, and whose they are."""
    return [(rate.provider, rate.matched, *rate[FIELDS.index("starts_at") :]) for rate in rates]


def _place(rate: Rate) -> tuple[str, str, int]:
    return rate.starts_at, rate.from_time, rate.above_tokens
