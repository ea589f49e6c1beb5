"""A look that finds nothing new is over in a moment: what decodes is not even imported."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.collector.recorded import record
from tests.collector.transcript import prompt

LOOK = """
import sys
sys.path.insert(0, sys.argv[1])
from collector.recording.once import collect_once
print(collect_once(sys.argv[2], {}, sys.argv[3]).changed, *sorted({"msgspec", "sqlite_utils"} & sys.modules.keys()))
"""


@pytest.mark.parametrize(("is_known", "said"), [(True, "0"), (False, "1 msgspec")])
def test_a_look_without_news_decodes_nothing(home: Path, project: Path, is_known: bool, said: str) -> None:
    (project / "s.jsonl").write_bytes(prompt(1))
    if is_known:
        record(home, project.parents[2])
        record(home, project.parents[2])  # a file changed just now is looked at once more
    command = [sys.executable, "-c", LOOK, str(Path(__file__).parents[3]), str(home), str(project.parents[2])]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip() == said
