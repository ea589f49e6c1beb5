"""One calculation: whatever a report groups by, in whatever zone, from whichever sums, the total is the answers'."""

import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from store.database import NAME, open_reader, open_writer, transaction
from store.schema import FOLDER
from store.usage_days import sum_days
from tests.viewers.ledger import Answer, keep, some
from viewers import query
from viewers.reports import usage
from viewers.reports.disbelief import warn
from viewers.reports.flags import MODES
from viewers.reports.scope import Scope
from viewers.reports.usage import Group, Used, groups, total
from viewers.reports.zone import chosen

ZONES = (
    "UTC", "Asia/Kolkata", "Asia/Kathmandu", "Australia/Lord_Howe", "America/New_York", "Europe/Berlin", "Asia/Tokyo",
    "America/St_Johns", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Africa/Casablanca", "Australia/Eucla",
)  # fmt: skip
GROUPINGS = ("day", "week", "month", "session", "project", "model", "agent", "branch")
RAW = """
select
    sum(input_tokens), sum(output_tokens), sum(cache_write_5m_tokens), sum(cache_write_1h_tokens),
    sum(cache_read_tokens), sum(part = 0), sum(stop_reason is null), sum(usd_nanos), sum(usd_nanos is null)
from response
left join cost using (response_key)
where is_copy = 0
"""


@pytest.fixture(params=[1, 2])
def reader(request: pytest.FixtureRequest, home: Path) -> Iterator[sqlite3.Connection]:
    """A year of answers; in the second database half of the days still wait to be summed."""
    keep(home, some(request.param))
    if request.param == 2:
        with closing(sqlite3.connect(home / NAME)) as connection, connection:
            connection.execute(
                "insert into usage_day_to_sum select distinct day from usage_day where substr(day, 10) % 2 = 0"
            )
    with closing(open_reader(home)) as opened:
        yield opened


def scope(zone: str, **more: object) -> Scope:
    return Scope(chosen(zone), time.time())._replace(**more)  # pyright: ignore[reportArgumentType] - by name


def whole(found: list[Group]) -> Used:
    return total([group.used for group in found])


@pytest.mark.parametrize("zone", ZONES)
def test_days_weeks_months_sessions_projects_models_and_agents_add_up_to_the_answers(
    zone: str, reader: sqlite3.Connection
) -> None:
    raw = reader.execute(RAW).fetchone()
    for by in GROUPINGS:
        used = whole(groups(reader, scope(zone, mode="calculate"), by))
        assert (*used[:5], used.responses, used.lower_bounds, used.usd_nanos, used.unpriced_responses) == raw, by
    assert len({whole(groups(reader, scope(zone, mode=mode), by)) for mode in MODES[:1] for by in GROUPINGS}) == 1


@pytest.mark.parametrize("zone", ZONES)
def test_all_three_sums_say_the_same(zone: str, reader: sqlite3.Connection) -> None:
    for mode in MODES:
        for by in ("day", "week", "month", "model", "agent"):
            asked = usage.parameters(scope(zone, mode=mode), by)
            days, quarters, answers = (
                query.grouped(reader, source, **asked) for source in (usage.DAYS, usage.QUARTER_HOURS, usage.RESPONSES)
            )
            assert days == quarters == answers, (mode, by)


@pytest.mark.parametrize("zone", ZONES)
def test_U32_every_answer_is_on_the_local_day_of_its_own_time(zone: str, home: Path) -> None:
    answers = some(3)
    keep(home, answers)
    expected: dict[str, int] = {}
    for answer in answers:
        day = "unknown"
        if answer.at:
            day = datetime.fromisoformat(answer.at).astimezone(ZoneInfo(zone)).date().isoformat()
        expected[day] = expected.get(day, 0) + answer.tokens[1]
    with closing(open_reader(home)) as reader:
        found = {group.key: group.used.output_tokens for group in groups(reader, scope(zone), "day")}
    assert found == expected


@pytest.mark.parametrize("zone", ZONES)
def test_U32_a_range_is_of_local_days_at_both_ends(zone: str, reader: sqlite3.Connection) -> None:
    every = {group.key: group for group in groups(reader, scope(zone), "day")}
    keys = sorted(key for key in every if key != "unknown")
    for since, until in ((keys[0], keys[0]), (keys[5], keys[-5]), ("2026-03-29", "2026-03-29")):
        part = groups(reader, scope(zone, since=since, until=until), "day")
        assert part == [every[key] for key in keys if since <= key <= until]
        for by in GROUPINGS:
            assert whole(groups(reader, scope(zone, since=since, until=until), by)) == whole(part)


def test_U33_the_zone_really_changes_the_days(reader: sqlite3.Connection) -> None:
    shown = {zone: tuple(map(tuple, groups(reader, scope(zone), "day"))) for zone in ZONES}
    assert len({repr(days) for days in shown.values()}) == len(ZONES)


@pytest.mark.parametrize(
    ("start", "expected"), [(1, "2026-11-16"), (0, "2026-11-15"), (3, "2026-11-18"), (6, "2026-11-14")]
)
def test_U34_the_start_of_a_week_is_a_setting(start: int, expected: str, home: Path) -> None:
    keep(home, [Answer("2026-11-18T10:00:00.000Z"), Answer("2026-11-20T10:00:00.000Z")])
    with closing(open_reader(home)) as reader:
        found = groups(reader, scope("UTC", week_start=start), "week")
    assert [group.key for group in found] == [expected]


def test_U34_weeks_are_those_of_the_calendar(home: Path) -> None:
    first = datetime(2025, 12, 20)
    dates = [(first + timedelta(days)).date() for days in range(30)]
    keep(home, [Answer(f"{date}T12:00:00.000Z") for date in dates])
    with closing(open_reader(home)) as reader:
        found = {group.key: group.used.responses for group in groups(reader, scope("UTC"), "week")}
    mondays = [(date - timedelta(date.weekday())).isoformat() for date in dates]
    assert found == {monday: mondays.count(monday) for monday in mondays}


def test_U35_another_zone_regroups_old_days_whose_files_are_gone(home: Path) -> None:
    keep(home, [Answer("2026-01-01T23:50:00.000Z")])  # there never were any files
    with closing(open_reader(home)) as reader:
        days = [groups(reader, scope(zone), "day")[0].key for zone in ("UTC", "Asia/Kathmandu", "America/New_York")]
    assert days == ["2026-01-01", "2026-01-02", "2026-01-01"]


def test_U30_a_change_of_money_reaches_every_report(home: Path) -> None:
    keep(home, some(4))
    with closing(open_writer(home)) as connection:
        before = whole(groups(connection, scope("UTC"), "day"))
        with transaction(connection):
            connection.execute("update usage_quarter_hour set usd_nanos = usd_nanos * 2 where unpriced_responses = 0")
        by_day, by_session = (whole(groups(connection, scope("UTC"), by)) for by in ("day", "session"))
        assert before.usd_nanos < by_day.usd_nanos == by_session.usd_nanos
        with transaction(connection):
            sum_days(connection)
        assert whole(groups(connection, scope("UTC"), "day")) == by_day


def test_a_day_never_says_what_is_not_so_any_more(home: Path) -> None:
    keep(home, some(5), is_summed=False)
    with closing(open_writer(home)) as connection:
        waiting = whole(groups(connection, scope("UTC"), "day"))
        with transaction(connection):
            sum_days(connection)
        assert not connection.execute("select 1 from usage_day_to_sum").fetchone()
        assert whole(groups(connection, scope("UTC"), "day")) == waiting
        with transaction(connection):
            connection.execute("delete from response where response_key % 3 = 0")
        changed = groups(connection, scope("Asia/Tokyo"), "day")
        assert whole(changed) == whole(groups(connection, scope("Asia/Tokyo"), "session")) != waiting
        with transaction(connection):
            sum_days(connection)
        assert groups(connection, scope("Asia/Tokyo"), "day") == changed


def test_answers_whose_money_is_not_summed_are_read_from_finer_sums(home: Path) -> None:
    keep(home, some(6))
    with closing(open_writer(home)) as connection:
        assert usage.source_of(connection, scope("UTC"), False) == usage.DAYS
        connection.execute("insert into response_to_price values (1)")
        assert usage.source_of(connection, scope("UTC"), False) == usage.QUARTER_HOURS


def test_U37_an_upgrade_keeps_what_no_file_tells_any_more(home: Path, tmp_path: Path) -> None:
    older = Path(shutil.copytree(FOLDER, tmp_path / "older"))
    for step in older.glob("*.sql"):
        if step.name > "0003_z":
            step.unlink()
    answers = some(7)
    keep(home, answers, is_summed=False, folder=older)
    open_writer(home).close()  # which migrates
    with closing(open_reader(home)) as reader:
        days = groups(reader, scope("Asia/Kolkata"), "day")
        assert usage.source_of(reader, scope("UTC"), False) == usage.DAYS
        assert whole(days) == whole(groups(reader, scope("Asia/Kolkata"), "session"))
    assert whole(days).output_tokens == sum(answer.tokens[1] for answer in answers)


def test_U38_two_accounts_in_the_same_quarter_of_an_hour_add_up(home: Path) -> None:
    keep(home, [Answer("2026-11-18T10:01:00.000Z", session=session) for session in (0, 1, 2, 3)])
    with closing(open_reader(home)) as reader:
        (day,) = groups(reader, scope("UTC"), "day")
        agents = groups(reader, scope("UTC"), "agent")
    assert (day.used.responses, day.used.output_tokens, day.agents) == (4, 40, ["one", "two"])
    assert [(group.key, group.used.responses) for group in agents] == [("one", 2), ("two", 2)]


def test_U41_a_long_session_is_split_by_the_branch_of_each_answer(home: Path) -> None:
    keep(home, [Answer("2026-11-18T10:01:00.000Z"), Answer("2026-11-18T10:02:00.000Z", branch="topic"),
                Answer("2026-11-18T10:03:00.000Z", branch="topic")])  # fmt: skip
    with closing(open_reader(home)) as reader:
        sums = {branch: whole(groups(reader, scope("UTC", branch=branch), "day")) for branch in ("main", "topic")}
        every = whole(groups(reader, scope("UTC"), "day"))
    assert (sums["main"].responses, sums["topic"].responses) == (1, 2)
    assert total(list(sums.values())) == every


def test_U7_each_answer_has_the_price_of_its_own_model(home: Path) -> None:
    million = (10**6, 0, 0, 0, 0)
    keep(home, [Answer("2026-11-18T10:00:00.000Z", tokens=million),
                Answer("2026-11-18T10:01:00.000Z", "model-b", kind="subagent", tokens=million)])  # fmt: skip
    with closing(open_reader(home)) as reader:
        (day,) = groups(reader, scope("UTC"), "day")
    assert {model: used.usd_nanos for model, used in day.models.items()} == {
        "model-a-20250101": 3 * 10**9, "model-b": 15 * 10**9,
    }  # fmt: skip
    assert (day.used.subagent_tokens, day.used.subagent_usd_nanos) == (10**6, 15 * 10**9)


@pytest.mark.parametrize(
    ("mode", "expected"),
    [("calculate", (18 * 10**9, 0)), ("display", (7_000_000, 1)), ("auto", (3 * 10**9 + 5_000_000, 0))],
)
def test_the_mode_says_whose_money(mode: str, expected: tuple[int, int], home: Path) -> None:
    million = (10**6, 0, 0, 0, 0)
    keep(home, [Answer("2026-11-18T10:00:00.000Z", tokens=million),
                Answer("2026-11-18T10:01:00.000Z", "model-b", tokens=million, reported=5_000),
                Answer("2026-11-18T10:02:00.000Z", tokens=(0, 0, 0, 0, 0), reported=2_000)])  # fmt: skip
    with closing(open_reader(home)) as reader:
        for by in GROUPINGS:
            used = whole(groups(reader, scope("UTC", mode=mode), by))
            assert (used.usd_nanos, used.unpriced_responses) == expected


ABSURD = 10**15
"""Micro-dollars: a thousand million dollars for one answer."""


@pytest.mark.parametrize(
    ("mode", "expected"),
    [("calculate", (18 * 10**9, 17)), ("auto", (3 * 10**9 + 7_000_000, 16)), ("display", (7_000_000, 17))],
)
def test_U28_a_reported_cost_out_of_all_proportion_is_in_no_sum(
    mode: str, expected: tuple[int, int], home: Path
) -> None:
    million = (10**6, 0, 0, 0, 0)
    keep(home, [Answer("2026-11-18T10:00:00.000Z", tokens=million, reported=ABSURD),
                Answer("2026-11-18T10:01:00.000Z", "model-b", tokens=million, reported=5_000),
                Answer("2026-11-18T10:02:00.000Z", "mystery", reported=2_000),  # what is known of it, and can be
                *(Answer(f"2026-11-18T10:{minute}:00.000Z", "=cmd()", reported=ABSURD)
                  for minute in range(20, 36))])  # fmt: skip
    with closing(open_reader(home)) as reader:
        for by in GROUPINGS:
            used = whole(groups(reader, scope("Asia/Kolkata", mode=mode), by))
            assert (used.usd_nanos, used.unpriced_responses) == expected, by


@pytest.mark.parametrize(("reported", "is_believed"), [(31_000_000, True), (31_000_001, False), (1, True), (0, True)])
def test_U28_up_to_ten_times_its_price_and_a_dollar_a_report_is_believed(
    reported: int, is_believed: bool, home: Path
) -> None:
    keep(home, [Answer("2026-11-18T10:00:00.000Z", tokens=(10**6, 0, 0, 0, 0), reported=reported)])
    with closing(open_reader(home)) as reader:
        used = whole(groups(reader, scope("UTC"), "day"))
    assert used.usd_nanos == (reported * 1000 if is_believed else 3 * 10**9)


def test_U28_a_report_says_what_it_does_not_believe(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keep(home, [Answer("2026-11-18T10:00:00.000Z", tokens=(10**6, 0, 0, 0, 0), reported=ABSURD)])
    said = "not believed: one says that 1 response cost $1,000,000,000.00; they are counted at their prices, $3.00\n"
    with closing(open_reader(home)) as reader:
        warn(reader, scope("UTC"))
        assert capsys.readouterr().err == said
        warn(reader, scope("UTC", mode="calculate"))
        warn(reader, scope("UTC", since="2026-11-25"))
        assert capsys.readouterr().err == ""
