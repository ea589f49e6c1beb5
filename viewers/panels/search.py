"""What was found, drawn: the matches of each session together, a match in its surroundings, and all of it."""

import re

from store.light import Any
from viewers.panels.feed import MARKS
from viewers.panels.ink import Line, Panel, Row, apart, cell, cropped, one
from viewers.panels.moments import clock, day
from viewers.panels.search_read import Found, Match
from viewers.panels.words import folder
from viewers.screen import format
from viewers.screen.secrets import hide
from viewers.screen.text import clean, wrapped

EMPTY = "Press / and type words. They match as they begin, in quotes as they stand."
LATE = 100
"""So many entries that are not in the index are told; fewer are of the last second."""
WORD = re.compile(r"\w+")


def pattern(terms: tuple[str, ...]) -> re.Pattern[str] | None:
    """What shows the words in a text, at the beginnings of words as the index has them."""
    found = [r"[\W_]+".join(map(re.escape, WORD.findall(clean(term)))) for term in terms]
    found = [words for words in found if words]
    return re.compile("|".join(rf"(?<![^\W_]){words}" for words in found), re.IGNORECASE) if found else None


def marked(text: str, wanted: re.Pattern[str] | None, style: str = "") -> Line:
    """A clean text, with what was searched for set off."""
    inks: list[tuple[str, str]] = []
    at = 0
    for found in wanted.finditer(text) if wanted else ():
        inks += [(text[at : found.start()], style), (found[0], "match")]
        at = found.end()
    return tuple(ink for ink in (*inks, (text[at:], style)) if ink[0])


def snippet(match: Match, wanted: re.Pattern[str] | None, columns: int) -> Line:
    """The surroundings of the first of the words, in so many columns."""
    text = " ".join(clean(hide(match.text)).split())
    name = clean(match.what) + " " if match.ref.startswith("tool") else ""
    room = columns - len(name)
    first = wanted.search(text) if wanted else None
    if first is not None and first.end() > room - 1:
        begin = max(first.start() - max(room // 3, 0), 0)
        text = "…" + text[begin + 1 :] if begin else text
    return cropped((*marked(name, wanted, "tool"), *marked(text, wanted)), columns)


def mark(match: Match) -> tuple[str, str]:
    """The sign of what it is."""
    return MARKS.get("ok" if match.kind == "tool" else match.kind, ("·", "muted"))


def grouped(found: Found) -> list[list[Match]]:
    """The matches of each session together: sessions by their best match, and so inside."""
    groups: dict[int, list[Match]] = {}
    for match in found.matches:
        groups.setdefault(match.key, []).append(match)
    return list(groups.values())


def count(found: Found) -> str:
    """How many there are, and what may be missing."""
    least = format.LOWER_BOUND if found.is_least else ""
    words = f"{least}{format.count(found.total)} {'match' if found.total == 1 else 'matches'}"
    if found.left >= LATE:
        words += f" · {format.count(found.left)} entries are not indexed yet"
    return words


def heading(match: Match, now_s: float, columns: int) -> Line:
    """Whose session it is."""
    left: Line = ((folder(match.project), "bold"), (f"  {clean(match.agent)} {clean(match.session_id)[:8]}", "muted"))
    return apart(left, ((day(match.at, now_s), "muted"),), columns)


def line(match: Match, first: Match, wanted: re.Pattern[str] | None, columns: int, now_s: float) -> Line:
    """A match: when, what it is, and the words around it; its day, if that is another."""
    sign, style = mark(match)
    date = day(match.at, now_s)
    when = clock(match.at, is_exact=False) if date == day(first.at, now_s) or ":" in date else date
    head: Line = (cell(f" {when}", 8, "muted"), (f"{sign} ", style))
    return (*head, *snippet(match, wanted, columns - 10))


def panel(found: Found | None, columns: int, now_s: float) -> Panel:
    """All matches; the first of a session stands below its name."""
    if found is None or not found.asked.terms:
        trouble = found.asked.trouble if found else ""
        return Panel("Matches", (), clean(trouble), "warn", empty=EMPTY)
    wanted = pattern(found.asked.terms)
    rows: list[Row] = []
    for group in grouped(found):
        for number, match in enumerate(group):
            lines = (line(match, group[0], wanted, columns, now_s),)
            rows.append(Row(match.ref, lines if number else (heading(match, now_s, columns), *lines)))
    fact = clean(found.asked.trouble) or count(found)
    words = clean(found.asked.text)
    return Panel("Matches", tuple(rows), fact, "warn" if found.asked.trouble else "muted", f"Nothing says “{words}”.")


def preview(match: Match | None, terms: tuple[str, ...], columns: int) -> Panel:
    """All that the database keeps of a match."""
    if match is None:
        return Panel("Text", empty="")
    wanted = pattern(terms)
    lines = [clean(part) for part in re.split(r"\r\n|\n|\r", hide(match.text))]
    rows = [one(str(at), *marked(part, wanted))
            for at, part in enumerate(part for text in lines for part in wrapped(text, columns))]  # fmt: skip
    what = match.what if match.ref.startswith("tool") else match.kind
    return Panel(f"{clock(match.at)} {clean(what)}", tuple(rows), "enter opens the session there")


def drawn(found: Found, columns: int, now_s: float) -> list[Line]:
    """The same on paper."""
    wanted = pattern(found.asked.terms)
    lines: list[Line] = []
    for group in grouped(found):
        lines += [(), heading(group[0], now_s, columns)] if lines else [heading(group[0], now_s, columns)]
        lines += [line(match, group[0], wanted, columns, now_s) for match in group]
    return lines


def document(found: Found) -> dict[str, Any]:
    """The same for programs: texts whole as they are kept, secrets hidden."""
    return {
        "query": found.asked.text, "total": found.total, "isLowerBound": found.is_least, "notIndexed": found.left,
        "matches": [
            {
                "sessionId": match.session_id, "agent": match.agent, "account": match.account,
                "project": match.project, "run": match.run_id, "at": match.at, "role": match.kind,
                "what": match.what, "text": hide(match.text), "outcome": match.outcome, "id": match.id,
                "score": round(-match.score, 4),
            }
            for match in found.matches
        ],
    }  # fmt: skip
