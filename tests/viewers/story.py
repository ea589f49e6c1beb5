"""Seven weeks of two agents, as the ledger writes them: days alike, one of them out of line, no Sundays, pauses."""

import sqlite3
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

from store.database import NAME
from tests.viewers.ledger import Answer, Asked

FIRST = date(2026, 10, 5)  # a Monday
DAYS = 47
"""Until Friday, 20 November."""
SPIKE = "2026-11-17"


def answers() -> list[Answer]:
    """Each day a session of a few answers; on one day another with many subagents."""
    told: list[Answer] = []
    for number in range(DAYS):
        day = FIRST + timedelta(number)
        if day.weekday() == 6:
            continue
        told += _day(day.isoformat(), number)
    told += _spike()
    told.append(Answer("2026-11-19T09:30:00.000Z", "mystery", 2, 202, tokens=(900, 4_000, 0, 0, 30_000)))
    told.append(Answer("2026-11-20T14:20:00.000Z", "model-b", 1, 101, tokens=(90, 700, 0, 0, 8_000), has_end=False))
    return told


def _day(day: str, number: int) -> list[Answer]:
    write = 60_000 + number % 5 * 2_000
    prompts = (f"p{number}-1", f"p{number}-2")
    branch = "topic" if number % 3 == 0 else "main"

    def answer(time: str, prompt: int, branch: str, *tokens: int) -> Answer:
        of_kinds = (tokens[0], tokens[1], tokens[2], 0, tokens[3])
        return Answer(f"{day}T{time}.000Z", "model-b", 0, number, "main", branch, of_kinds, prompt=prompts[prompt])

    return [
        answer("09:00:10", 0, "main", 40, 900, write, 0),
        answer("09:02:00", 0, "main", 8, 2_500, 4_000, write),
        # Half an hour later what was cached is gone.
        answer("09:32:10", 1, branch, 8, 1_200, write + 5_000, 0),
    ]


def _spike() -> list[Answer]:
    own = [Answer(f"{SPIKE}T13:00:00.000Z", "model-b", 1, 301, tokens=(40, 3_000, 90_000, 0, 0), prompt="s-1")]
    own += [
        Answer(
            f"{SPIKE}T13:{minute:02d}:00.000Z", "model-b", 1, 301, "subagent", tokens=(900, 9_000, 40_000, 0, 700_000)
        )
        for minute in range(1, 25)
    ]
    return own


def prompts() -> list[Asked]:
    """What was asked each day."""
    asked: list[Asked] = []
    for number in range(DAYS):
        day = (FIRST + timedelta(number)).isoformat()
        if date.fromisoformat(day).weekday() != 6:
            asked.append(Asked(f"p{number}-1", f"{day}T09:00:00.000Z", number, "read the issue\nand plan the change"))
            asked.append(Asked(f"p{number}-2", f"{day}T09:32:00.000Z", number, "go on, but\x1b[31m mind the tests"))
    asked.append(Asked("s-1", f"{SPIKE}T12:59:50.000Z", 301, "<command-name>/sweep</command-name>", "slash_command"))
    return asked


def plans(connection: sqlite3.Connection) -> None:
    """What status lines and others told of plan limits: account, source, span, end, percent, first and last time."""
    week, five, minutes = (
        "2026-11-22T09:00:00.000Z",
        "2026-11-20T17:00:00.000Z",
        {"seven_day": 10_080, "five_hour": 300},
    )
    for account, source, span, resets_at, used, first, last in (
        (1, "status", "seven_day", week, 5, "16T09:02:30", "16T09:40:00"),
        (1, "status", "seven_day", week, 9, "16T20:00:00", "16T20:30:00"),
        (1, "status", "seven_day", week, 14, "18T09:32:30", "18T10:00:00"),
        (1, "status", "seven_day", week, 25, "19T09:31:00", "19T09:31:30"),
        (1, "status", "seven_day", week, 31, "20T09:33:00", "20T09:40:00"),
        (1, "status", "five_hour", "2026-11-20T12:00:00.000Z", 48, "20T09:32:30", "20T09:40:00"),
        (2, "status", "five_hour", "2026-11-17T17:30:00.000Z", 40, "17T13:10:00", "17T13:10:00"),
        (2, "status", "five_hour", "2026-11-17T17:31:00.000Z", 62, "17T13:25:00", "17T14:00:00"),
        (2, "stream", "five_hour", "2026-11-19T15:00:00.000Z", 30, "19T11:00:00", "19T11:30:00"),
        (2, "stream", "five_hour", "2026-11-19T17:00:00.000Z", 3, "19T12:05:00", "19T12:05:00"),
        (2, "status", "five_hour", five, 20, "20T13:00:00", "20T13:30:00"),
        (2, "status", "five_hour", five, 55, "20T14:21:00", "20T14:21:00"),
        (2, "asked", "five_hour", five, 70, "20T14:50:00", "20T15:08:00"),
        (2, "asked", "seven_day_model-b", "2026-11-24T00:00:00.000Z", 8.5, "20T11:00:00", "20T12:00:00"),
        (2, "asked", "extra_usage", "", 12.5, "20T15:08:00", "20T15:08:00"),
    ):
        connection.execute(
            "insert into limit_level (account_id, source, limit_id, span, resets_at, used_percent, window_minutes,"
            " first_at, last_at) values (?, ?, 'plan', ?, ?, ?, ?, ?, ?)",
            (account, source, span, resets_at, used, minutes.get(span[:9]), f"2026-11-{first}.000Z",
             f"2026-11-{last}.000Z"),
        )  # fmt: skip


def work(home: Path) -> None:
    """What tools did on the last days: calls of each outcome, files, calls of a model that failed; plan limits."""
    outcomes = ("ok", "ok", "ok", "error", "rejected", "interrupted", None, "ok")
    with closing(sqlite3.connect(home / NAME)) as connection, connection:
        for number in range(96):
            day = (FIRST + timedelta(DAYS - 1 - number % 4)).isoformat()
            name = ("Bash", "Edit", "Read", "mcp__notes\x07__write")[number % 4 if number % 3 else 1]
            outcome = outcomes[number % len(outcomes)]
            session = DAYS - number % 4
            connection.execute(
                "insert into tool_call (tool_use_id, session_key, run_key, name, started_at, ended_at, outcome,"
                " duration_ms, result_bytes, is_branch, generation_id) values (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 1)",
                (f"t{number}", session, session, name, f"{day}T09:{number % 30:02d}:00.000Z",
                 f"{day}T09:{number % 30:02d}:02.500Z" if outcome else None, outcome,
                 number * 37 if number % 2 else None, number * 1_000),
            )  # fmt: skip
            if name == "Edit":
                connection.execute(
                    "insert into touch values (?, ?, ?, 'edit', ?, ?)",
                    (f"t{number}", session, f"/src/app/\u4f60\u597d/{'deep/' * (number % 7)}file.py",
                     *((None, None) if number % 8 == 7 else (number, number // 2))),
                )  # fmt: skip
        plans(connection)
        for number, status in enumerate((529, 529, 429, None)):
            connection.execute(
                "insert into message (uuid, block, session_key, run_key, at, kind, chars, status, is_branch,"
                " generation_id) values (?, 0, 47, 47, '2026-11-20T09:10:00.000Z', ?, 0, ?, 0, 1)",
                (f"e{number}", "retry" if number == 1 else "error", status),
            )
