"""What each prompt set off: every answer under one prompt, and why that was dear."""

import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from store.database import open_reader
from tests.viewers.ledger import Asked, keep, some
from tests.viewers.test_totals import ZONES
from viewers.reports.flags import MODES
from viewers.reports.scope import Scope
from viewers.reports.usage import Used, groups, total
from viewers.reports.zone import chosen
from viewers.spending.caching import Rates
from viewers.spending.prompted import Answered, Prompt, Run, prompted, why
from viewers.spending.spent import spent
from viewers.spending.waking import waking

RATES = {1: Rates(5_000_000, 500_000, 6_250_000, 10_000_000, 25_000_000)}
PROMPTS = [Prompt("p1", "2026-11-20T10:00:00Z", "prompt", "one"), Prompt("p2", "2026-11-20T11:00:00Z", "prompt", "two")]
RUNS = [
    Run(1, "main", None, None),
    Run(2, "subagent", 1, "p1"),
    Run(3, "subagent", 2, None),
    Run(4, "workflow", 4, None),
]


def answered(at: str, run: int = 1, prompt: str | None = None, **more: Any) -> Answered:
    used = Used(output_tokens=1_000, responses=1, usd_nanos=25_000_000)._replace(**more)
    if run > 1:
        used = used._replace(subagent_tokens=used.total_tokens, subagent_usd_nanos=used.usd_nanos)
    return Answered(1, run, "main" if run == 1 else "subagent", prompt, f"2026-11-20T{at}Z", "m", 1, used)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        pytest.param(answered("12:00:00", prompt="p1"), 1, id="the prompt that it names"),
        pytest.param(answered("12:00:00", 2), 1, id="the prompt whose answer began its run"),
        pytest.param(answered("12:00:00", 3), 1, id="that of the run which began its run"),
        pytest.param(answered("12:00:00"), 2, id="else the last one before it"),
        pytest.param(answered("10:30:00", 4), 1, id="also where a run says that it began itself"),
        pytest.param(answered("09:00:00"), 0, id="none was before it"),
        pytest.param(answered("10:59:59", prompt="lost"), 1, id="a prompt that is not there"),
    ],
)
def test_an_answer_belongs_to_the_prompt_that_set_it_off(answer: Answered, expected: int) -> None:
    (turn,) = prompted([answer], PROMPTS, RUNS, RATES)
    assert (turn.prompt and turn.prompt.prompt_id) == (None, "p1", "p2")[expected]


def test_prompts_are_numbered_as_they_were_asked() -> None:
    both = prompted([answered("12:00:00", prompt="p2"), answered("10:00:01", prompt="p1")], PROMPTS, RUNS, RATES)
    assert [(turn.number, turn.prompt and turn.prompt.text) for turn in both] == [(1, "one"), (2, "two")]
    early = prompted([answered("08:00:00"), answered("10:00:01", prompt="p1")], PROMPTS, RUNS, RATES)
    assert [(turn.number, turn.prompt is None) for turn in early] == [(0, True), (1, False)]


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ([answered("10:01:00")], ["1.0k tokens of output"]),
        ([answered("10:01:00"), answered("10:02:00", 2)], ["subagents 50%", "2.0k tokens of output"]),
        ([answered("10:01:00", cache_read_tokens=200_000)] * 3, ["3 answers on 200.0k of context"]),
        ([answered("10:01:00", cache_write_5m_tokens=90_000)], ["90.0k written to the cache"]),
        ([answered("10:01:00", input_tokens=90_000)], ["90.0k of input in no cache"]),
        ([answered("10:01:00")._replace(price_key=None)], []),
    ],
)
def test_why_a_prompt_was_dear_is_what_its_sums_show(answers: list[Answered], expected: list[str]) -> None:
    (turn,) = prompted(answers, PROMPTS, RUNS, RATES)
    assert why(turn) == expected


def test_a_pause_before_it_is_why() -> None:
    (turn,) = prompted([answered("10:01:00", cache_write_5m_tokens=90_000)], PROMPTS, RUNS, RATES)
    assert why(turn._replace(waited_nanos=10**9, waited_tokens=80_000)) == ["cache expired, 80.0k written again"]


@pytest.mark.parametrize("zone", ZONES[:4])
def test_prompts_and_threads_add_up_to_the_session_of_the_report(zone: str, home: Path) -> None:
    keep(
        home, some(9), [Asked(f"p{number}", f"2026-0{number + 1}-10T10:00:00.000Z", number % 3) for number in range(9)]
    )
    with closing(open_reader(home)) as reader:
        for mode in MODES:
            for since in (None, "2026-04-01"):
                scope = Scope(chosen(zone), time.time(), since, mode=mode)
                for group in groups(reader, scope, "session"):
                    found = spent(reader, scope._replace(sessions=(int(group.key),)))
                    assert total([turn.used for turn in found.prompts]) == group.used
                    assert total([thread.used for thread in found.threads]) == group.used


def test_waking_is_the_last_context_at_the_price_of_today(home: Path) -> None:
    from tests.viewers.ledger import Answer

    keep(home, [Answer("2026-11-20T10:00:00.000Z", tokens=(100, 900, 3_000, 0, 40_000)),
                Answer("2026-11-20T09:00:00.000Z", session=1, tokens=(100, 900, 0, 3_000, 40_000)),
                Answer("2026-11-20T09:00:00.000Z", "mystery", session=2)])  # fmt: skip
    at_ten = 1_795_168_800.0
    with closing(open_reader(home)) as reader:
        warm, cold, hour, none = (
            waking(reader, session, at_ten + after) for session, after in ((1, 299), (1, 301), (2, -1), (3, 0))
        )
        assert waking(reader, 99, at_ten) is None
    assert warm and cold and hour and none
    assert (warm.is_warm, cold.is_warm, hour.is_warm, hour.life) == (True, False, True, "1h")
    assert warm.context_tokens == 44_000 and warm[:6] == cold[:6]
    # Of model-a a token of input is 3 picodollars times a million; read at a tenth, written at five quarters.
    assert warm.cold_nanos == 44_000 * 3_750
    assert warm.warm_nanos == 43_000 * 300 + 1_000 * 3_750
    assert (none.cold_nanos, none.context_tokens) == (None, 103)
