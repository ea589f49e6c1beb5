"""Of each agent's files: every byte before the cursor is one record's, and whatever is refused is counted and shown."""

from pathlib import Path

import pytest

from collector.files import rows as database_rows
from collector.files import tail
from tests.collector.opencode_agent import Agent
from tests.collector.recorded import record, rows, source
from tests.collector.sources.test_agents_order import BILLED, laid

CAP = 1 << 17
LONG = b'{"type": "' + b"x" * (CAP + (1 << 14)) + b'"}'
BAD = (b"no record\n", b"\n", LONG + b"\n", b'{"type": 7}\n')
RECORDS = """
select byte_offset, length, record.kind
from record
join generation using (generation_id)
join source using (source_id)
where path = ?
order by 1
"""


@pytest.fixture(autouse=True)
def small_cap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tail, "CHUNK", 1 << 14)
    monkeypatch.setattr(tail, "LINE_CAP", CAP)
    monkeypatch.setattr(database_rows, "LINE_CAP", CAP)


def check_records(home: Path, path: Path, refused: int) -> list[str]:
    """The records follow each other without a gap up to the cursor; gives their kinds."""
    found = rows(home, RECORDS, (str(path),))
    assert [row[0] for row in found] == [sum(row[1] for row in found[:place]) for place in range(len(found))]
    told = source(home, path)
    assert (told["cursor_bytes"], told["rejected"], told["state"]) == (sum(row[1] for row in found), refused, "read")
    assert rows(home, "select count(*) from rejects") == [(refused,)]
    long = rows(home, "select distinct length(excerpt) from reject where reason like 'longer than%'")
    assert long == [(tail.OVERSIZE_EXCERPT,)], "of a long line the beginning is kept"
    return [row[2] for row in found]


@pytest.mark.promise("C8")
@pytest.mark.promise("C9")
@pytest.mark.promise("C10")
@pytest.mark.promise("C22")
@pytest.mark.parametrize("case", ["codex/tools", "gemini/real", "qwen/real", "pi/real"])
def test_C8_each_byte_is_one_records_and_what_is_refused_is_counted(case: str, home: Path, user: Path) -> None:
    path = laid(case, user)
    clean = home.with_name("clean_home")
    record(clean, user)
    lines = path.read_bytes().splitlines(keepends=True)
    middle = len(lines) // 2
    path.write_bytes(b"".join([*lines[:middle], *BAD, *lines[middle:]]) + LONG)
    record(home, user)
    kinds = check_records(home, path, 3)
    assert len(kinds) == len(lines) + len(BAD), "the last line has no end yet"
    good = [row[2] for row in rows(clean, RECORDS, (str(path),))]
    assert [kind for kind in kinds if kind not in ("rejected", "blank")] == good
    with path.open("ab") as file:
        file.write(b"\n")
    record(home, user)
    check_records(home, path, 4)
    assert rows(home, BILLED) == rows(clean, BILLED)


@pytest.mark.promise("C8")
@pytest.mark.promise("C10")
@pytest.mark.promise("C22")
def test_C8_each_row_of_a_database_is_one_record_and_what_is_refused_is_counted(home: Path, user: Path) -> None:
    path = user / ".local" / "share" / "opencode" / "opencode.db"
    agent = Agent(path)
    session = agent.session()
    agent.talk(session, 2)
    for seq, data in enumerate((b"no record", LONG, b"[7]"), 900):
        row = (f"evt_{seq}", session, seq, data.decode())
        agent.database.execute("insert into event values (?, ?, ?, 'message.updated.1', ?)", row)
    record(home, user)
    check_records(home, path, 3)
    agent.talk(session, 1)
    record(home, user)
    check_records(home, path, 3)
    assert rows(home, BILLED)[0][0] == 3
