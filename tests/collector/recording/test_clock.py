"""C14: a clock that jumps, and a zone that changes, change nothing but when something was found and read."""

import json
import os
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from store.database import open_writer
from tests.collector.claude_tree import Growth, lay_tree, session_id
from tests.collector.clock import Clock
from tests.collector.recorded import check_same, record, rows, views

DAY_S = 86_400.0
YEAR_S = 366 * DAY_S
# Back a day, on a year, through both changes of the hour, to places a day apart. One says its zone in full: a slim
# system has no zone files, and takes every name of them for UTC.
JUMPS = (
    (0.0, "UTC"), (-DAY_S, "Europe/Berlin"), (YEAR_S, "America/New_York"), (-YEAR_S, "<+0545>-05:45"),
    (3600.0, "Pacific/Kiritimati"), (-3600.0, "Pacific/Niue"), (25 * YEAR_S, "Europe/Dublin"),
    (0.0, "Antarctica/Troll"),
)  # fmt: skip
STAMPS = (
    "2026-03-29T02:30:00", "2026-10-25T02:30:00", "2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00.000+01:00",
    "2026-11-01T01:30:00-04:00", "2026-11-01T06:30:00.000Z", "yesterday", None,
)  # fmt: skip
LATE_TIMES = """
create trigger clocked after insert on prompt when coalesce(new.at, '') = ''
begin
    update prompt set at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') where prompt_key = new.prompt_key;
end
"""


def odd_times(number: int) -> bytes:
    """Prompts at times that a clock could be asked about."""
    lines = b""
    for place, stamp in enumerate(STAMPS):
        line = {
            "type": "user", "uuid": f"odd-{number}-{place}", "parentUuid": None, "sessionId": session_id(1),
            "cwd": "/src/app", "message": {"role": "user", "content": f"at {stamp}"},
        }  # fmt: skip
        lines += json.dumps(line | ({"timestamp": stamp} if stamp else {})).encode() + b"\n"
    return lines


def check_c14(home: Path, project: Path, clock: Clock) -> None:
    """Grow and record through all jumps, files dated by the same clock; then the same by a clock that goes right."""
    user = project.parents[2]
    growing = lay_tree(project, turns=2)
    growth, main = Growth(project, growing, seed=1), next(iter(growing))
    for number, (jump_s, zone) in enumerate(JUMPS):
        clock.set(jump_s, zone)
        for _ in range(6):
            growth.step()
        with main.open("ab") as file:
            file.write(odd_times(number))
        for path in growing:
            os.utime(path, (clock.now(), clock.now()))
        record(home, user)
        ((read_at,),) = rows(home, "select max(read_at) from sources")
        asked = datetime.fromtimestamp(clock.now(), UTC).isoformat()
        assert read_at[:4] >= asked[:4], "the clock of this test is not the one that was asked"
    growth.finish()
    record(home, user)
    clock.set(0, "UTC")
    record(home.with_name("clean_home"), user)
    check_same(views(home), views(home.with_name("clean_home")))


@pytest.mark.promise("C14")
def test_C14_a_clock_that_jumps_changes_nothing(home: Path, project: Path, clock: Clock) -> None:
    check_c14(home, project, clock)


@pytest.mark.promise("C14")
def test_C14_the_order_of_file_times_changes_nothing(home: Path, project: Path) -> None:
    """The newest file is read first: whichever that is, the rows are the same."""
    user, growing = project.parents[2], lay_tree(project, turns=3)
    files = list(growing)
    for place, path in enumerate(files):
        with path.open("ab") as file:
            file.write(growing[path].turns(2 * place))
    for name, order in (("oldest_first", files), ("newest_first", files[::-1])):
        for day, path in enumerate(order):
            os.utime(path, (day * DAY_S, day * DAY_S))
        record(home.with_name(name), user)
    check_same(views(home.with_name("oldest_first")), views(home.with_name("newest_first")))


@pytest.mark.mutant("C14")
def test_C14_fails_for_lines_dated_by_the_clock(home: Path, project: Path, clock: Clock) -> None:
    with closing(open_writer(home)) as connection:
        connection.execute(LATE_TIMES)
    with pytest.raises(AssertionError, match="prompts"):
        check_c14(home, project, clock)


@pytest.mark.mutant("C14")
def test_C14_fails_for_times_of_the_zone(
    home: Path, project: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def local(stamp: str) -> str | None:
        try:
            return datetime.fromtimestamp(datetime.fromisoformat(stamp).timestamp()).isoformat()[:19] + ".000Z"
        except ValueError:
            return None

    monkeypatch.setattr("collector.lines.when._converted", local)
    with pytest.raises(AssertionError, match="sessions"):
        check_c14(home, project, clock)
