"""Golden cases: small trees as an agent writes them, and the rows that the views must show of them."""

import json
import shutil
from pathlib import Path

import pytest

from tests.collector.database import build
from tests.collector.recorded import record, rows

FOLDER = Path(__file__).parent
CASES = sorted(path.parent for path in FOLDER.glob("*/*/expected.json"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}-{case.name}")
def test_a_tree_gives_the_rows_that_are_written_beside_it(case: Path, home: Path, user: Path) -> None:
    """expected.json: what the case shows, the environment if it needs one, and queries with the rows they find."""
    expected = json.loads((case / "expected.json").read_text("utf-8"))
    shutil.copytree(case / "user", user, dirs_exist_ok=True)
    build(user)
    environ = {name: value.format(user=user) for name, value in expected.get("environ", {}).items()}
    record(home, user, environ)
    assert rows(home, "select path, reason from rejects") == [tuple(row) for row in expected.get("rejects", [])]
    for query, found in expected["rows"].items():
        assert [list(row) for row in rows(home, query)] == found, query
