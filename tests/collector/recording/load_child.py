"""What loads a collector, in processes of their own: `load_child.py write <user> <files> <lines/s> <seconds> <log>`,

or `load_child.py look <home>`: somebody who looks at the database twice a second until stdin ends.
"""

import contextlib
import heapq
import json
import os
import random
import struct
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))

from store.database import open_reader
from store.errors import FleetmeterError
from tests.collector.recording.load import writers

WRITE = struct.Struct("<dIQ")
"""When it was written, in which file, and how long the file was then."""
SPLIT, HALF_S = 0.1, (0.002, 0.05)
MOST_TOGETHER = 6


def write(user: str, files: str, rate: str, seconds: str, log: str) -> dict[str, object]:
    """Append to the files by turns, as often as told; a tenth of the writes come in two halves."""
    choose, growing = random.Random(1), writers(Path(user), int(files))
    opened = [os.open(writer.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600) for writer in growing]
    halves: list[tuple[float, int, bytes]] = []
    busy, sizes, lines = set[int](), [0] * len(growing), 0
    with open(log, "wb", buffering=1 << 20) as written:

        def put(number: int, content: bytes, *, is_whole: bool) -> None:
            os.write(opened[number], content)
            sizes[number] += len(content)
            if is_whole:
                written.write(WRITE.pack(time.monotonic(), number, sizes[number]))

        began = time.monotonic()
        while (now := time.monotonic()) < began + float(seconds):
            while halves and halves[0][0] <= now:
                _, number, content = heapq.heappop(halves)
                busy.discard(number)
                put(number, content, is_whole=True)
            left = began + lines / float(rate) - now
            if left > 0.0005:
                time.sleep(min(left, 0.005))
                continue
            number = choose.randrange(len(growing))
            if number in busy:
                continue
            count = choose.randint(1, MOST_TOGETHER)
            content, lines = growing[number].take(count), lines + count
            if choose.random() < SPLIT:
                cut = choose.randrange(1, len(content))
                put(number, content[:cut], is_whole=False)
                heapq.heappush(halves, (now + choose.uniform(*HALF_S), number, content[cut:]))
                busy.add(number)
            else:
                put(number, content, is_whole=True)
        for _, number, content in halves:
            put(number, content, is_whole=True)
    return {"lines": lines, "bytes": sum(sizes), "seconds": time.monotonic() - began}


def look(home: str) -> dict[str, object]:
    """The questions of a screen: totals of the day, what happened last, which sessions are at work."""
    os.set_blocking(0, False)
    questions = (
        "select agent, sum(responses), sum(output_tokens), sum(usd) from usage_quarter_hours group by agent",
        "select path, state, records, cursor_bytes from sources order by read_at desc limit 20",
    )
    looks, slowest = 0, 0.0
    while sys.stdin.buffer.read(1) is None:
        time.sleep(0.5)
        with contextlib.suppress(FleetmeterError), contextlib.closing(open_reader(home)) as reader:
            for question in questions[: 1 + looks % len(questions)]:
                began = time.monotonic()
                reader.execute(question).fetchall()
                slowest = max(slowest, time.monotonic() - began)
            looks += 1
    return {"looks": looks, "slowest": slowest}


if __name__ == "__main__":
    acts = {"write": write, "look": look}
    print(json.dumps(acts[sys.argv[1]](*sys.argv[2:])), flush=True)  # noqa: T201 - the answer to the test
