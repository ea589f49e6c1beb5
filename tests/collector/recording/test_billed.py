"""What real programs wrote while an API counted: every token that it billed is found again, and none twice."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.collector.published import CORPUS, needed
from tests.collector.recorded import record, rows

AGENTS = ("gemini", "qwen", "pi", "opencode")
REAL = CORPUS / "real-clients"
SAMPLES = sorted(path.parent for agent in AGENTS for path in (REAL / agent).glob("*/billed.json"))
NO_REASONING = ("pi",)  # which part of the output was reasoning stands nowhere in its files
# What was billed and stands on no disk: agent → which of its requests. OpenCode's first one makes the title.
HIDDEN = {"opencode": (0,)}
KINDS = """
select model, input_tokens, cache_read_tokens, cache_write_5m_tokens + cache_write_1h_tokens, output_tokens,
    reasoning_tokens
from responses
where agent = '{}'
order by at, input_tokens
"""
SUMS = """
select model, sum(input_tokens), sum(cache_read_tokens), sum(output_tokens), sum(reasoning_tokens), sum(responses)
from usage_quarter_hours
group by 1
"""

pytestmark = needed
each = pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: f"{sample.parent.name}-{sample.name}")


def billed(sample: Path) -> list[tuple[Any, ...]]:
    """Each request as the API billed it, in our kinds: input without what was cached, output with reasoning."""
    hidden = HIDDEN.get(sample.parent.name, ())
    requests = json.loads((sample / "billed.json").read_text("utf-8"))["requests"]
    return [
        (
            request["model"], request["api_input"] - request["api_cached_part_of_input"],
            request["api_cached_part_of_input"], 0, request["api_output"],
            0 if sample.parent.name in NO_REASONING else request["api_reasoning_part_of_output"],
        )
        for place, request in enumerate(requests)
        if place not in hidden
    ]  # fmt: skip


@each
def test_every_request_is_counted_as_it_was_billed(sample: Path, home: Path, user: Path) -> None:
    shutil.copytree(sample / "home", user, dirs_exist_ok=True)
    record(home, user)
    requests = billed(sample)
    assert rows(home, KINDS.format(sample.parent.name)) == requests
    models = sorted({request[0] for request in requests})
    sums = [[sum(r[kind] for r in requests if r[0] == model) for kind in (1, 2, 4, 5)] for model in models]
    counts = [sum(1 for r in requests if r[0] == model) for model in models]
    expected = [(model, *sums[place], counts[place]) for place, model in enumerate(models)]
    assert rows(home, SUMS) == expected
    assert rows(home, "select * from rejects") == []
    assert rows(home, "select count(*) from responses where is_lower_bound") == [(0,)]


def test_the_samples_of_these_agents_are_there() -> None:
    assert {sample.parent.name for sample in SAMPLES} == set(AGENTS)
