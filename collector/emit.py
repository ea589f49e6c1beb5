"""`fleetmeter-emit AGENT ROOT [FROM [BODY]]`: keep what an agent's program says until it is recorded.

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


def main() -> None:
    try:
        emit(sys.argv[1:])
    except Exception:  # noqa: BLE001 - whatever is wrong here is no business of the agent's
        return


def emit(words: list[str]) -> None:
    """Keep one message."""
    agent, root, *rest = words
    at = feed.stamp()
    body = bytearray(os.fsencode(rest[1]) if rest[1:] else b"")
    while not rest[1:] and len(body) < feed.MOST_LINE and (part := os.read(0, CHUNK)):
        body += part
    folder = feed.tree(locate(), agent, os.path.realpath(root))
    feed.append(folder, feed.line(rest[0] if rest else "hook", bytes(body), at, os.getppid()))


if __name__ == "__main__":
    main()
