"""The statements that read OpenCode's database, for the tables that it has.

A session whose log begins with its creation is told by the log alone. Of the others — older than the log, or with
their old events pruned — the tables are read too; a fact that both tell is the same fact.
"""

from collector.sources import Layout, Log, Table

TABLES = frozenset(("session", "message", "part"))

# What a row needs to know of the message it belongs to, and of its session.
MESSAGE = """
    s.parent_id as parent,
    m.time_created as message_at,
    case when json_valid(m.data) then m.data ->> '$.role' end as role,
    case when json_valid(m.data) then coalesce(m.data ->> '$.providerID', '') end as provider,
    case when json_valid(m.data) then coalesce(m.data ->> '$.modelID', '') end as model,
    case when json_valid(m.data) then json_type(m.data, '$.summary') = 'true' end as is_summary"""

LOG = Log(
    after=f"""
select e.rowid, e.id, e.type, e.aggregate_id as session, {MESSAGE}, e.data
from event as e
left join session as s on s.id = e.aggregate_id
left join message as m on m.id = case
    when not json_valid(e.data) then null
    when e.type like 'message.part.%' then e.data ->> '$.part.messageID'
    when e.type like 'message.updated.%' then e.data ->> '$.info.parentID'
end
where e.rowid > ?
order by e.rowid
limit ?
""",  # noqa: S608 - columns, written above
    last="select rowid from event where id in (select value from json_each(?)) order by rowid desc limit 1",
)

LOGGED = "exists (select 1 from event as e where e.aggregate_id = s.id and e.seq = 0 and e.type = 'session.created.1')"

SESSIONS = """
select s.rowid, 'session' as type, s.id as session, s.parent_id as parent, json_object('info', json_object(
    'id', s.id, 'parentID', s.parent_id, 'directory', s.directory, 'title', s.title, 'version', s.version,
    'time', json_object('created', s.time_created, 'updated', s.time_updated)
)) as data
from session as s
where s.rowid in (select value from json_each(:places))
"""
MESSAGES = f"""
select r.rowid, 'message' as type, r.session_id as session, r.id as own_id, r.time_updated as at, {MESSAGE}, r.data
from message as r
left join session as s on s.id = r.session_id
left join message as m on m.id = case when json_valid(r.data) then r.data ->> '$.parentID' end
where r.rowid in (select value from json_each(:places))
"""  # noqa: S608 - columns, written above
PARTS = f"""
select
    r.rowid, 'part' as type, r.session_id as session, r.id as own_id, r.message_id, r.time_updated as at, {MESSAGE},
    r.data
from part as r
left join session as s on s.id = r.session_id
left join message as m on m.id = r.message_id
where r.rowid in (select value from json_each(:places))
"""  # noqa: S608 - columns, written above


def layout(tables: frozenset[str]) -> Layout:
    """The statements for these tables; a ValueError says why none will do."""
    if not tables:
        raise ValueError("a database without tables")
    if missing := ", ".join(sorted(TABLES - tables)):
        raise ValueError(f"a database of an unknown layout: it has no table {missing}")
    log = LOG if "event" in tables else None
    told = "" if log is None else f"and not {LOGGED}"
    return Layout(
        log,
        (
            Table("session", _changed("session", "r.id", told), SESSIONS),
            Table("message", _changed("message", "r.session_id", told), MESSAGES),
            Table("part", _changed("part", "r.session_id", told), PARTS),
        ),
        newest="select max(time_updated) from session",
        witnesses="select id from session order by time_updated desc limit 64",
        known="select 1 from session where id in (select value from json_each(?)) limit 1",
    )


def _changed(table: str, session: str, told: str) -> str:
    """Sessions first, as a cross join keeps it: nothing is read of those that are old, or that the log tells of."""
    return f"""
select r.rowid, r.time_updated
from session as s
cross join {table} as r on {session} = s.id
where s.time_updated >= :since and r.time_updated >= :at {told}
order by r.time_updated, r.rowid
"""  # noqa: S608 - names of tables and columns, given above
