"""`fleetmeter show`: a conversation as text, of what is recorded; whether its files are still there does not matter."""

from collections.abc import Callable, Iterator
from contextlib import closing

from store import home as homes
from store.database import open_reader
from store.light import Any, NamedTuple
from viewers import query
from viewers.reports.scope import session_keys
from viewers.screen import format, output, terminal
from viewers.screen.text import clean, cut
from viewers.trouble import UsageTrouble

SHORT = 400
"""Characters of a text that are shown unless all of it is asked for."""
INDENT = "    "


class Moment(NamedTuple):
    """One thing that was said or done."""

    at: str
    run_id: str
    kind: str
    what: str
    text: str | None
    size: int | None
    duration_ms: int | None
    outcome: str | None
    ref: str | None
    block: int


Texts = Callable[[str, list[int]], dict[tuple[str, int], str]]
"""The collector's own function: the database keeps the beginning of each text, the lines have all of it."""


def run(texts: Callable[[], Texts], *, session: str, as_json: bool, is_full: bool, of_run: str | None) -> int:
    """Show it."""
    home = homes.locate()
    with closing(open_reader(home)) as reader:
        keys = list(session_keys(session, reader))
        id_ = next((row[1] for row in query.rows(reader, "sessions_like", id="") if row[0] in keys), session)
        found = [Moment(*row) for row in query.rows(reader, "session_story", sessions=str(keys), run=of_run)]
    if of_run is not None and not found:
        raise UsageTrouble(f"no run {of_run!r} in this session", hint="`fleetmeter show` without --run names them all")
    if is_full:
        whole = texts()(home, keys)
        found = [one._replace(text=whole.get((one.ref or "", one.block), one.text)) for one in found]
    if as_json:
        output.print_json({"schemaVersion": 1, "sessionId": id_, "moments": [document_of(one) for one in found]})
    else:
        terminal.show(f"session {clean(id_)}", *lines(found, is_full))
    return 0


def lines(found: list[Moment], is_full: bool) -> Iterator[str]:
    """The conversation for people: what a subagent says stands further in."""
    day = ""
    for one in found:
        if one.at[:10] != day and one.at:
            day = one.at[:10]
            yield f"\n{day}"
        margin = "" if one.run_id == "main" else INDENT
        yield f"{margin}{one.at[11:19]:8}  {_head(one)}"
        if one.kind in ("prompt", "message") and one.text:
            yield from _text(one.text, f"{margin}{INDENT}", is_full)


def _head(one: Moment) -> str:
    """What it is, in a few words."""
    run_id = "" if one.run_id == "main" else f" [{clean(one.run_id)}]"
    took = f", {format.seconds(one.duration_ms / 1000)}" if one.duration_ms is not None else ""
    if one.kind == "tool":
        size = f", {format.size(one.size)}" if one.size else ""
        target = f" {cut(clean(one.text), 120)}" if one.text else ""
        return f"tool {clean(one.what)}{target}: {one.outcome}{took}{size}{run_id}"
    if one.kind == "compaction":
        before = f", {format.count(one.size)} tokens before" if one.size else ""
        return f"compaction, {one.what}{f', {clean(one.text)}' if one.text else ''}{before}{run_id}"
    if one.what == "thinking":
        return f"thinking, {format.count(one.size or 0)} characters{run_id}"
    return f"{clean(one.what)}{took}{run_id}"


def _text(text: str, margin: str, is_full: bool) -> Iterator[str]:
    shown = text if is_full else text[:SHORT]
    for line in shown.splitlines():
        yield f"{margin}{clean(line)}"
    if len(shown) < len(text):
        yield f"{margin}… (--full shows all of it)"


def document_of(one: Moment) -> dict[str, Any]:
    words = {"tool": "tool", "compaction": "reason"}
    return {
        "at": one.at or None, "run": one.run_id, "kind": one.kind, words.get(one.kind, "what"): one.what,
        "target" if one.kind == "tool" else "text": one.text, "size": one.size, "durationMs": one.duration_ms,
        **({"outcome": one.outcome} if one.kind == "tool" else {}), "ref": one.ref,
    }  # fmt: skip
