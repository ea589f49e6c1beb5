"""V15: however much was recorded, a page of it is read and drawn."""

import os
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from store.database import open_writer, transaction
from viewers.panels import fleet_read, session_read
from viewers.reports.dates import utc
from viewers.tui import whole

MEBI = 1 << 20
LONG = "many words " * 100
ENDLESS = "one line " * (6 * MEBI)
SESSIONS = """
with recursive n(i) as (select 1 union all select i + 1 from n where i < :sessions)
insert into session (session_key, account_id, session_id, first_at, last_at, cwd)
select i, 1, 's' || i, :at, strftime('%Y-%m-%dT%H:%M:%fZ', :now_s - i, 'unixepoch'), '/src/p' || (i % 50)
from n
"""
RUNS = """
insert into run (run_key, session_key, run_id, kind) select session_key, session_key, 'main', 'main' from session
"""
MESSAGES = """
with recursive n(i) as (select 1 union all select i + 1 from n where i < :messages)
insert into message (uuid, block, session_key, run_key, at, kind, text, chars, is_branch, generation_id)
select 'u' || i, 0, 1, 1, strftime('%Y-%m-%dT%H:%M:%fZ', :now_s - 7200 - (:messages - i), 'unixepoch'), 'text',
    'answer ' || i || ' ' || :long, 2000, 0, 1
from n
"""


def fill(home: Path, sessions: int, messages: int) -> Path:
    """So many sessions of the last hours, the newest of them with so many answers."""
    now_s = time.time()
    with closing(open_writer(home)) as writer, transaction(writer):
        writer.execute("insert into device values (1, 'd', 'd')")
        writer.execute("insert into account values (1, 1, 'claude', '/', 'own')")
        named = {"now_s": now_s, "at": utc(now_s - 1e6), "long": LONG, "sessions": sessions, "messages": messages}
        writer.execute(SESSIONS, named)
        writer.execute(RUNS)
        writer.execute(MESSAGES, named)
    return home


async def a_page_is_all_that_is_read(eye: Any, messages: int) -> None:
    """The list, a session, its older moments, and the longest text."""
    await eye.press("a")
    await eye.until("Active sessions", gone=True)
    await eye.until("p1 ")
    assert 0 < len(eye.app.faces["Fleet"].answer.sessions) <= 500
    eye.app.open_session(1)
    await eye.until("Tokens and cost")
    await eye.until(f"answer {messages} ")
    face = eye.app.faces["Session"]
    assert face.answer is not None and 0 < len(face.answer.feed) <= 400
    older = messages - len(face.answer.feed)
    await eye.press("g")
    for _ in range(1_000):
        if any(moment.text.startswith(f"answer {older} ") for moment in face.answer.feed):
            break
        await eye.pilot.pause(0.02)
    assert 0 < len(face.answer.feed) <= 400
    await eye.press("j")
    await eye.until(f"answer {older} ")
    eye.app.texts = lambda: lambda home, keys: {(f"u{number}", 0): ENDLESS for number in range(messages + 1)}
    await eye.press("enter")
    text = await eye.until("characters", seconds=30)
    await eye.press("g")
    text = await eye.until("fleetmeter show --full", seconds=30)
    assert len(text) < 10_000
    drawn = sum(len(words) for row in eye.app.screen.query_one("#whole").panel.rows for words, _ in row.lines[0])
    assert drawn <= 500_000


@pytest.mark.promise("V15")
def test_V15_of_much_a_page_is_read_and_drawn(home: Path, look: Any) -> None:
    fill(home, 3_000, 3_000)
    look(lambda eye: a_page_is_all_that_is_read(eye, 3_000))


@pytest.mark.mutant("V15")
@pytest.mark.parametrize(("module", "name"), [(fleet_read, "MOST"), (session_read, "MOMENTS"), (whole, "MOST")])
def test_V15_a_page_without_an_end_is_seen(
    module: Any, name: str, home: Path, look: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(home, 1_000, 1_000)
    monkeypatch.setattr(module, name, MEBI)
    if module is whole:
        text = "one line " * 100_000
        moment = fleet_read.Moment("", "main", "message", "text", text, 1, None, None, "r", "id", 0)
        shown = whole.lines_of(moment, False, 100)
        assert sum(map(len, shown)) > 500_000
        return
    with pytest.raises(AssertionError, match=r"500|400"):
        look(lambda eye: a_page_is_all_that_is_read(eye, 1_000))


@pytest.mark.full
@pytest.mark.promise("V15")
@pytest.mark.timed
def test_V15_a_million_moments_and_a_hundred_thousand_sessions(home: Path, look: Any) -> None:
    fill(home, 100_000, 1_000_000)
    before = resident()

    async def by_keys(eye: Any) -> None:
        await a_page_is_all_that_is_read(eye, 1_000_000)
        assert eye.app.reading.longest_s < 1.0
        assert resident() - before < 300 * MEBI

    look(by_keys)


def resident() -> int:
    """Bytes of this process in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
