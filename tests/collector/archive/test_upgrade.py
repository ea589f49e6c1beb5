"""After an upgrade a source may carry other things from line to line: its files are read anew, and count once."""

import sqlite3
from contextlib import closing
from pathlib import Path

from tests.collector.claude_tree import lay_tree
from tests.collector.recorded import record, rows

COUNTED = "select sum(responses), sum(output_tokens) from usage_quarter_hours"


def test_what_another_version_carried_on_begins_a_generation(home: Path, tmp_path: Path) -> None:
    user = tmp_path / "user"
    project = user / ".claude" / "projects" / "p"
    project.mkdir(parents=True)
    lay_tree(project, turns=3)
    record(home, user)
    before = rows(home, COUNTED)
    with closing(sqlite3.connect(home / "fleetmeter.db")) as connection:
        connection.execute("update generation set carried = cast('{\"last_at\": 7}' as blob) where carried <> x''")
        connection.commit()
    for path in project.rglob("*.jsonl"):
        with open(path, "ab") as file:
            file.write(b"\n")
    record(home, user)
    assert rows(home, COUNTED) == before
    assert rows(home, "select max(generation) > 1, min(state) from sources where kind = 'transcript'") == [(1, "read")]
