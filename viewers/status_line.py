"""`fleetmeter-statusline AGENT ROOT [-- COMMAND]`: the line below an agent's prompt, and what the agent tells there.

The agent starts it again and again, and waits: so it imports little, asks one short question, and never fails. The
status line that a user had before goes on as it was: its command follows `--`, and what it prints is passed through.
"""

import os
import sys
import time

if __name__ == "__main__":  # -I keeps the folder of the script off the path, and the packages lie one above it
    sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from store import feed
from store.light import TYPE_CHECKING, Any
from store.locate import locate, uri_in
from viewers.query import rows
from viewers.screen.format import LOWER_BOUND
from viewers.screen.format import window as sized
from viewers.screen.money import dollars

if TYPE_CHECKING:
    import sqlite3

FORMAT = "{model} · {context} · {session} · today {today} · 5h {five_hour} · week {week} · {burn}"
BETWEEN = " · "
CHUNK = 1 << 16
BUSY_S = 0.05
LATELY_S = 1800
COLOURS = ((85, "31"), (60, "33"), (0, "32"))
"""Percent of a context, and how it is shown from there on: the next large answer may not fit; plan a stop; fine."""


def main() -> None:
    """The console script."""
    words = sys.argv[1:]
    at = words.index("--") if "--" in words else len(words)
    body = _read()
    try:
        agent, root = words[:at]
        folder = feed.tree(locate(), agent, os.path.realpath(root))
        feed.append(folder, feed.line("status", body, feed.stamp(), os.getppid()))
    except Exception:  # noqa: BLE001 - an agent waits: what cannot be kept is lost
        pass
    if words[at + 1 :]:
        sys.exit(_pass_on(words[at + 1], body))
    try:
        sys.stdout.write(line(body, os.environ.get("FLEETMETER_STATUSLINE") or FORMAT, time.time()) + "\n")
        sys.stdout.flush()
    except Exception:  # noqa: BLE001 - an empty line is better than a traceback below the prompt
        pass


def line(body: bytes, form: str, now: float) -> str:
    """The parts of the form of which something is known."""
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(":memory:", isolation_level=None)) as memory:
        (told,) = rows(memory, "status_told", told=body.decode("utf-8", "replace"))
    known, session_id = _told(told, now), told[0]
    try:
        with closing(sqlite3.connect(uri_in(locate()), uri=True, timeout=BUSY_S, isolation_level=None)) as reader:
            known |= _recorded(reader, session_id, now)
    except sqlite3.Error:
        pass  # there is no database yet, or an older or newer one
    return BETWEEN.join(part.format_map(known) for part in form.split(BETWEEN) if _is_known(part, known))


def _is_known(part: str, known: dict[str, str]) -> bool:
    """Whether every field of a part is; one without fields is a word of the user's own."""
    return all(field.partition("}")[0] in known for field in part.split("{")[1:])


def _told(told: tuple[Any, ...], now: float) -> dict[str, str]:
    """What the agent itself says."""
    _, model, context, window, five_hour, five_hour_s, week, week_s = told
    found: dict[str, str] = {}
    if model:
        found["model"] = "".join(filter(str.isprintable, model))[:40]
    if context is not None and window:
        found["context"] = f"{_coloured(context)} of {sized(window)}"
    for name, used, resets_s in (("five_hour", five_hour, five_hour_s), ("week", week, week_s)):
        if used is not None:
            found[name] = f"{used:.0f}%{_left(resets_s - now) if resets_s and resets_s > now else ''}"
    return found


def _recorded(reader: "sqlite3.Connection", session_id: str | None, now: float) -> dict[str, str]:
    """What the collector knows."""
    day = time.localtime(now)
    midnight = time.mktime((day.tm_year, day.tm_mon, day.tm_mday, 0, 0, 0, 0, 0, -1))
    since, lately = _quarter(midnight), _quarter(now - LATELY_S)
    ((nanos, lately_nanos, is_least),) = rows(reader, "spent_since", since=since, lately=lately)
    mark = LOWER_BOUND if is_least else ""
    found = {"today": mark + dollars(nanos or 0)}
    if lately_nanos:
        found["burn"] = f"{mark}{dollars(lately_nanos * 60 // LATELY_S)}/min"
    for (usd,) in rows(reader, "status_session", session_id=session_id):
        if usd is not None:
            found["session"] = dollars(round(usd * 1e9))
    return found


def _quarter(moment: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M", time.gmtime(moment // 900 * 900))


def _left(seconds: float) -> str:
    days, hours, minutes = int(seconds) // 86_400, int(seconds) // 3600 % 24, int(seconds) // 60 % 60
    return f" {days}d{hours:02d}h" if days else f" {hours}h{minutes:02d}m" if hours else f" {minutes}m"


def _coloured(share: float) -> str:
    if os.environ.get("NO_COLOR"):
        return f"{share:.0f}%"
    colour = next(code for least, code in COLOURS if share >= least or not least)
    return f"\x1b[{colour}m{share:.0f}%\x1b[0m"


def _read() -> bytes:
    body = bytearray()
    while len(body) < feed.MOST_LINE and (part := os.read(0, CHUNK)):
        body += part
    return bytes(body)


def _pass_on(command: str, body: bytes) -> int:
    """Run the status line that was there before, as the agent would."""
    import subprocess

    return subprocess.run(["/bin/sh", "-c", command], input=body, check=False).returncode


if __name__ == "__main__":
    main()
