"""`fleetmeter-emit AGENT ROOT [FROM [BODY]]`: keep what an agent's program says until it is recorded.

From `stream`, the output of a headless run as lines of JSON, only those that tell of limits are kept.

It says so on standard input, or, as some do, in the last word of the command. It waits for the sender, which imports
next to nothing, says nothing, and ends with 0 whatever happens. Nobody is connected to: a collector that hangs, or
that is killed halfway, costs the agent no time and the message nothing.
"""

import os
import sys

if __name__ == "__main__":  # -I keeps the folder of the script off the path, and the packages lie one above it
    sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from store import feed
from store.locate import locate

CHUNK = 1 << 16
STREAM, LIMIT = "stream", b'"rate_limit_event"'


def main() -> None:
    try:
        emit(sys.argv[1:])
    except Exception:  # noqa: BLE001 - whatever is wrong here is no business of the agent's
        return


def emit(words: list[str]) -> None:
    """Keep one message, or what a stream tells until it ends."""
    agent, root, *rest = words
    if rest == [STREAM]:
        return follow(feed.tree(locate(), agent, os.path.realpath(root)))
    at = feed.stamp()
    body = bytearray(os.fsencode(rest[1]) if rest[1:] else b"")
    while not rest[1:] and len(body) < feed.MOST_LINE and (part := os.read(0, CHUNK)):
        body += part
    folder = feed.tree(locate(), agent, os.path.realpath(root))
    feed.append(folder, feed.line(rest[0] if rest else "hook", bytes(body), at, os.getppid()))


def follow(folder: str) -> None:
    """Keep the lines that tell of limits, each when it comes; what else is said is nobody's business here."""
    rest, is_skipped = b"", False
    while part := os.read(0, CHUNK):
        *lines, rest = (rest + part).split(b"\n")
        for line in lines:
            if LIMIT in line and not is_skipped:
                feed.append(folder, feed.line(STREAM, line, feed.stamp(), os.getppid()))
            is_skipped = False
        if len(rest) > feed.MOST_LINE:
            rest, is_skipped = b"", True
    if LIMIT in rest and not is_skipped:
        feed.append(folder, feed.line(STREAM, rest, feed.stamp(), os.getppid()))


if __name__ == "__main__":
    main()
