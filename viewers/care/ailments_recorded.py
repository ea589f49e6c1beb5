"""The checks of `doctor` on what is recorded: the database, what could not be read, prices, the archive, backups."""

import os
import re
import time
from collections.abc import Iterator
from contextlib import closing
from sqlite3 import DatabaseError

from store import backup as backups
from store import price_table
from store.aside import all_aside
from store.check import flaw, is_damage
from store.database import NAME, open_reader, path_in
from store.errors import Damaged, FleetmeterError, NoDatabaseYet
from store.rescue import open_whole, replace_damaged
from viewers.care.ailments import BAD, DAY_S, NOTE, OK, WARN, Check, Finding, Patient
from viewers.screen import format

OLD_BACKUP_DAYS, OLD_PRICES_DAYS, TOLD_DAYS = 14, 120, 30
LATEST = "select max(at) from responses"
STATES = "select state, count(*), sum(rejected) from sources group by state order by state"
UNPRICED = """
select model
from usage_quarter_hours
where unpriced_tokens > 0
group by model
order by sum(unpriced_tokens) desc, model
"""
METERED = """
select
    count(distinct session_id),
    coalesce(sum(max(0, metered_tokens - counted_tokens)), 0),
    (select session_id from metered_tokens order by metered_tokens - counted_tokens desc, session_id limit 1)
from metered_tokens
"""
TROUBLED = ("unreadable", "unreachable", "skipped", "foreign")


def database(patient: Patient, name: str) -> Iterator[Finding]:
    """What lies there is ours, and whole."""
    path, began = path_in(patient.home), time.monotonic()
    try:
        with closing(open_reader(patient.home)) as reader:
            words = flaw(reader)
    except NoDatabaseYet:
        yield Finding(name, NOTE, "nothing is recorded yet", "`fleetmeter` records what there is")
        return
    except (Damaged, DatabaseError) as error:
        if not isinstance(error, Damaged) and not is_damage(error):
            raise
        words = str(error)
    if words:
        yield _damaged(patient, name, words)
        return
    took = format.seconds(time.monotonic() - began)
    log = os.path.getsize(f"{path}-wal") if os.path.exists(f"{path}-wal") else 0
    yield Finding(
        name, OK, f"{format.size(os.path.getsize(path))}, log {format.size(log)}; pages and sums are right ({took})"
    )


def aside(patient: Patient, name: str) -> Iterator[Finding]:
    """Databases that were put aside: told for a while, and never deleted by anybody but the user."""
    for one in all_aside(patient.home):
        is_new = patient.now_s - time.mktime(time.strptime(one.at, "%Y-%m-%dT%H:%M:%SZ")) < TOLD_DAYS * DAY_S
        state = WARN if is_new and "backup" not in one.reason else NOTE
        yield Finding(
            name, state, f"{one.at}: {one.reason}", f"it lies in {one.path}; delete it when you need it no more"
        )


def recorded(patient: Patient, name: str) -> Iterator[Finding]:
    """The newest answer, and what could not be read."""
    if not _can_be_read(patient):
        return
    with closing(open_reader(patient.home)) as reader:
        (latest,) = reader.execute(LATEST).fetchone()
        states = reader.execute(STATES).fetchall()
    files = ", ".join(f"{format.count(count)} {state}" for state, count, _ in states)
    yield Finding(name, OK, f"{files or 'no file'}; the newest answer {latest or 'has no time'}")
    for state, count, _ in states:
        if state in TROUBLED:
            yield Finding(
                name,
                WARN if state == "unreadable" else NOTE,
                f"{format.things(count, 'file')} {state}",
                "`fleetmeter sources` says why",
            )
    rejected = sum(refused or 0 for _, _, refused in states)
    if rejected:
        yield Finding(name, NOTE, f"{format.things(rejected, 'line')} refused", "`fleetmeter rejects` says why")


def prices(patient: Patient, name: str) -> Iterator[Finding]:
    """How old the table is, and what it does not know."""
    version = price_table.version(patient.home)
    day = re.search(r"update (\d{4}-\d{2}-\d{2})", version)
    age = (patient.now_s - time.mktime(time.strptime(day[1], "%Y-%m-%d"))) / DAY_S if day else 0.0
    yield Finding(
        name, NOTE if age > OLD_PRICES_DAYS else OK, version, "`fleetmeter prices update` fetches a newer table"
    )
    if not _can_be_read(patient):
        return
    with closing(open_reader(patient.home)) as reader:
        unpriced = [model for (model,) in reader.execute(UNPRICED)]
    if unpriced:
        more = f" and {len(unpriced) - 3} more" if unpriced[3:] else ""
        yield Finding(
            name, NOTE, f"no price is known of {', '.join(unpriced[:3])}{more}", "`[prices]` in config.toml can say it"
        )


def archive(patient: Patient, name: str) -> Iterator[Finding]:
    """What waits to be archived, as the collector tells it."""
    told = patient.status.get("archive")
    if not told or "backlogBytes" not in told:
        return
    if told.get("trouble"):
        yield Finding(name, BAD, str(told["trouble"]), "the log in the data folder may say more")
    backlog = f"{format.things(told.get('backlogFiles', 0), 'file')} waiting, {format.size(told['backlogBytes'])}"
    yield Finding(name, OK, f"{told.get('state', 'on')}; {backlog}")


def telemetry(patient: Patient, name: str) -> Iterator[Finding]:
    """Whether it can be taken, and what the agents' own meters know that nothing else does."""
    problem = patient.status.get("telemetry", {}).get("problem")
    if problem:
        yield Finding(name, WARN, str(problem), "`[telemetry]` in config.toml names the port; another may be free")
    if not _can_be_read(patient):
        return
    with closing(open_reader(patient.home)) as reader:
        sessions, more, most = reader.execute(METERED).fetchone()
    if not sessions:
        return
    if not more:
        yield Finding(name, OK, f"{format.things(sessions, 'session')} metered by the agents, all of it recorded")
        return
    yield Finding(
        name,
        NOTE,
        f"the agents' own meters tell of {format.tokens(more)} tokens more than is recorded, most in session {most}",
        "calls that ended while no collector listened; the view `metered_tokens` has all of them",
    )


def backup(patient: Patient, name: str) -> Iterator[Finding]:
    """How old the newest is."""
    newest = next(iter(backups.known(patient.home)), None)
    if newest is None:
        yield Finding(
            name, NOTE, "there is none", "`fleetmeter backup`, or `daily = true` under `[backup]` in config.toml"
        )
        return
    age = (patient.now_s - newest.at) / DAY_S
    yield Finding(
        name,
        NOTE if age > OLD_BACKUP_DAYS else OK,
        f"{newest.path}, {age:.0f} days old",
        "`fleetmeter backup` makes one",
    )


def _can_be_read(patient: Patient) -> bool:
    """Where it cannot, that is told already."""
    try:
        with closing(open_reader(patient.home)) as reader:
            reader.execute(STATES).fetchall()
    except (FleetmeterError, DatabaseError):
        return False
    return True


def _damaged(patient: Patient, name: str, words: str) -> Finding:
    if patient.status:
        return Finding(name, BAD, words, "`fleetmeter restart`: the collector puts it aside, and records anew")

    def fix(home: str) -> str:
        said = replace_damaged(home, words)
        connection, more = open_whole(home)
        connection.close()
        return more or said

    return Finding(name, BAD, words, f"`--fix` puts {NAME} aside whole, and records anew", fix, needs_recording=True)


CHECKS: tuple[tuple[str, Check], ...] = (
    ("database", database), ("aside", aside), ("recorded", recorded), ("prices", prices), ("archive", archive),
    ("telemetry", telemetry), ("backups", backup),
)  # fmt: skip
