"""The two sides of a race: `rewrite <files>` in place, up to 2,000 times a second; `look <mutant> <home> <user>`.

Both go on until stdin ends; who looks also until enough versions were seen, or a torn one. Every version says its
number and checksum at its beginning and at its end. The disk is slow now and then, so that a look can begin in one
version and end in another. The answer is JSON on stdout.
"""

import json
import os
import random
import sys
import time
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[3]))

from tests.collector.recorded import rows

PERIOD_S = 0.0005
ENOUGH, PATIENCE_S = 10, 60  # on a busy machine a look takes long, and is no worse for that
BURST, REST_S = 40, 0.06  # a file that never rests is rightly never taken
LETTERS = "abcdefghij"


def word(number: int) -> str:
    """The name of a version: its number, and a checksum over it."""
    return f"{number:08d}-{zlib.crc32(str(number).encode()):08x}"


def is_whole(words: tuple[str | None, ...]) -> bool:
    """Whether all come from one version."""
    return words[0] is not None and len(set(words)) == 1 and word(int(words[0][:8])) == words[0]


def version(path: Path, number: int) -> bytes:
    """A sidecar of 12 KB, of the same length in every version."""
    padding = LETTERS[number % len(LETTERS)] * 12_000
    if path.name.endswith(".meta.json"):
        meta = {"agentType": word(number), "spawnDepth": 1, "padding": padding, "description": word(number)}
        return json.dumps(meta).encode()
    flow = {"runId": path.stem, "workflowName": word(number), "padding": padding, "summary": word(number)}
    return json.dumps(flow).encode()


def is_told_to_end() -> bool:
    return sys.stdin.buffer.read(1) is not None


def rewrite(*files: str) -> dict[str, Any]:
    """Write one version after another into the same files: truncated first or not, in one write or in two."""
    number, start = 0, time.monotonic()
    while not is_told_to_end():
        number += 1
        for path in map(Path, files):
            content = version(path, number)
            cut = random.randrange(len(content)) if number % 3 == 0 else len(content)
            descriptor = os.open(path, os.O_WRONLY | (os.O_TRUNC if number % 3 < 2 else 0))
            os.write(descriptor, content[:cut])
            os.write(descriptor, content[cut:])
            os.close(descriptor)
        if number % BURST == 0:
            time.sleep(REST_S)
            start += REST_S
        time.sleep(max(0, start + number * PERIOD_S - time.monotonic()))
    return {"versions": number, "last": word(number)}


def slow(read: Callable[..., bytes]) -> Callable[..., bytes]:
    """A disk that needs a while between two pages, now and then."""

    def read_slowly(descriptor: int, length: int, place: int) -> bytes:
        if random.random() < 0.7:
            return read(descriptor, length, place)
        first = read(descriptor, min(length, 4096), place)
        time.sleep(4 * PERIOD_S)
        return first + read(descriptor, length - len(first), place + len(first))

    return read_slowly


def blind(call: Callable[..., Any], seen: dict[tuple[Any, ...], Any]) -> Callable[..., Any]:
    """The mutant: a second look at a file that sees what the first one saw."""

    def see_again(*what: Any) -> Any:
        key = (call, *what)
        if key not in seen:
            seen[key] = call(*what)
        return seen[key]

    return see_again


def look(mutant: str, home: str, user: str) -> dict[str, Any]:
    """Record again and again; after every look the rows of the sidecars must be those of one version."""
    give_up = time.monotonic() + PATIENCE_S
    os.pread = slow(os.pread)
    if mutant == "blind":
        seen: dict[tuple[Any, ...], Any] = {}
        os.pread, os.fstat = blind(os.pread, seen), blind(os.fstat, seen)
        opened = os.open

        def forget(*arguments: Any, **named: Any) -> int:
            seen.clear()
            return opened(*arguments, **named)

        os.open = forget
    from collector.recording.once import collect_once  # only now: it may take these functions for defaults

    looks, found, torn = 0, set[tuple[Any, ...]](), set[tuple[Any, ...]]()
    while not torn and (not is_told_to_end() or (len(found) < ENOUGH and time.monotonic() < give_up)):
        collect_once(home, {}, user)
        looks += 1
        agents = rows(Path(home), "select agent_type, description from runs where run_id = 'a1111'")
        flows = rows(Path(home), "select name, summary from workflows")
        found |= {*agents, *flows}
        torn |= {words for words in (*agents, *flows) if words[0] is not None and not is_whole(words)}
    return {"looks": looks, "found": len(found), "torn": len(torn), "first": sorted(torn)[:3]}


if __name__ == "__main__":
    os.set_blocking(0, False)
    acts = {"rewrite": rewrite, "look": look}
    print(json.dumps(acts[sys.argv[1]](*sys.argv[2:])), flush=True)  # noqa: T201 - stdout is the answer to the test
