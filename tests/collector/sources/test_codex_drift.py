"""What Codex writes in another way than it did is refused line by line, with the reason; the lines around it count."""

import errno
import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.collector.recorded import record, refused, rows, source

THREAD = "01a1fb40-0000-7000-8000-00000000000a"
TURN = "01a1fb40-1000-7000-8000-000000000001"
Line = dict[str, Any]
USAGE = {
    "input_tokens": 100, "cached_input_tokens": 40, "output_tokens": 10, "reasoning_output_tokens": 5,
    "total_tokens": 110,
}  # fmt: skip


def line(type_: str, second: int, **payload: Any) -> Line:
    return {"timestamp": f"2026-11-20T10:00:{second:02d}.000Z", "type": type_, "payload": payload}


def event(second: int, **payload: Any) -> Line:
    return line("event_msg", second, **payload)


def answer(second: int, total: int, usage: Any = USAGE) -> Line:
    sums = {**USAGE, "total_tokens": total}
    told = {"thread_id": THREAD, "turn_id": TURN, "response_id": "r", "usage": usage, "thread_token_usage": sums}
    return line("token_usage_record", second, **told)


def count(second: int, times: int, **spoilt: Any) -> Line:
    """The sums after so many answers."""
    sums = {name: value * times for name, value in USAGE.items()}
    info = {"total_token_usage": sums, "last_token_usage": USAGE, "model_context_window": 1000, **spoilt}
    return event(second, type="token_count", info=info, rate_limits=None)


def renamed(outer: Line, name: str) -> Line:
    return {f"new_{key}" if key == name else key: value for key, value in outer.items()}


HEAD = [
    line("session_meta", 0, id=THREAD, timestamp="2026-11-20T10:00:00.000Z", cwd="/src/app", cli_version="9.9.9"),
    event(1, type="task_started", turn_id=TURN),
    line("turn_context", 1, turn_id=TURN, model="m", cwd="/src/app"),
]
ITEM = {"type": "Marble", "id": "i"}
STRANGE: dict[str, tuple[Line, str]] = {
    "record": (line("marble", 5, type="x"), "unknown record type 'marble'"),
    "record-name": (renamed(answer(5, 220), "type"), "unknown record type None"),
    "event": (event(5, type="marbled"), "unknown event type 'marbled'"),
    "event-name": (event(5, kind="token_count"), "unknown event type None"),
    "item": (line("response_item", 5, type="marble"), "unknown item type 'marble'"),
    "item-name": (line("response_item", 5, kind="message"), "unknown item type None"),
    "done": (event(5, type="item_completed", turn_id=TURN, item=ITEM), "unknown kind of item 'Marble'"),
    "model": (line("turn_context", 5, turn_id=TURN, model_name="m2"), "a turn_context without a model"),
    "bare": ({"marble": 1}, "unknown record type None"),
}
SHAPE = "a token_usage_record of an unknown shape"
RECORDS = {
    **{f"no-{name}": answer(5, 220, renamed(USAGE, name)) for name in USAGE},
    "no-usage": {**answer(5, 220), "payload": renamed(answer(5, 220)["payload"], "usage")},
    "no-sums": {**answer(5, 220), "payload": renamed(answer(5, 220)["payload"], "thread_token_usage")},
    "text": answer(5, 220, {**USAGE, "input_tokens": "100"}),
    "negative": answer(5, 220, {**USAGE, "output_tokens": -1}),
    "fraction": answer(5, 220, {**USAGE, "cached_input_tokens": 1.5}),
    "list": answer(5, 220, [100]),
}
COUNTS = {
    **{f"no-{name}": count(5, 2, last_token_usage=renamed(USAGE, name)) for name in USAGE},
    "other-info": event(5, type="token_count", info={"totals": USAGE}, rate_limits=None),
    "no-info": event(5, type="token_count", information={"last_token_usage": USAGE}),
    "list": event(5, type="token_count", info=[1], rate_limits=None),
    "negative": count(5, 2, last_token_usage={**USAGE, "input_tokens": -5}),
}


def write(user: Path, lines: list[Line]) -> Path:
    place = user / ".codex" / "sessions" / "2026" / "11" / "20" / f"rollout-2026-11-20T10-00-00-{THREAD}.jsonl"
    place.parent.mkdir(parents=True)
    place.write_text("".join(json.dumps(one) + "\n" for one in lines), "utf-8")
    return place


def check(home: Path, user: Path, lines: list[Line], reason: str) -> None:
    """The line in the middle is refused for this reason, and shown with the version beside the file."""
    place = write(user, lines)
    summary = record(home, user)
    middle = sum(len(json.dumps(one)) + 1 for one in lines[:-2])
    assert [(row[0], row[2]) for row in refused(home, place)] == [(middle, reason)]
    assert (source(home, place)["version"], source(home, place)["rejected"], summary.rejected) == ("9.9.9", 1, 1)


@pytest.mark.parametrize("name", STRANGE)
def test_an_unknown_kind_of_line_is_refused_by_name(name: str, home: Path, user: Path) -> None:
    strange, reason = STRANGE[name]
    check(home, user, [*HEAD, answer(4, 110), strange, answer(6, 330)], reason)
    assert rows(home, "select count(*), min(model), sum(output_tokens) from responses") == [(2, "m", 20)]


@pytest.mark.parametrize("name", RECORDS)
def test_a_usage_of_another_shape_is_refused_never_counted_as_nothing(name: str, home: Path, user: Path) -> None:
    check(home, user, [*HEAD, answer(4, 110), RECORDS[name], answer(6, 330)], SHAPE)
    assert rows(home, "select count(*), sum(input_tokens), sum(cache_read_tokens) from responses") == [(2, 120, 80)]


@pytest.mark.parametrize("name", COUNTS)
def test_the_sum_after_a_refused_one_holds_what_it_told(name: str, home: Path, user: Path) -> None:
    check(home, user, [*HEAD, count(4, 1), COUNTS[name], count(6, 3)], "a token_count of an unknown shape")
    assert rows(home, "select sum(input_tokens), sum(output_tokens) from responses") == [(180, 30)]


def test_a_line_of_the_index_of_names_that_names_nothing_is_refused(home: Path, user: Path) -> None:
    place = user / ".codex" / "session_index.jsonl"
    place.parent.mkdir()
    place.write_text('{"id":"a","title":"x"}\n{"id":"b","thread_name":"good","updated_at":"2026-11-20T10:00:00Z"}\n')
    record(home, user)
    assert [row[2] for row in refused(home, place)] == ["no name of a thread"]
    assert rows(home, "select title from sessions") == [("good",)]


def test_an_index_that_a_disk_failed_to_list_is_not_read_anew(
    home: Path, user: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = user / ".codex" / "session_index.jsonl"
    place.parent.mkdir()
    place.write_text('{"id":"b","thread_name":"good","updated_at":"2026-11-20T10:00:00Z"}\n')
    record(home, user)
    listed = os.scandir

    def failing(path: Any) -> Any:
        if os.fsdecode(path) == str(place):
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return listed(path)

    with monkeypatch.context() as patch:
        patch.setattr(os, "scandir", failing)
        record(home, user)
    record(home, user)
    assert (source(home, place)["generation"], source(home, place)["records"]) == (1, 1)
