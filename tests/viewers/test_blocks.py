"""Windows of five hours, held against a slow count of the rule over every answer."""

import random
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from store.database import open_reader
from tests.viewers.ledger import Answer, keep, some
from viewers.reports import blocks as module
from viewers.reports.blocks import BLOCK_S, Block, blocks, newest, projection, rate
from viewers.reports.heat import heat
from viewers.reports.scope import Scope
from viewers.reports.usage import Used, groups
from viewers.reports.zone import chosen

START_S = datetime(2026, 11, 18, 9, tzinfo=UTC).timestamp()


def found(home: Path, now_s: float) -> list[Block]:
    with closing(open_reader(home)) as reader:
        return blocks(reader, Scope(chosen("UTC"), now_s), now_s)


def slowly(answers: list[Answer]) -> list[tuple[float, float, float, int]]:
    """Start, first and last answer, and output of each window, by the words of the rule."""
    windows: list[tuple[float, float, float, int]] = []
    timed = sorted((datetime.fromisoformat(a.at).timestamp(), a.tokens[1]) for a in answers if a.at)
    for at, output in timed:
        if windows and at < windows[-1][0] + BLOCK_S and at - windows[-1][2] < BLOCK_S:
            start, first, _, sum_ = windows[-1]
            windows[-1] = (start, first, at, sum_ + output)
        else:
            windows.append((at // 3600 * 3600, at, at, output))
    return windows


@pytest.mark.parametrize("seed", range(4))
def test_windows_are_those_of_the_rule(seed: int, home: Path) -> None:
    chance = random.Random(seed)
    at = datetime(2026, 5, 1, tzinfo=UTC)
    answers = some(seed, 30)
    for _ in range(80):
        at += timedelta(minutes=chance.choice((1, 7, 40, 130, 299, 300, 301, 700)), seconds=chance.randint(0, 59))
        answers.append(Answer(at.strftime("%Y-%m-%dT%H:%M:%S.000Z"), tokens=(0, chance.randint(1, 99), 0, 0, 0)))
    keep(home, answers)
    windows = [block for block in found(home, time.time()) if not block.is_gap]
    assert [(b.start_s, b.first_s, b.last_s, b.used.output_tokens) for b in windows] == slowly(answers)


def test_a_pause_of_more_than_five_hours_is_a_gap(home: Path) -> None:
    keep(
        home,
        [Answer("2026-11-18T09:10:00.000Z"), Answer("2026-11-18T14:05:00.000Z"), Answer("2026-11-18T19:20:00.000Z")],
    )
    shown = found(home, START_S + 40 * 3600)
    assert [(block.is_gap, block.start_s - START_S, block.end_s - START_S) for block in shown] == [
        (False, 0, BLOCK_S), (False, BLOCK_S, 2 * BLOCK_S), (True, 36_300, 37_200), (False, 10 * 3600, 15 * 3600),
    ]  # fmt: skip


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("pauses", [(40, 130, 200), (130, 299, 301, 700)], ids=["hardly a gap", "many gaps"])
def test_the_newest_are_the_last_of_all_though_little_is_read(
    seed: int, pauses: tuple[int, ...], home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance, at = random.Random(seed), datetime(2026, 10, 1, tzinfo=UTC)
    answers: list[Answer] = []
    for number in range(400):
        at += timedelta(minutes=chance.choice(pauses), days=number == 100)
        answers.append(Answer(at.strftime("%Y-%m-%dT%H:%M:%S.000Z"), tokens=(0, chance.randint(1, 99), 0, 0, 0)))
    keep(home, answers)
    now_s, read = at.timestamp(), list[str | None]()
    windows = [block for block in found(home, now_s) if not block.is_gap][::-1]
    counted = module.blocks

    def noted(*given: Any, since: str | None = None) -> list[Block]:
        read.append(since)
        return counted(*given, since=since)

    monkeypatch.setattr(module, "blocks", noted)
    with closing(open_reader(home)) as reader:
        for most in (1, 6, 60, 1_000):
            assert newest(reader, Scope(chosen("UTC"), now_s), now_s, most) == windows[:most], most
    assert read[-1] is None and None not in read[:-1]  # all is read for those alone of whom there are not so many


@pytest.mark.parametrize(("hours", "expected"), [(0.5, True), (4.9, True), (5.0, False), (30, False)])
def test_a_window_is_active_until_its_end(hours: float, expected: bool, home: Path) -> None:
    keep(home, [Answer("2026-11-18T09:10:00.000Z"), Answer("2026-11-18T09:20:00.000Z")])
    assert found(home, START_S + hours * 3600)[-1].is_active == expected


def test_U46_the_projection_goes_on_at_the_rate_and_stops_at_the_end() -> None:
    used = Used(input_tokens=600, cache_read_tokens=600, usd_nanos=12 * 10**9)
    block = Block(START_S, START_S + BLOCK_S, START_S + 600, START_S + 1_200, {"m": used}, is_active=True)
    burned = rate(block)
    assert burned and (burned.tokens_per_minute, burned.own_tokens_per_minute) == (120, 60)
    assert burned.usd_nanos_per_hour == 72 * 10**9
    ahead = projection(block, START_S + 3600)
    assert ahead and ahead == (240, 1_200 + 120 * 240, 12 * 10**9 + 72 * 4 * 10**9)
    late = projection(block, START_S + BLOCK_S + 99)
    assert late and late == (0, 1_200, 12 * 10**9)
    assert projection(block._replace(is_active=False), START_S) is None


def test_U47_one_answer_alone_has_no_rate() -> None:
    block = Block(START_S, START_S + BLOCK_S, START_S + 600, START_S + 600, {"m": Used(input_tokens=5)}, is_active=True)
    assert rate(block) is None and projection(block, START_S) is None


@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo", "America/Los_Angeles"])
def test_the_hours_of_the_week_hold_what_the_days_of_the_range_do(zone: str, home: Path) -> None:
    keep(home, [Answer(f"2026-11-{day}T{hour}:10:00.000Z") for day in (16, 17, 18, 19) for hour in ("02", "12", "22")])
    with closing(open_reader(home)) as reader:
        for days in (("2026-11-17", "2026-11-18"), ("2026-11-17", None), (None, "2026-11-17"), (None, None)):
            scope = Scope(chosen(zone), START_S, *days)
            spent = sum(group.used.usd_nanos for group in groups(reader, scope, "day"))
            assert sum(map(sum, heat(reader, scope).cells)) == spent > 0


def test_of_a_few_minutes_nothing_is_said_about_the_hours_that_are_left() -> None:
    used = Used(input_tokens=600, usd_nanos=5 * 10**9)
    block = Block(START_S, START_S + BLOCK_S, START_S + 600, START_S + 1_199, {"m": used}, is_active=True)
    assert rate(block) and projection(block, START_S + 1_200) is None
    assert projection(block._replace(last_s=START_S + 1_200), START_S + 1_200)
