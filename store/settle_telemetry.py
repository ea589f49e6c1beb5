"""Answers that telemetry tells of, and those of transcripts: one call is counted once, whichever came first, and when.

They are joined by the id of the request. Where a transcript holds the call, it counts, and what telemetry tells gives
way; but telemetry only speaks of calls that ended, so where it tells of more output, the transcript's line was written
before the end, and takes the whole measure over. Of a session whose transcript names no requests nothing is sure: what
telemetry tells of it is not added to anything.
"""

import sqlite3

from msgspec.json import encode

from store.batch import Rows
from store.costs import IS_TOLD, price
from store.facts import Response
from store.merge import MEASURED
from store.price_lookup import CONFIG
from store.write_responses import Key, Stored, load, replace

TOLD_TOO = [name for name in MEASURED if name not in ("model", "tier")]
ROUNDED = 10**6  # picos: what an agent says of money is rounded to a millionth of a dollar

# Made when the first call is told of: most databases never need it, and it would slow every import down.
INDEX = "create index if not exists response_of_request on response (request_id, session_key)"
TOLD = """
select message_id
from response
where agent = :agent and evidence = 'telemetry' and (
    request_id in (select value from json_each(:requests)) or session_key in (select value from json_each(:sessions))
)
"""
HELD = """
select distinct message_id
from response
where request_id in (select value from json_each(?)) and agent = ? and evidence not in ('telemetry', 'progress')
"""
IS_UNNAMED = """
select 1 from response where request_id = '' and session_key = ? and evidence not in ('telemetry', 'progress') limit 1
"""
# A cache write for an hour costs more than one for five minutes: what the agent says that a call cost tells them apart.
UNSPLIT = """
select r.message_id, r.session_key, r.cache_write_5m_tokens, 1000000 * r.reported_usd_micros - 1000 * c.usd_nanos,
    q.cache_write_1h_picos - q.cache_write_5m_picos
from response as r
join cost as c using (response_key)
join price as q using (price_key)
where r.message_id in (select value from json_each(?)) and r.agent = ? and r.best_at = '' and r.part = 0
    and r.cache_write_1h_tokens = 0 and r.cache_write_5m_tokens > 0 and r.reported_usd_micros is not null
    and c.usd_nanos is not null and coalesce(q.provider, '') <> ?
"""


def settle_telemetry(connection: sqlite3.Connection, rows: Rows, keys: list[int]) -> set[str]:
    """Settle the calls that this batch touched; keys are those of its sessions. Gives the answers that may be split."""
    if not rows.responses or connection.execute(IS_TOLD).fetchone() is None:
        return set()
    connection.execute(INDEX)
    requests = {row[3] for row in rows.responses if row[3]}
    unnamed = keys if any(not row[3] for row in rows.responses) else []
    asked = {"agent": rows.agent, "requests": encode(sorted(requests)).decode(), "sessions": encode(unnamed).decode()}
    told = {row[0] for row in connection.execute(TOLD, asked).fetchall()}
    if not told:
        return set()
    calls = _by_request(load(connection, rows.agent, told))
    ids = (encode(sorted(calls)).decode(), rows.agent)
    held = {row[0] for row in connection.execute(HELD, ids).fetchall()}
    answers = _by_request(load(connection, rows.agent, held))
    changed: list[Stored] = []
    for request_id, copies in calls.items():
        changed += _settle(connection, copies, answers.get(request_id, []))
    replace(connection, changed)
    return told | held


def split_writes(connection: sqlite3.Connection, agent: str, message_ids: set[str]) -> None:
    """Tell cache writes for an hour from those for five minutes, by what they cost: after they were priced."""
    if not message_ids:
        return
    asked = (encode(sorted(message_ids)).decode(), agent, CONFIG)
    hours: dict[tuple[str, int], int] = {}
    for message_id, session, written, more, each in connection.execute(UNSPLIT, asked).fetchall():
        hour = round(more / each) if each > 0 else 0
        if 0 < hour <= written and abs(hour * each - more) <= ROUNDED:
            hours[message_id, session] = hour
    changed: list[Stored] = []
    for (message_id, _), copies in load(connection, agent, {key[0] for key in hours}).items():
        for session, copy in copies:
            hour = hours.get((message_id, session), 0)
            copy.cache_write_1h_tokens += hour
            copy.cache_write_5m_tokens -= hour
            changed += [(session, copy)] if hour else []
    replace(connection, changed)
    price(connection)


def _by_request(copies: dict[Key, list[Stored]]) -> dict[str, list[Stored]]:
    found: dict[str, list[Stored]] = {}
    for (_, request_id), stored in copies.items():
        found.setdefault(request_id, []).extend(stored)
    return found


def _settle(connection: sqlite3.Connection, calls: list[Stored], answers: list[Stored]) -> list[Stored]:
    """Those that are not what they were."""
    changed: list[Stored] = []
    first = min(calls, key=lambda stored: (stored[1].at or "", stored[0]))
    for session, call in calls:
        is_unsure = connection.execute(IS_UNNAMED, (session,)).fetchone() is not None
        is_copy = bool(answers) or call is not first[1] or is_unsure
        if bool(call.is_copy) is not is_copy:
            call.is_copy = is_copy
            changed.append((session, call))
    if len({answer.message_id for _, answer in answers}) == 1:
        best = max((call for _, call in calls), key=lambda call: (call.output_tokens, call.best_byte_offset))
        changed += [(session, answer) for session, answer in answers if _raise(answer, best)]
    return changed


def _raise(answer: Response, call: Response) -> bool:
    """Tell of the answer what the call told more; True where that is something."""
    has_ended = answer.stop_reason is None
    if has_ended:
        answer.stop_reason = call.stop_reason
    if call.output_tokens <= answer.output_tokens:
        return has_ended
    # Its best_at is empty: any line of a transcript that tells of as much output goes before it, whenever it is read.
    for name in TOLD_TOO:
        setattr(answer, name, getattr(call, name))
    return True
