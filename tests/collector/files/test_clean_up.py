"""What an agent's own clean-up will take is told of before, with how much of it is safe."""

import os
import time
from pathlib import Path

from store.archive_pending import by_root
from tests.collector.archive.archived import keep
from tests.collector.daemons import running, status, until
from tests.collector.recorded import record, rows
from tests.collector.transcript import prompt


def test_how_much_of_an_agents_folder_is_safe_is_told(home: Path, user: Path, project: Path) -> None:
    (project / "a.jsonl").write_bytes(prompt(1))
    (user / ".claude" / "settings.json").write_text('{"cleanupPeriodDays": 10}')
    at = time.time() - 4 * 86400
    os.utime(project / "a.jsonl", (at, at))
    record(home, user)
    root = str(user / ".claude")
    assert by_root(home)[root] == (1, len(prompt(1)), 0, 0)
    keep(home)
    (project / "b.jsonl").write_bytes(prompt(2))
    with running(home, user):
        until(lambda: rows(home, "select count(*) from record") == [(2,)])
        (told,) = status(home)["cleanUps"]
    assert (told["path"], told["keepDays"], round(told["daysLeft"])) == (root, 10, 6)
    assert (told["unsafeFiles"], told["unsafeBytes"], told["safeFiles"]) == (1, len(prompt(2)), 1)
