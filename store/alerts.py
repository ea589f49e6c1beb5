"""Alerts as they are stored: opened once, renewed, acknowledged, ended; and who is to be told."""

import sqlite3
from collections.abc import Iterable
from typing import NamedTuple

from store.alert_config import Sink

KEPT = 1000
"""Alerts whose deliveries are kept, beside all that still wait."""
MOST_WAITING = 100
"""Messages that wait for one sink; the oldest of more are given up."""

STANDING = """
select alert_id, rule, subject, level, first_at, ended_at is null
from alert
where ended_at is null
union all
select max(alert_id), rule, subject, level, first_at, 0
from alert as t
where first_at >= ? and ended_at is not null
    and not exists (select 1 from alert as o where o.rule = t.rule and o.subject = t.subject and o.ended_at is null)
group by rule, subject
"""
OPEN = """
insert into alert (rule, subject, agent, account, project, session_id, level, text, detail, first_at, last_at)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?10)
"""
RENEW = "update alert set level = ?, text = ?, detail = ?, last_at = ?, ended_at = null where alert_id = ?"
TELL = """
insert or ignore into alert_delivery (alert_id, sink, state, next_at, wants_end) values (?, ?, 'waiting', ?, ?)
"""
END = "update alert set ended_at = ? where alert_id = ?"
# Who was told that it began; as long as it may come back as the same alert, nothing is said of its end.
TELL_END = """
update alert_delivery set state = 'waiting', is_end = 1, tries = 0, next_at = max(:at, :until)
where alert_id = :id and state = 'sent' and wants_end = 1 and is_end = 0
    and not exists (select 1 from alert as t where t.alert_id = :id and t.acked_at is not null)
"""
TAKE_BACK = """
update alert_delivery set state = 'sent', is_end = 0, error = null
where alert_id = ? and state = 'waiting' and is_end = 1
"""
# It ended while its beginning was being told.
TELL_MISSED = """
update alert_delivery set state = 'waiting', is_end = 1, tries = 0
where state = 'sent' and wants_end = 1 and is_end = 0 and alert_id = ?
    and exists (select 1 from alert as t where t.alert_id = ?1 and t.ended_at is not null and t.acked_at is null)
"""
DUE = """
select t.alert_id, t.rule, t.subject, t.agent, t.account, t.project, t.session_id, t.level, t.text, t.detail,
    t.first_at, t.ended_at, y.tries
from alert_delivery as y
join alert as t using (alert_id)
where y.sink = ? and y.state = 'waiting' and y.next_at <= ?
order by t.alert_id
"""
NEXT = "select sink, min(next_at) from alert_delivery where state = 'waiting' group by sink"
SETTLE = """
update alert_delivery set state = ?, tries = tries + 1, next_at = ?, error = ?, is_end = max(is_end, ?)
where alert_id = ? and sink = ? and state = 'waiting'
"""
GIVE_UP = """
update alert_delivery set state = 'dead', error = 'too many others wait'
where state = 'waiting' and sink = ?1 and alert_id < (
    select alert_id from alert_delivery where state = 'waiting' and sink = ?1 order by alert_id desc limit 1 offset ?2
)
"""
FORGET = """
delete from alert_delivery
where state <> 'waiting' and alert_id <= (select max(alert_id) from alert) - ?
"""
ACK = """
update alert set acked_at = :at
where acked_at is null and ended_at is null and (:id is null or alert_id = :id)
returning alert_id
"""
HUSH = "delete from alert_delivery where alert_id = ? and state = 'waiting'"


class Reading(NamedTuple):
    """How something stands that a rule is about. since_s: when it became so; until_s: when it is over by itself."""

    rule: str
    subject: str
    level: float
    since_s: float
    text: str
    detail: str = ""
    """Words of a transcript: shown, and sent only where the user said so."""
    agent: str | None = None
    account: str | None = None
    project: str | None = None
    session_id: str | None = None
    until_s: float | None = None
    grows: bool = False
    """Whether the level is a time in seconds, which grows by itself."""


class Standing(NamedTuple):
    """An alert that goes on, or else the last one of its rule and subject."""

    alert_id: int
    rule: str
    subject: str
    level: float
    first_at: str
    is_there: int


class Change(NamedTuple):
    """open, renew, reopen or end. until: until when what ends may come back as the same alert."""

    act: str
    alert_id: int | None
    reading: Reading | None
    until: str = ""


class Told(NamedTuple):
    """An alert as it is sent."""

    alert_id: int
    rule: str
    subject: str
    agent: str | None
    account: str | None
    project: str | None
    session_id: str | None
    level: float
    text: str
    detail: str | None
    first_at: str
    ended_at: str | None = None
    tries: int = 0


class Settled(NamedTuple):
    """What became of a try. state: sent, dead, or waiting for the next one."""

    alert_id: int
    sink: str
    state: str
    next_at: str
    error: str | None
    is_end: bool = False
    """Whether it said that the alert is over."""


def standing(connection: sqlite3.Connection, since: str) -> list[Standing]:
    """Those that go on, and of the others the last of each rule and subject, if it began since then."""
    rows: list[tuple[int, str, str, float, str, int]] = connection.execute(STANDING, (since,)).fetchall()
    return [Standing(*row) for row in rows]


def apply(connection: sqlite3.Connection, changes: Iterable[Change], sinks: Iterable[Sink], at: str) -> None:
    """Write what was judged; whoever is to be told of a new one is noted with it, in the caller's transaction."""
    for act, alert_id, reading, until in changes:
        if reading is None:
            connection.execute(END, (at, alert_id))
            connection.execute(TELL_END, {"id": alert_id, "at": at, "until": until})
        elif act == "open":
            _open(connection, reading, sinks, at)
        else:
            connection.execute(RENEW, (reading.level, reading.text, reading.detail or None, at, alert_id))
            connection.execute(TAKE_BACK, (alert_id,))


def _open(connection: sqlite3.Connection, reading: Reading, sinks: Iterable[Sink], at: str) -> None:
    row = (reading.rule, reading.subject, reading.agent, reading.account, reading.project, reading.session_id,
           reading.level, reading.text, reading.detail or None, at)  # fmt: skip
    alert_id = connection.execute(OPEN, row).lastrowid
    wanted = [sink for sink in sinks if not sink.rules or reading.rule in sink.rules]
    connection.executemany(TELL, [(alert_id, sink.name, at, sink.has_end) for sink in wanted])
    for sink in wanted:
        connection.execute(GIVE_UP, (sink.name, MOST_WAITING - 1))


def due(connection: sqlite3.Connection, sink: str, at: str) -> list[Told]:
    """What that sink is to be told now, the oldest first."""
    return [Told(*row) for row in connection.execute(DUE, (sink, at)).fetchall()]


def next_due(connection: sqlite3.Connection) -> dict[str, str]:
    """When each sink is to be told again, of those that are."""
    return dict(connection.execute(NEXT).fetchall())


def settle(connection: sqlite3.Connection, settled: Iterable[Settled]) -> None:
    """Note what became of tries. What was sent stays sent, and the list of the dead stays short."""
    found = list(settled)
    connection.executemany(
        SETTLE, [(one.state, one.next_at, one.error, one.is_end, one.alert_id, one.sink) for one in found]
    )
    connection.executemany(TELL_MISSED, [(one.alert_id,) for one in found])
    connection.execute(FORGET, (KEPT,))


def orphan(connection: sqlite3.Connection, sinks: Iterable[str]) -> None:
    """Nobody waits for a sink that the configuration does not have any more."""
    names = connection.execute("select distinct sink from alert_delivery where state = 'waiting'").fetchall()
    gone = {name for (name,) in names} - set(sinks)
    connection.executemany(
        "update alert_delivery set state = 'dead', error = 'the configuration has no such sink any more' "
        "where sink = ? and state = 'waiting'",
        [(name,) for name in gone],
    )


def ack(connection: sqlite3.Connection, alert_id: int | None, at: str) -> int:
    """Acknowledge one, or all that are open; nobody is told of it any more. Says how many."""
    found = [row[0] for row in connection.execute(ACK, {"at": at, "id": alert_id}).fetchall()]
    connection.executemany(HUSH, [(one,) for one in found])
    return len(found)


def open_count(connection: sqlite3.Connection) -> int:
    """How many are open."""
    return connection.execute("select count(*) from alert where ended_at is null and acked_at is null").fetchone()[0]
