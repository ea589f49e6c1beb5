"""Answers of any agents, projects, branches, models and times, written as the collector writes them."""

import random
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from store.costs import price
from store.database import open_writer, transaction
from store.schema import FOLDER
from store.usage_days import sum_days

RATES = {"model-a-20250101": 3_000_000, "model-b": 15_000_000, "model-c": 250_001}
"""Model → picodollars of a token of input; output costs five times that. All others are unpriced."""
UNPRICED = ("mystery", "=cmd()")
AGENTS = ("one", "two")
PROJECTS = ("/src/app", "/src/web site", "/srv/-infra")


class Answer(NamedTuple):
    """One billed answer."""

    at: str | None
    model: str = "model-a-20250101"
    project: int = 0
    session: int = 0
    kind: str = "main"
    branch: str | None = "main"
    tokens: tuple[int, int, int, int, int] = (3, 10, 20, 30, 40)
    """Input, output, 5-minute writes, 1-hour writes, reads."""
    reported: int | None = None
    has_end: bool = True
    evidence: str = "transcript"
    prompt: str | None = None


class Asked(NamedTuple):
    """One prompt."""

    prompt_id: str
    at: str
    session: int = 0
    text: str = "go on"
    kind: str = "prompt"


def keep(
    home: Path,
    answers: Iterable[Answer],
    prompts: Iterable[Asked] = (),
    *,
    is_summed: bool = True,
    folder: Path = Path(FOLDER),
) -> None:
    """Write them all, priced; is_summed leaves no day waiting."""
    with closing(open_writer(home, folder=folder)) as connection:
        with transaction(connection):
            _ground(connection)
            _write(connection, list(answers))
            _ask(connection, prompts)
            if folder != Path(FOLDER):
                connection.execute("delete from usage_quarter_hour")  # once triggers counted; now who prices does
            price(connection)
        if is_summed:
            with transaction(connection):
                sum_days(connection)


def some(seed: int, number: int = 120) -> list[Answer]:
    """Answers over a year, thick around the days on which clocks change, some without a time, price or end."""
    chance = random.Random(seed)
    changes = ("2026-03-08T07:00", "2026-03-29T01:00", "2026-04-04T15:00", "2026-10-03T15:30", "2026-10-25T01:00",
               "2026-11-01T06:00")  # fmt: skip
    answers: list[Answer] = []
    for _ in range(number):
        middle = datetime.fromisoformat(chance.choice(changes)).replace(tzinfo=UTC)
        minutes = chance.choice((90, 2_000, 200_000))
        at = middle + timedelta(minutes=chance.randint(-minutes, minutes), seconds=chance.randint(0, 59))
        model = chance.choice((*RATES, *UNPRICED))
        project = chance.randrange(len(PROJECTS))
        answers.append(
            Answer(
                None if chance.random() < 0.03 else at.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
                model,
                project,
                project * 10 + chance.randrange(3),
                chance.choice(("main", "main", "subagent", "workflow")),
                chance.choice(("main", "topic", None)),
                (chance.randrange(9), chance.randrange(900), chance.randrange(99), chance.randrange(99), 7),
                chance.choice((None, None, 1_234)),
                chance.random() > 0.1,
            )
        )
    return answers


def _ground(connection: sqlite3.Connection) -> None:
    connection.execute("insert into device (device_id, device, name) values (1, 'd', 'desk')")
    for number, agent in enumerate(AGENTS, 1):
        connection.execute("insert into account values (?, 1, ?, ?, ?)", (number, agent, f"/{agent}", f"acc-{agent}"))
    for project in PROJECTS:
        connection.execute("insert into place (device_id, cwd, project) values (1, ?, ?)", (project, project))
    for model in (*RATES, *UNPRICED):
        rate = RATES.get(model)
        connection.execute(
            "insert into price values (null, 'table 1', ?, 'standard', ?, ?, 'by its name', '', '00:00', -1,"
            " ?, ?, ?, ?, ?, ?)",
            (
                model,
                *((None, None) if rate is None else ("maker", model)),
                *([None] * 6 if rate is None else (rate, rate // 10, rate * 5 // 4, rate * 2, rate * 5, 0)),
            ),
        )


def _write(connection: sqlite3.Connection, answers: list[Answer]) -> None:
    for session in sorted({answer.session for answer in answers}):
        own = [answer for answer in answers if answer.session == session]
        times = sorted(answer.at for answer in own if answer.at)
        connection.execute(
            "insert into session (session_key, account_id, session_id, first_at, last_at, cwd)"
            " values (?, ?, ?, ?, ?, ?)",
            (session + 1, session % len(AGENTS) + 1, f"session-{session:02d}", times[0] if times else None,
             times[-1] if times else None, PROJECTS[own[0].project]),
        )  # fmt: skip
        connection.execute(
            "insert into run (run_key, session_key, run_id, kind) values (?, ?, 'main', 'main')",
            (session + 1, session + 1),
        )
    for number, answer in enumerate(answers):
        read_in, out, write_5m, write_1h, read = answer.tokens
        connection.execute(
            "insert into response (message_id, request_id, agent, part, session_key, run_key, run_kind, branch, at,"
            " ended_at, model, tier, input_tokens, cache_read_tokens, cache_write_5m_tokens, cache_write_1h_tokens,"
            " output_tokens, reasoning_tokens, web_searches, reported_usd_micros, stop_reason, evidence, is_branch,"
            " generation_id, byte_offset, best_at, best_generation_id, best_byte_offset, prompt_id)"
            " values (?, '', ?, 0, ?, ?, ?, ?, ?, ?, ?, 'standard', ?, ?, ?, ?, ?, 0, 0, ?, ?, ?, 0, 1, ?,"
            " '', 1, 0, ?)",
            (f"m{number}", AGENTS[answer.session % len(AGENTS)], answer.session + 1, answer.session + 1, answer.kind,
             answer.branch, answer.at, answer.at, answer.model, read_in, read, write_5m, write_1h, out,
             answer.reported, "end_turn" if answer.has_end else None, answer.evidence,
             number, answer.prompt),
        )  # fmt: skip


def _ask(connection: sqlite3.Connection, prompts: Iterable[Asked]) -> None:
    for number, asked in enumerate(prompts):
        connection.execute(
            "insert into prompt (prompt_id, session_key, run_key, at, kind, text, chars, images, is_branch,"
            " generation_id, byte_offset) values (?, ?, ?, ?, ?, ?, ?, 0, 0, 1, ?)",
            (asked.prompt_id, asked.session + 1, asked.session + 1, asked.at, asked.kind, asked.text, len(asked.text),
             number),
        )  # fmt: skip
