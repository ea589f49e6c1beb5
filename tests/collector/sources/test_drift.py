"""What an agent writes in another way than it did is refused line by line, and shown; the lines around it count."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.collector.recorded import record, refused, rows, source

FOLDER = Path(__file__).parent
Edit = Callable[[dict[str, Any]], Any]


class Sample(NamedTuple):
    """A chat of a real program, and one line of it that tells of an answer."""

    agent: str
    line: int
    lost: int
    """How many answers are lost with that line."""

    @property
    def path(self) -> Path:
        return next(path for path in sorted((FOLDER / self.agent / "real").rglob("*.jsonl")))


# The last answer of a chat; Gemini's is written once, the others' answers before it twice.
GEMINI, PI = Sample("gemini", 27, 1), Sample("pi", 12, 1)
QWEN = Sample("qwen", 18, 0)  # the telemetry line; the answer that repeats it counts in its place


def renamed(outer: tuple[str, ...], name: str) -> Edit:
    """A field of the usage gets another name."""

    def edit(line: dict[str, Any]) -> None:
        inner = line
        for key in outer:
            inner = inner[key]
        inner["another_" + name] = inner.pop(name)

    return edit


def put(outer: tuple[str, ...], name: str, value: object) -> Edit:
    """A field gets another value."""

    def edit(line: dict[str, Any]) -> None:
        inner = line
        for key in outer:
            inner = inner[key]
        inner[name] = value

    return edit


EVENT = ("systemPayload", "uiEvent")
USAGE = ("message", "usage")
DRIFTS = [
    *((GEMINI, renamed(("tokens",), name)) for name in ("input", "output", "cached", "total")),
    (GEMINI, renamed((), "tokens")),
    (GEMINI, put(("tokens",), "input", "12767")),
    (GEMINI, put(("tokens",), "output", -7)),
    (GEMINI, put((), "tokens", [1, 2])),
    (GEMINI, put((), "type", "gemini2")),
    *((PI, renamed(USAGE, name)) for name in ("input", "output", "cacheRead", "cacheWrite")),
    (PI, renamed(("message",), "usage")),
    (PI, put(USAGE, "output", 1.5)),
    (PI, put(("message",), "usage", 5)),
    (PI, put(("message",), "role", "oracle")),
    (PI, put((), "type", "reply")),
    *(
        (QWEN, renamed(EVENT, name))
        for name in ("input_token_count", "output_token_count", "cached_content_token_count", "total_token_count")
    ),
    (QWEN, put(EVENT, "event.name", "qwen-code.model_reply")),
    (QWEN, put(EVENT, "input_token_count", {})),
    (QWEN, put((), "systemPayload", None)),
    (QWEN, put((), "type", "note")),
]
each = pytest.mark.parametrize(
    ("sample", "edit"), DRIFTS, ids=[f"{sample.agent}-{place}" for place, (sample, _) in enumerate(DRIFTS)]
)


def lay(sample: Sample, user: Path, lines: list[bytes]) -> Path:
    place = user / sample.path.relative_to(FOLDER / sample.agent / "real" / "user")
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(b"".join(lines))
    return place


@each
def test_a_renamed_field_or_type_is_refused_and_shown(sample: Sample, edit: Edit, home: Path, user: Path) -> None:
    lines = sample.path.read_bytes().splitlines(keepends=True)
    drifted = json.loads(lines[sample.line])
    edit(drifted)
    before, after = lines[: sample.line], lines[sample.line + 1 :]
    place = lay(sample, user, [*before, json.dumps(drifted).encode() + b"\n", *after])
    summary = record(home, user)
    assert [row[0] for row in refused(home, place)] == [sum(map(len, before))]
    assert not refused(home, place)[0][2].startswith("not understood")
    assert summary.rejected == source(home, place)["rejected"] == 1
    assert rows(home, "select count(*), sum(is_lower_bound) from responses") == [(5 - sample.lost, 0)]
    assert rows(home, "select count(*) from prompts where is_abandoned") == [(0,)]
    if sample.agent == "qwen":
        assert source(home, place)["version"] == "0.15.10"


@pytest.mark.parametrize("sample", [GEMINI, PI, QWEN], ids=lambda sample: sample.agent)
def test_what_is_unknown_is_refused_on_every_line_and_harms_none(sample: Sample, home: Path, user: Path) -> None:
    """An unknown kind of line between all others, in the chain of those that name their parent."""
    lines: list[bytes] = []
    parent = ""
    for place, line in enumerate(sample.path.read_bytes().splitlines(keepends=True)):
        strange = {"type": "marble", "id": f"x{place}", "uuid": f"x{place}", "sessionId": "s", "parentUuid": parent}
        old = json.loads(line)
        if place and "parentUuid" in old:
            line = line.replace(old["parentUuid"].encode(), f"x{place - 1}".encode(), 1) if place > 1 else line
        parent = old.get("uuid", "")
        lines += [line, json.dumps({**strange, "timestamp": old.get("timestamp")}).encode() + b"\n"]
    place = lay(sample, user, lines)
    record(home, user)
    assert len(refused(home, place)) == len(lines) // 2
    assert rows(home, "select count(*) from responses") == [(5,)]
    assert rows(home, "select sum(is_abandoned), count(*) from prompts") == [(0, 2)]


BAD = {
    "junk": b"junk\n",
    "nothing": b"\n\n",
    "cut": b'{"type":"assistant","uuid":"x","sessi\n',
    "nuls": b"\0" * 100 + b"\n",
    "array": b"[1,2]\n",
    "deep": b'{"a":' * 5000 + b"1" + b"}" * 5000 + b"\n",
}


@pytest.mark.promise("C9")
@pytest.mark.parametrize("bad", BAD)
@pytest.mark.parametrize("sample", [GEMINI, PI, QWEN], ids=lambda sample: sample.agent)
def test_C9_a_bad_line_costs_only_itself(sample: Sample, bad: str, home: Path, user: Path) -> None:
    lines = [part for line in sample.path.read_bytes().splitlines(keepends=True) for part in (BAD[bad], line)]
    place = lay(sample, user, lines)
    record(home, user)
    assert rows(home, "select count(*) from responses") == [(5,)]
    assert rows(home, "select sum(is_abandoned), count(*) from prompts") == [(0, 2)]
    assert len(refused(home, place)) == (0 if bad == "nothing" else len(lines) // 2)


@pytest.mark.parametrize("sample", [GEMINI, PI, QWEN], ids=lambda sample: sample.agent)
def test_glued_and_cut_lines_are_told_apart(sample: Sample, home: Path, user: Path) -> None:
    """A line without its newline, and the stump of one before the next."""
    lines = sample.path.read_bytes().splitlines(keepends=True)
    glued = [*lines[:2], lines[2].rstrip(b"\n"), *lines[3:6], lines[6][:40], *lines[6:]]
    place = lay(sample, user, glued)
    record(home, user)
    assert rows(home, "select count(*) from responses") == [(5,)]
    assert [row[2] for row in refused(home, place)] == ["cut short by the next record"]


@pytest.mark.parametrize("sample", [GEMINI, PI, QWEN], ids=lambda sample: sample.agent)
def test_text_that_no_database_holds_costs_nothing(sample: Sample, home: Path, user: Path) -> None:
    lines = sample.path.read_bytes()
    for word in (b"chatcmpl-", b"9c4508d9", b"looking", b"ls -la", b"second"):
        lines = lines.replace(word, word + b"\\u0000\\ud83d")
    place = lay(sample, user, [lines])
    record(home, user)
    assert refused(home, place) == []
    assert rows(home, "select count(*) from responses") == [(5,)]


def test_a_whole_chat_says_what_it_could_not_read_and_keeps_the_rest(home: Path, user: Path) -> None:
    sample = FOLDER / "gemini" / "one_document" / "user"
    path = next(sample.rglob("session-*.json"))
    chat = json.loads(path.read_text("utf-8"))
    answer = chat["messages"][1]
    chat["messages"] += [{**answer, "id": "m8", "type": "marble"}, {**answer, "id": "m9"}]
    place = user / path.relative_to(sample)
    place.parent.mkdir(parents=True)
    place.write_text(json.dumps(chat, indent=2), "utf-8")
    record(home, user)
    assert rows(home, "select message_id from responses order by 1") == [("m1",), ("m9",)]
    assert (source(home, place)["state"], source(home, place)["reason"]) == (
        "unreadable", "an unknown type of message",
    )  # fmt: skip


@pytest.mark.parametrize("name", ["promptTokenCount", "candidatesTokenCount", "totalTokenCount"])
def test_an_answer_that_no_telemetry_repeats_is_refused_when_a_field_is_renamed(
    name: str, home: Path, user: Path
) -> None:
    """Never counted as nothing, as it would be where the answer alone tells of itself."""
    lines = [json.loads(line) for line in QWEN.path.read_bytes().splitlines()]
    told = [line for line in lines if line.get("subtype") != "ui_telemetry"]
    answers = [line for line in told if "usageMetadata" in line]
    renamed(("usageMetadata",), name)(answers[-1])
    place = lay(QWEN, user, [json.dumps(line).encode() + b"\n" for line in told])
    record(home, user)
    reason = "usage without total" if name == "totalTokenCount" else "usage without input or output"
    assert [row[2] for row in refused(home, place)] == [reason]
    assert rows(home, "select count(*) from responses where output_tokens > 0") == [(len(answers) - 1,)]
    assert source(home, place)["version"] == "0.15.10"
