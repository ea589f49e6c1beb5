"""Search: what is asked, in words that nobody need learn; and what is found, of prompts, replies and tool calls."""

import re
import sqlite3
import time

from store import named
from store.light import Any, NamedTuple
from viewers import query
from viewers.reports.dates import date_of, day_after, first_of_last, utc
from viewers.trouble import UsageTrouble

LOOKED = 2_500
"""Of the first and of the last rows with the words, so many are looked at."""
MOST = 200
KEEP_S = 2.0
KINDS = ("prompt", "reply", "tool", "error")
PARTS = re.compile(r'"([^"]*)"?|(\S+)')
UNIX_DAY = 2440587.5
"""1970-01-01 as SQLite's julianday has it."""


class Asked(NamedTuple):
    """A question, understood: nothing that a person types is an error."""

    text: str
    terms: tuple[str, ...] = ()
    """What is to be shown as found."""
    kinds: tuple[str, ...] = ()
    agent: str | None = None
    project: str | None = None
    since: str | None = None
    until: str | None = None
    trouble: str = ""
    """What of it was not understood, and is left out."""


class Match(NamedTuple):
    """A prompt, a reply or a tool call that says the words."""

    key: int
    session_id: str
    agent: str
    account: str
    project: str | None
    run_id: str
    at: str | None
    kind: str
    what: str
    text: str
    outcome: str | None
    id: str
    block: int
    ref: str
    score: float
    found: int


class Found(NamedTuple):
    """The answer."""

    asked: Asked
    matches: tuple[Match, ...] = ()
    total: int = 0
    is_least: bool = False
    """Whether there are more than were looked at."""
    left: int = 0
    """Rows that are not in the index yet."""


def understood(text: str) -> Asked:
    """Words, "whole phrases", and of what: is:prompt, project:, agent:, since:, until:."""
    asked, terms, troubles = Asked(text), list[str](), list[str]()
    for phrase, word in PARTS.findall(text):
        name, colon, value = word.partition(":")
        if colon and value and name.lower() in ("is", "project", "agent", "since", "until"):
            try:
                asked = _with(asked, name.lower(), value)
            except UsageTrouble as trouble:
                troubles.append(str(trouble))
        elif any(sign.isalnum() for sign in phrase or word):
            terms.append(phrase or word)
    return asked._replace(terms=tuple(terms), trouble="; ".join(troubles))


def _with(asked: Asked, name: str, value: str) -> Asked:
    if name == "is":
        if value not in KINDS:
            raise UsageTrouble(f"is:{value} is none of {', '.join(KINDS)}")
        return asked._replace(kinds=(*asked.kinds, value))
    if name == "project":
        return asked._replace(project=value)
    if name == "agent":
        return asked._replace(agent=value.lower())
    today = time.strftime("%Y-%m-%d")
    day = first_of_last(value, today) if value[-1:] in "dw" else date_of(value, name)
    assert day is not None
    if name == "since":
        return asked._replace(since=_instant(day))
    return asked._replace(until=_instant(day_after(day, 1)))


def _instant(day: str) -> str:
    """When that day begins here."""
    year, month, date = map(int, day.split("-"))
    try:
        return utc(time.mktime((year, month, date, 0, 0, 0, 0, 0, -1)))
    except (OverflowError, ValueError):
        return day


def expression(terms: tuple[str, ...]) -> str:
    """The words as the index wants them: all of them, each as it begins. In quotes nothing has a meaning.

    A single letter stands for itself: what begins with it is half of all words, and takes long to gather."""
    return " AND ".join(f'"{_plain(term)}"{" *" if len(term) > 1 or not term.isascii() else ""}' for term in terms)


def _plain(term: str) -> str:
    return term.replace('"', " ").replace("\0", " ").encode("utf-8", "replace").decode()


def search(reader: sqlite3.Connection, asked: Asked, now_s: float, *, most: int = MOST) -> Found:
    """The best matches."""
    ((left,),) = query.rows(reader, "search_left")
    projects = None
    if asked.project is not None:
        import json

        projects = json.dumps(named.project(asked.project, [row[0] for row in query.rows(reader, "project_names")]))
    rows: list[tuple[Any, ...]] = []
    if asked.terms:
        rows = query.rows(
            reader, "search", words=expression(asked.terms), looked=LOOKED, most=most, agent=asked.agent,
            since=asked.since, until=asked.until, today=UNIX_DAY + now_s / 86_400, projects=projects,
            kinds="[" + ",".join(f'"{kind}"' for kind in asked.kinds) + "]" if asked.kinds else None,
        )  # fmt: skip
    matches = tuple(Match(*row) for row in rows)
    total = matches[0].found if matches else 0
    return Found(asked, matches, total, total >= LOOKED, left or 0)


class Memory:
    """The last answer: what is found need not follow every line that is recorded."""

    def __init__(self) -> None:
        self.read_s = 0.0
        self.found: Found | None = None


def again(reader: sqlite3.Connection, memory: Memory, asked: Asked, now_s: float) -> Found:
    """The answer, asked anew only every few seconds while the question is the same."""
    found = memory.found
    if found is not None and found.asked == asked and 0 <= now_s - memory.read_s < KEEP_S:
        return found
    memory.found, memory.read_s = search(reader, asked, now_s), now_s
    return memory.found
