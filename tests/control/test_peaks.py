"""The most that a session's processes used is told beside it."""

from pathlib import Path

from control.acts import Acts
from store.control_file import CONTROL
from viewers.processes import peaks


def test_the_most_is_told_of_its_own_session_alone(acting: Acts, home: Path) -> None:
    (one,) = acting.desk.shown()
    assert peaks.told(str(home), "s1", one.agent) == ""
    for tree_memory, used in ((900_000_000, 20.0), (2_000_000_000, 10.0)):
        acting.desk.clock = lambda at=tree_memory: 1_700_000_000.0 + at / 1e8
        seen = one._replace(
            sessions=(("s1", "certain", "it says so"),), tree_memory=tree_memory, cpu_percent=used,
            children_cpu_percent=None,
        )  # fmt: skip
        acting.desk.remember([seen])
    assert peaks.told(str(home), "s1", one.agent) == "peak 2.0 GB, 20% CPU"
    assert peaks.told(str(home), "s2", one.agent) == peaks.told(str(home), "s1", "other") == ""


def test_a_file_that_is_none_of_ours_hides_no_session(home: Path) -> None:
    home.mkdir()
    (home / CONTROL.name).write_bytes(b"no database" * 500)
    assert peaks.told(str(home), "s1", "zoo") == ""
