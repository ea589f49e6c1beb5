"""The index of words holds what the facts say, no less and no more, whatever becomes of them."""

import random
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from store import words
from store.database import open_writer, transaction
from store.removal import remove, take_out

SAYINGS = ("read the issue", "déjà vu, naïve", "src/app/main.py", "", "日本語 text", "read it again and again")


@pytest.fixture
def facts(home: Path) -> Iterator[sqlite3.Connection]:
    """Three sessions of which nothing is known yet."""
    with closing(open_writer(home)) as connection:
        with transaction(connection):
            connection.execute("insert into device values (1, 'd', 'd')")
            connection.execute("insert into account values (1, 1, 'a', '/', 'a')")
            for key in (1, 2, 3):
                connection.execute(
                    "insert into session (session_key, account_id, session_id) values (?, 1, ?)", (key, f"s{key}")
                )
                connection.execute(
                    "insert into run (run_key, session_key, run_id, kind) values (?, ?, 'main', 'main')", (key, key)
                )
        yield connection


PROMPT = """
insert into prompt (prompt_id, session_key, run_key, at, kind, text, chars, images, is_branch, generation_id,
    byte_offset)
values (?, ?, ?, '2026-11-20T10:00:00.000Z', ?, ?, 1, 0, 0, 1, 0)
"""
MESSAGE = """
insert into message (uuid, block, session_key, run_key, at, kind, text, chars, is_branch, generation_id)
values (?, 0, ?, ?, '2026-11-20T10:00:00.000Z', 'reply', ?, 1, 0, 1)
"""
CALL = """
insert into tool_call (tool_use_id, session_key, run_key, name, target, started_at, is_branch, generation_id)
values (?, ?, ?, ?, ?, '2026-11-20T10:00:00.000Z', 0, 1)
"""


def say(connection: sqlite3.Connection, number: int, chance: random.Random) -> None:
    """A prompt, a reply and a call, in one of the sessions."""
    session = chance.randrange(1, 4)
    kind = chance.choice(("prompt", "injected"))
    connection.execute(PROMPT, (f"p{number}", session, session, kind, chance.choice(SAYINGS)))
    connection.execute(MESSAGE, (f"m{number}", session, session, chance.choice((None, *SAYINGS))))
    name = chance.choice((None, "Bash", "Read"))
    connection.execute(CALL, (f"t{number}", session, session, name, chance.choice((None, *SAYINGS))))


def held(connection: sqlite3.Connection) -> Counter[tuple[str, int, int]]:
    """Every word, and where it stands."""
    connection.execute("create virtual table temp.held using fts5vocab(main, search, instance)")
    found = Counter((term, doc, place) for term, doc, _, place in connection.execute("select * from held").fetchall())
    connection.execute("drop table temp.held")
    return found


def truth(connection: sqlite3.Connection) -> Counter[tuple[str, int, int]]:
    """The same, of an index made just now."""
    connection.execute("create virtual table temp.fresh using fts5 (words, tokenize = 'unicode61 remove_diacritics 2')")
    for fact, (key, columns, which) in words.FACTS.items():
        add = words.ADD.replace("into search", "into fresh").format(words=columns, fact=fact, key=key, which=which)
        (upto,) = connection.execute("select upto from search_cursor where fact = ?", (fact,)).fetchone()
        connection.execute(add, (0, upto))
    connection.execute("create virtual table temp.seen using fts5vocab(temp, fresh, instance)")
    found = Counter((term, doc, place) for term, doc, _, place in connection.execute("select * from seen").fetchall())
    connection.execute("drop table temp.seen")
    connection.execute("drop table temp.fresh")
    return found


def change(connection: sqlite3.Connection, chance: random.Random) -> None:
    """What writers do to facts: they say them otherwise, or take them out."""
    with transaction(connection):
        match chance.randrange(5):
            case 0:
                connection.execute(
                    "update prompt set text = ?, kind = ? where prompt_key % 3 = 0",
                    (chance.choice(SAYINGS), chance.choice(("prompt", "injected"))),
                )
            case 1:
                connection.execute(
                    "update message set text = ? where message_key % 4 = 1", (chance.choice((None, *SAYINGS)),)
                )
            case 2:
                connection.execute(
                    "update tool_call set name = coalesce(name, 'Edit'), target = ? where tool_call_key % 2 = 0",
                    (chance.choice((None, *SAYINGS)),),
                )
            case 3:  # so that the last keys are given out again
                connection.execute("delete from prompt where prompt_key > (select max(prompt_key) - 2 from prompt)")
                connection.execute("delete from tool_call where tool_call_key % 5 = 0")
            case _:
                take_out(connection, [chance.randrange(1, 4)])
                for key in (1, 2, 3):
                    connection.execute(
                        "insert or ignore into run (run_key, session_key, run_id, kind)"
                        " values (?, ?, 'main', 'main')", (key, key),
                    )  # fmt: skip


@pytest.mark.parametrize("seed", range(3))
def test_whatever_becomes_of_facts_the_index_says_the_same(facts: sqlite3.Connection, seed: int) -> None:
    chance = random.Random(seed)
    for round_ in range(12):
        with transaction(facts):
            for number in range(6):
                say(facts, round_ * 10 + number, chance)
        for _ in range(chance.randrange(3)):
            words.index(facts, 4)
        change(facts, chance)
        assert held(facts) == truth(facts)
    words.index_all(facts, lambda: None)
    assert held(facts) == truth(facts) and held(facts)
    assert not words.index(facts)


def test_an_index_that_forgets_nothing_is_seen(facts: sqlite3.Connection) -> None:
    with transaction(facts):
        for number in range(20):
            say(facts, number, random.Random(number))
    words.index_all(facts, lambda: None)
    facts.execute("drop trigger prompt_unsearched")
    facts.execute("delete from prompt")
    assert held(facts) != truth(facts)


def test_a_session_that_is_deleted_is_found_no_more(facts: sqlite3.Connection) -> None:
    with transaction(facts):
        facts.execute(PROMPT, ("p1", 1, 1, "prompt", "the secret garden"))
        facts.execute(PROMPT, ("p2", 2, 2, "prompt", "the open garden"))
    words.index_all(facts, lambda: None)
    with transaction(facts):
        remove(facts, [1])
    assert facts.execute("select rowid / 4 from search where search match 'garden'").fetchall() == [(2,)]
    assert facts.execute("select rowid from search where search match 'secret'").fetchall() == []
