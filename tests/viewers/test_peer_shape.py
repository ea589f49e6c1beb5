"""What scripts that read the JSON of ccusage rely on: each key that its 20.0.24 writes, of the same type."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.viewers.ledger import Answer, keep

SUMS = (
    "inputTokens:int outputTokens:int cacheCreationTokens:int cacheReadTokens:int totalTokens:int totalCost:float"
).split()
BREAKDOWN = (
    "modelName:str inputTokens:int outputTokens:int cacheCreationTokens:int cacheReadTokens:int cost:float".split()
)
ROW = [*SUMS, "period:str", "agent:str", "modelsUsed:list", "modelBreakdowns:list", "metadata:dict"]
# Its reports over all agents name a row `period`; those over one program name it as follows.
OWN = {"daily": "date:str", "weekly": "week:str", "monthly": "month:str", "session": "sessionId:str"}
METADATA = {"session": ["lastActivity:str", "reasoningOutputTokens:int"]}
BLOCK = (
    "id:str startTime:str endTime:str actualEndTime:str isActive:bool isGap:bool entries:int tokenCounts:dict "
    "totalTokens:int costUSD:float models:list burnRate:dict projection:NoneType"
).split()
COUNTS = "inputTokens:int outputTokens:int cacheCreationInputTokens:int cacheReadInputTokens:int".split()
GAP = "actualEndTime:NoneType isGap:bool burnRate:NoneType".split()
RATE = "tokensPerMinute:float tokensPerMinuteForIndicator:float costPerHour:float".split()
ENTRY = (
    "timestamp:str model:str inputTokens:int outputTokens:int cacheCreationTokens:int cacheReadTokens:int costUSD:float"
).split()


def missing(value: dict[str, Any], keys: Sequence[str]) -> list[str]:
    """The keys that are not there, or of another type."""
    pairs = [key.split(":") for key in keys]
    return [f"{name}:{kind}" for name, kind in pairs if name not in value or type(value[name]).__name__ != kind]


@pytest.fixture(autouse=True)
def history(home: Path) -> None:
    keep(home, [Answer("2026-11-18T10:00:00.000Z"), Answer("2026-11-18T10:30:00.000Z", "model-b"),
                Answer("2026-11-19T23:00:00.000Z", tokens=(7, 8, 9, 10, 11))])  # fmt: skip


@pytest.mark.parametrize("name", OWN)
def test_a_report_has_the_keys_that_scripts_read(name: str, run: Any) -> None:
    told = json.loads(run(name, "--json").stdout)
    assert missing(told["totals"], SUMS) == []
    for row in told[name]:
        assert missing(row, [*ROW, OWN[name]]) == []
        assert row["period"] == row[OWN[name].partition(":")[0]]
        assert missing(row["metadata"], METADATA.get(name, ["agents:list"])) == []
        assert all(missing(model, BREAKDOWN) == [] for model in row["modelBreakdowns"])


def test_one_session_has_them(run: Any) -> None:
    told = json.loads(run("session", "--id", "session-00", "--json").stdout)
    assert missing(told, ["sessionId:str", "totalCost:float", "totalTokens:int", "entries:list"]) == []
    assert all(missing(entry, ENTRY) == [] for entry in told["entries"])


def test_blocks_have_them(run: Any) -> None:
    first, gap, _ = json.loads(run("blocks", "--json").stdout)["blocks"]
    assert missing(first, BLOCK) == [] and missing(first["tokenCounts"], COUNTS) == []
    assert missing(first["burnRate"], RATE) == []
    assert missing(gap, GAP) == [] and gap["isGap"] and gap["id"].startswith("gap-")


def test_a_missing_key_is_seen() -> None:
    assert missing({"a": 1}, ["a:int", "b:str"]) == ["b:str"] and missing({"a": "1"}, ["a:int"]) == ["a:int"]
