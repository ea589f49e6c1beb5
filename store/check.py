"""Whether a database holds together: its pages, as SQLite sees them, and its sums, which must be those of its rows.

A query over a damaged database mostly succeeds, so nobody may wait for one to fail.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing

from store.database import user_version
from store.empty import open_empty
from store.schema import newest
from store.usage_days import ALL, BELIEVED, PARTS_OF, SUMS

WRONG_SUMS = "sums that are not those of their rows:"
DAMAGE = ("SQLITE_CORRUPT", "SQLITE_NOTADB")
SMALL_PAGES = 16_384
"""Up to so many a database is checked in one go, its free pages too."""
CHECK_SETTINGS = ("pragma temp_store = file", "pragma cache_size = -4096", "pragma mmap_size = 0")

KEY = "quarter, session_key, run_kind, model, tier"
TOKENS = (
    "input_tokens", "cache_read_tokens", "cache_write_5m_tokens", "cache_write_1h_tokens", "output_tokens",
)  # fmt: skip
COUNTED = (*TOKENS, "reasoning_tokens", "web_searches")
ALL_TOKENS = " + ".join(f"r.{name}" for name in TOKENS)

QUARTERS = f"""
select {KEY}, parts, responses, lower_bounds, {", ".join(COUNTED)}, usd_nanos, unpriced_responses, unpriced_tokens,
    reported_usd_micros, reported_responses
from usage_quarter_hour
"""  # noqa: S608 - names of columns
ANSWERS = f"""
select r.quarter, r.session_key, r.run_kind, r.model, r.tier, count(*), sum(r.part = 0),
    sum(r.part = 0 and r.stop_reason is null), {", ".join(f"sum(r.{name})" for name in COUNTED)},
    coalesce(sum(c.usd_nanos), 0),
    sum(c.response_key is not null and c.usd_nanos is null),
    sum(iif(c.response_key is not null and c.usd_nanos is null, {ALL_TOKENS}, 0)),
    coalesce(sum(r.reported_usd_micros), 0), count(r.reported_usd_micros)
from response as r
left join cost as c using (response_key)
where r.is_copy = 0 and r.evidence <> 'progress'
group by 1, 2, 3, 4, 5
"""  # noqa: S608 - names of columns
DAYS = f"""
select day, account_id, model, {", ".join(SUMS)}
from usage_day
where day not in (select day from usage_day_to_sum)
"""  # noqa: S608 - names of columns
DAYS_OF_QUARTERS = f"""
select substr(u.quarter, 1, 10), s.account_id, u.model,
    {", ".join(f"sum(u.{BELIEVED.get(name, name)})" for name in SUMS)}
from usage_quarter_hour as u
join session as s using (session_key)
where substr(u.quarter, 1, 10) not in (select day from usage_day_to_sum)
group by 1, 2, 3
"""  # noqa: S608 - names of columns
PARTS = f"""
select day, account_id, model, quarter, {ALL}
from usage_part
where day not in (select day from usage_day_to_sum)
"""  # noqa: S608 - names of columns
PARTS_OF_QUARTERS = PARTS_OF.format(
    days="(select distinct day from usage_day where day not in (select day from usage_day_to_sum))"
)
WORDS = "select name, sql from sqlite_master"
SUMMED = {
    "quarter hours": (QUARTERS, ANSWERS),
    "days": (DAYS, DAYS_OF_QUARTERS),
    "parts of days": (PARTS, PARTS_OF_QUARTERS),
}


def is_damage(error: BaseException) -> bool:
    """Whether an error says that the file itself is damaged: not that the disk is full, or somebody busy."""
    name = getattr(error, "sqlite_errorname", "") or ""
    return isinstance(error, sqlite3.DatabaseError) and "_".join(name.split("_")[:2]) in DAMAGE


def flaw(connection: sqlite3.Connection, rest: Callable[[], object] = lambda: None) -> str:
    """The first thing that is wrong with this database, in words; "" when nothing is. rest is called between steps,
    none of which reads for longer than a table takes: who reads for long keeps the log from being emptied."""
    try:
        return next(_flaws(connection, rest), "")
    except sqlite3.DatabaseError as error:
        if is_damage(error):
            return str(error)
        raise


def _flaws(connection: sqlite3.Connection, rest: Callable[[], object]) -> Iterator[str]:
    for setting in CHECK_SETTINGS:
        connection.execute(setting)
    (pages,) = connection.execute("pragma page_count").fetchone()
    for table in ("",) if pages <= SMALL_PAGES else tables(connection):
        quoted = table.replace('"', '""')
        statement = f'pragma integrity_check("{quoted}")' if table else "pragma integrity_check"
        for (words,) in connection.execute(statement).fetchall():
            if words != "ok":
                yield words.splitlines()[-1]
        rest()
    if user_version(connection) != newest():  # its tables, and what is summed in them, may be others
        return
    yield from _words_that_changed(connection)
    for name, (kept, made) in SUMMED.items():
        if _differ(connection, kept, made):
            yield f"{WRONG_SUMS} {name}"
        rest()


def _words_that_changed(connection: sqlite3.Connection) -> Iterator[str]:
    """A letter in the words of a table or a view: SQLite reads them, and sees no fault."""
    with closing(open_empty()) as fresh:
        ours = set(connection.execute(WORDS))
        yield from (
            f"the words of {name} were changed" for name, words in fresh.execute(WORDS) if (name, words) not in ours
        )


def tables(connection: sqlite3.Connection) -> list[str]:
    """The names of all tables."""
    rows = connection.execute("select name from sqlite_master where type = 'table' order by name").fetchall()
    return [name for (name,) in rows]


def _differ(connection: sqlite3.Connection, kept: str, made: str) -> bool:
    """Whether two queries give other rows. One statement, so one view of the database."""
    query = f"select exists (select * from ({kept}) except select * from ({made}))"  # noqa: S608 - both from above
    other = f"select exists (select * from ({made}) except select * from ({kept}))"  # noqa: S608 - both from above
    (is_more, is_less) = connection.execute(f"select ({query}), ({other})").fetchone()
    return bool(is_more or is_less)
