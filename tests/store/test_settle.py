"""Rewinds: which prompts were left behind, found in time that grows with the prompts and not with their pairs."""

import random
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from store.database import open_writer, transaction
from store.rewound import MARK, mark_abandoned

STEP = 100  # of SQLite's own machine, between two counts


@pytest.fixture
def connection(home: Path) -> Iterator[sqlite3.Connection]:
    """A database with one session and its main run."""
    with closing(open_writer(home)) as connection:
        with transaction(connection):
            connection.execute("insert into device values (1, 'd', 'd')")
            connection.execute("insert into account values (1, 1, 'agent', '/root', 'root')")
            connection.execute("insert into session (session_key, account_id, session_id) values (1, 1, 's')")
            connection.execute("insert into run (run_key, session_key, run_id, kind) values (1, 1, 'main', 'main')")
        yield connection


def put(connection: sqlite3.Connection, number: int, previous: int | None, file: int = 1, kind: str = "prompt") -> None:
    """A prompt of the main run: its time follows its number."""
    connection.execute(
        """
        insert into prompt (
            prompt_id, session_key, run_key, at, kind, text, chars, images, previous, is_branch, generation_id,
            byte_offset
        )
        values (?, 1, 1, ?, ?, '', 0, 0, ?, 0, ?, 0)
        """,
        (f"p{number}", f"{number:06d}", kind, None if previous is None else f"p{previous}", file),
    )


def abandoned(connection: sqlite3.Connection) -> set[int]:
    with transaction(connection):
        connection.execute(MARK, {"session": 1})
    return {int(row[0][1:]) for row in connection.execute("select prompt_id from prompt where is_abandoned").fetchall()}


def test_what_no_thread_leads_to_is_abandoned(connection: sqlite3.Connection) -> None:
    for number, previous in enumerate((None, 0, 1, 0, 3)):
        put(connection, number, previous)
    assert abandoned(connection) == {1, 2}


def test_another_file_goes_on_from_the_latest_prompt_before_it(connection: sqlite3.Connection) -> None:
    for number, previous in enumerate((None, 0, 0)):
        put(connection, number, previous)
    put(connection, 3, 2, kind="interruption")
    put(connection, 4, None, file=2)
    put(connection, 5, None, file=2)  # not the first of its file: nothing is known of what it follows
    assert abandoned(connection) == {0, 1, 2, 4}
    put(connection, 6, 4, file=2)
    assert abandoned(connection) == {1, 5}


def one_file_of_rewinds(connection: sqlite3.Connection, count: int) -> None:
    for number in range(count):
        put(connection, number, number // 4 * 2 if number else None)


def one_file_without_parents(connection: sqlite3.Connection, count: int) -> None:
    for number in range(count):
        put(connection, number, None)


def a_file_for_each(connection: sqlite3.Connection, count: int) -> None:
    for number in range(count):
        put(connection, number, None, file=number)


def cost(connection: sqlite3.Connection) -> int:
    """How many steps SQLite takes to settle the session."""
    steps = 0

    def count() -> None:
        nonlocal steps
        steps += 1

    connection.set_progress_handler(count, STEP)
    abandoned(connection)
    connection.set_progress_handler(None, STEP)
    return steps


@pytest.mark.parametrize("lay", [one_file_of_rewinds, one_file_without_parents, a_file_for_each])
def test_four_times_the_prompts_cost_about_four_times_the_work(
    lay: Callable[[sqlite3.Connection, int], None], connection: sqlite3.Connection
) -> None:
    costs: list[int] = []
    for count in (500, 2000):
        with transaction(connection):
            connection.execute("delete from prompt")
            lay(connection, count)
        costs.append(cost(connection))
    assert costs[1] < 7 * costs[0]


def told_bit_by_bit(connection: sqlite3.Connection, dice: random.Random) -> tuple[set[int], set[int]]:
    """A session that is told in batches, out of order at times; gives what is marked then, and what should be."""
    connection.execute("update session set is_rewound = 1")
    numbers = list(range(12))
    if dice.random() < 0.5:
        one = dice.randrange(10)
        numbers[one : one + 3] = reversed(numbers[one : one + 3])
    while numbers:
        batch, numbers = numbers[: (size := dice.randint(1, 3))], numbers[size:]
        for number in batch:
            previous = number - 1 if dice.random() < 0.8 else dice.randrange(12)
            kind = "interruption" if dice.random() < 0.1 else "prompt"
            put(connection, number, previous if previous >= 0 else None, dice.choice((1, 1, 1, 2)), kind)
        mark_abandoned(connection, {f"p{number}" for number in batch}, {1}, set())
    found = {int(row[0][1:]) for row in connection.execute("select prompt_id from prompt where is_abandoned")}
    return found, abandoned(connection)


def test_what_goes_on_from_the_end_leaves_the_marks_as_they_are(connection: sqlite3.Connection) -> None:
    dice = random.Random(1)
    for _ in range(60):
        found, right = told_bit_by_bit(connection, dice)
        assert found == right
        connection.execute("delete from prompt")


def test_a_session_that_is_rewound_without_a_prompt_is_marked_anew(connection: sqlite3.Connection) -> None:
    for number, previous in enumerate((None, 0, 0)):
        put(connection, number, previous)
    connection.execute("update session set is_rewound = 1")
    mark_abandoned(connection, set(), {1}, set())
    assert not connection.execute("select 1 from prompt where is_abandoned").fetchall()
    mark_abandoned(connection, set(), {1}, {1})
    assert connection.execute("select prompt_id from prompt where is_abandoned").fetchall() == [("p1",)]
