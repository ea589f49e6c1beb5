"""Lines of real rollouts, spoilt in every way: they never stop a recording, and cost only what they say."""

import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.collector.lines.test_bad_fields import WRONG, fields, spoilt
from tests.collector.recorded import record, refused, rows, views

FOLDER = Path(__file__).parent / "codex"
STRANGE = [*WRONG, "a\0b", "\ud800", float("nan"), 2**63, [[[[[[]]]]]], {"": {"\0": "\ud83d"}}]
SEEDS = [*range(8), *(pytest.param(seed, marks=pytest.mark.full) for seed in range(8, 300))]
THREAD = "01a1fb40-0000-7000-8000-00000000f00d"
USAGE = {
    "input_tokens": 1, "cached_input_tokens": 0, "output_tokens": 1, "reasoning_output_tokens": 0, "total_tokens": 2,
}  # fmt: skip


def real_lines() -> Iterator[dict[str, Any]]:
    """One line of each kind that the cases hold."""
    seen: set[tuple[object, ...]] = set()
    for path in sorted(FOLDER.rglob("*.jsonl")):
        for text in path.read_text("utf-8").splitlines():
            line = json.loads(text)
            body = line.get("payload", line)
            names = (line.get("type"), body.get("type"), body.get("item", {}).get("type"))
            if names not in seen and "foreign" not in path.parts:
                seen.add(names)
                yield line


LINES = list(real_lines())
ALL = [(line, way, wrong) for line in LINES for way in fields(line) for wrong in STRANGE]


def good(number: int) -> bytes:
    """An answer that nothing else is like."""
    sums = {**USAGE, "total_tokens": number}
    told = {"thread_id": THREAD, "response_id": f"good_{number}", "usage": USAGE, "thread_token_usage": sums}
    line = {"timestamp": "2026-11-20T10:00:00.000Z", "type": "token_usage_record", "payload": told}
    return json.dumps(line).encode() + b"\n"


def place(user: Path, name: str) -> Path:
    folder = user / ".codex" / "sessions"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"rollout-{name}.jsonl"


def counted(home: Path) -> int:
    return rows(home, "select count(*) from responses where message_id glob 'good_*'")[0][0]


@pytest.mark.promise("C9")
@pytest.mark.promise("C22")
@pytest.mark.parametrize("part", range(4))
def test_C9_a_field_of_a_wrong_type_costs_no_line_around_it(part: int, home: Path, user: Path) -> None:
    """B60, B24, B31, B43, B45: each field of each line with each wrong value, each between two good lines."""
    chosen = ALL[part::4]
    for start in range(0, len(chosen), 200):
        content = [good(10**6 + start)]
        for number, (line, way, wrong) in enumerate(chosen[start : start + 200], start):
            content += [spoilt(number, line, way, wrong), good(number)]
        place(user, f"{part}-{start}").write_bytes(b"".join(content))
    summary = record(home, user)
    assert counted(home) == len(chosen) + (len(chosen) + 199) // 200
    assert rows(home, "select count(*) from sources where state <> 'read'") == [(0,)]
    assert summary.unreadable == 0
    assert [row for row in refused(home) if row[2].startswith("not understood")] == []
    assert record(home, user).records == 0


def _cut(dice: random.Random, line: bytes) -> bytes:
    return line[: dice.randrange(1, len(line))] + b"\n"


def _scrambled(dice: random.Random, line: bytes) -> bytes:
    content = bytearray(line[:-1])
    for _ in range(dice.randrange(1, 6)):
        content[dice.randrange(len(content))] = dice.choice(b'\0\r"\\{}[]:,\xff\xed0e')
    return bytes(content).replace(b"\n", b" ") + b"\n"


def _deep(dice: random.Random, line: bytes) -> bytes:
    return line.replace(b"{", b'{"x":' + b"[" * 3000 + b"]" * 3000 + b",", dice.randrange(1, 3))


def _huge(dice: random.Random, line: bytes) -> bytes:
    """Every digit of some numbers many times over."""
    return line.replace(dice.choice(b"123456789").to_bytes(), b"9" * dice.randrange(2, 400))


def _other_ids(dice: random.Random, line: bytes) -> bytes:
    return line.replace(b"01a1fb", dice.choice((b"01a1fc", b"", b"\\u0000", b"\\ud83d", b"00000000")))


SPOIL: list[Callable[[random.Random, bytes], bytes]] = [
    lambda _, line: line, lambda _, line: line * 2, lambda _, line: line[:-1], lambda _dice, _line: b"",
    _cut, _scrambled, _deep, _huge, _other_ids,
]  # fmt: skip


@pytest.mark.promise("C9")
@pytest.mark.parametrize("seed", SEEDS)
def test_C9_files_cut_swapped_and_scrambled_never_stop_a_recording(seed: int, home: Path, user: Path) -> None:
    """B10, B13, B14: real files of all kinds, of which a good one lies beside; in one look, or growing."""
    dice = random.Random(seed)
    spoilt_files: dict[Path, list[bytes]] = {}
    for number, path in enumerate(dice.sample(sorted(FOLDER.rglob("*.jsonl")), 8)):
        lines = path.read_bytes().splitlines(keepends=True)
        lines += [dice.choice(lines) for _ in range(3)]
        if dice.random() < 0.5:
            dice.shuffle(lines)
        lines = [dice.choice(SPOIL)(dice, line) if dice.random() < 0.4 else line for line in lines]
        spoilt_files[place(user, f"{number}-{path.stem[-36:]}")] = lines
    place(user, "good").write_bytes(b"".join(map(good, range(50))))
    halves = dice.random() < 0.5
    for path, lines in spoilt_files.items():
        path.write_bytes(b"".join(lines[: len(lines) // 2] if halves else lines))
    record(home, user)
    for path, lines in spoilt_files.items() if halves else ():
        with path.open("ab") as file:
            file.writelines(lines[len(lines) // 2 :])
    if halves:
        record(home, user)
    assert counted(home) == 50
    assert rows(home, "select reason from rejects where reason glob 'not understood*'") == []
    before = views(home)
    assert record(home, user).records == 0
    assert views(home) == before
