"""Prompts that were taken back: of a session that was rewound, those that its last prompt does not go on from."""

import sqlite3
from itertools import pairwise

from msgspec.json import encode

MARK = """
with recursive
    placed(prompt_id, previous, at, is_main, place) as (
        select p.prompt_id, p.previous, p.at, r.kind = 'main' and p.kind <> 'interruption',
            row_number() over (partition by p.generation_id order by p.at, p.prompt_id)
        from prompt as p
        join run as r using (run_key)
        where p.session_key = :session
    ),
    main(prompt_id, previous, at) as (
        -- parents are followed within a file: the first prompt of another file goes on from the latest before it
        select prompt_id,
            coalesce(previous, case when place = 1 then lag(prompt_id) over (order by at, prompt_id) end), at
        from placed
        where is_main
    ),
    thread(prompt_id) as (
        select prompt_id from (select prompt_id from main order by at desc, prompt_id desc limit 1)
        union
        select m.previous
        from thread as t
        join main as m using (prompt_id)
        where m.previous is not null
    )
update prompt
set is_abandoned = prompt_id not in (select prompt_id from thread)
where session_key = :session and prompt_id in (select prompt_id from main)
    and is_abandoned <> (prompt_id not in (select prompt_id from thread))
"""
SESSIONS = """
select session_key from session where is_rewound and session_key in (select value from json_each(?))
"""
LATEST = """
select p.prompt_id, p.previous, p.is_abandoned
from prompt as p
join run as r using (run_key)
where p.session_key = ? and r.kind = 'main' and p.kind <> 'interruption'
order by p.at desc, p.prompt_id desc
limit ?
"""
COUNT = """
select count(*)
from prompt as p
join run as r using (run_key)
where p.session_key = ? and p.prompt_id in (select value from json_each(?))
    and r.kind = 'main' and p.kind <> 'interruption'
"""


def mark_abandoned(connection: sqlite3.Connection, told: set[str], touched: set[int], rewound: set[int]) -> None:
    """Mark what was taken back of the sessions that a batch touched: it told these prompts, and rewound some."""
    for (session,) in connection.execute(SESSIONS, (encode(sorted(touched)).decode(),)).fetchall():
        if session in rewound or not _goes_on(connection, session, told):
            connection.execute(MARK, {"session": session})


def _goes_on(connection: sqlite3.Connection, session: int, told: set[str]) -> bool:
    """Whether what was told follows the last prompt known before, one after the other: then all marks are right."""
    latest = connection.execute(LATEST, (session, len(told) + 1)).fetchall()
    links = 0
    for (prompt, previous, is_abandoned), (before, _, was_abandoned) in pairwise(latest):
        if prompt not in told:
            break
        if is_abandoned or was_abandoned or previous != before:
            return False
        links += 1
    return links == connection.execute(COUNT, (session, encode(sorted(told)).decode())).fetchone()[0]
