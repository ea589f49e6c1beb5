"""A last line without its newline: it may come at once, much later, with the next write, or never."""

from pathlib import Path

import pytest

from tests.collector.clock import Clock
from tests.collector.recorded import record, refused, rows, source
from tests.collector.transcript import SESSION, answer, prompt

HOUR_S = 3600.0
BEFORE, LAST = prompt(1) + answer(1), answer(2, output=77)


@pytest.fixture
def path(project: Path) -> Path:
    return project / f"{SESSION}.jsonl"


def append(path: Path, content: bytes) -> None:
    with open(path, "ab") as file:
        file.write(content)


def answers(home: Path) -> list[tuple[object, ...]]:
    return rows(home, "select message_id, output_tokens from responses order by 1")


@pytest.mark.promise("C4")
def test_B6_the_answer_of_a_file_without_a_final_newline_counts_once(path: Path, home: Path, user: Path) -> None:
    path.write_bytes(BEFORE + LAST[:-1])
    for _ in range(3):
        record(home, user)
        assert answers(home) == [("msg_1", 10), ("msg_2", 77)]
        assert source(home, path)["state"] == "read"
    assert refused(home) == []


@pytest.mark.promise("C4")
def test_B7_a_newline_an_hour_later_ends_the_line(path: Path, home: Path, user: Path, clock: Clock) -> None:
    path.write_bytes(BEFORE + LAST[:-1])
    record(home, user)
    clock.set(HOUR_S, "UTC")
    append(path, b"\n")
    record(home, user)
    assert answers(home) == [("msg_1", 10), ("msg_2", 77)]
    seen = source(home, path)
    assert (seen["records"], seen["rejected"], seen["generation"]) == (3, 0, 1)
    assert seen["cursor_bytes"] == path.stat().st_size


@pytest.mark.promise("C4")
@pytest.mark.parametrize("looks", [0, 1])
def test_B8_a_newline_may_be_the_first_byte_of_the_next_write(looks: int, path: Path, home: Path, user: Path) -> None:
    for number in range(1, 5):
        append(path, (b"\n" if number > 1 else b"") + answer(number)[:-1])
        for _ in range(looks):
            record(home, user)
    record(home, user)
    assert answers(home) == [(f"msg_{number}", 10) for number in range(1, 5)]
    assert (source(home, path)["records"], refused(home)) == (3, [])


@pytest.mark.promise("C4")
def test_B20_half_a_line_waits_for_days(path: Path, home: Path, user: Path, clock: Clock) -> None:
    path.write_bytes(BEFORE + LAST[:60])
    record(home, user)
    for day in range(1, 4):
        clock.set(24 * HOUR_S * day, "UTC")
        assert record(home, user).bytes == 0
        assert answers(home) == [("msg_1", 10)]
        assert (source(home, path)["cursor_bytes"], source(home, path)["state"]) == (len(BEFORE), "read")
    append(path, LAST[60:])
    record(home, user)
    assert answers(home) == [("msg_1", 10), ("msg_2", 77)]
    assert refused(home) == []
