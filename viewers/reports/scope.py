"""What a report is asked for: the days, the zone they are days of, and what is left out; every word checked."""

import sqlite3
from collections.abc import Callable, Sequence

from store import named
from store.light import Any, NamedTuple
from viewers import query
from viewers.reports.dates import date_of, first_of_last
from viewers.reports.flags import DAYS, MODES, Asked
from viewers.reports.zone import Zone, chosen, shifts, today
from viewers.trouble import UsageTrouble

MONDAY = 1
NEWEST = "last"
"""The session that somebody worked in last, by no other name."""


class Scope(NamedTuple):
    """A question, understood; None leaves nothing out."""

    zone: Zone
    now_s: float
    since: str | None = None
    until: str | None = None
    mode: str = MODES[0]
    week_start: int = MONDAY
    accounts: tuple[str, ...] | None = None
    agents: tuple[str, ...] | None = None
    models: tuple[str, ...] | None = None
    projects: tuple[str, ...] | None = None
    branch: str | None = None
    sessions: tuple[int, ...] | None = None

    @property
    def is_narrow(self) -> bool:
        """Whether anything is left out, so that there may be more than what is shown."""
        return any(what is not None for what in (self.since, self.until, *self[6:]))

    def parameters(self) -> dict[str, Any]:
        """For the queries; sets as JSON."""
        lists = {name: getattr(self, name) for name in ("accounts", "agents", "models", "projects", "sessions")}
        held = shifts(self.zone, self.now_s)
        return {
            "shifts": "[" + ",".join(f'["{shift.since}","{shift.until}",{shift.minutes}]' for shift in held) + "]",
            "since": self.since,
            "until": self.until,
            "mode": self.mode,
            "week_start": self.week_start,
            "branch": self.branch,
            **{name: None if names is None else _list(names) for name, names in lists.items()},
        }


def _list(names: Sequence[str | int]) -> str:
    import json  # only now: it takes a while, and most reports leave nothing out

    return json.dumps(names)


def scope_of(asked: Asked, now_s: float) -> Scope:
    """What can be said without the database."""
    since, until = date_of(asked.since, "--since"), date_of(asked.until, "--until")
    if since and until and since > until:
        raise UsageTrouble(f"--since {since} is after --until {until}")
    zone = chosen(asked.timezone)
    if asked.last is not None:
        if since or until:
            raise UsageTrouble("--last goes neither with --since nor with --until")
        until = today(zone, now_s)
        since = first_of_last(asked.last, until)
    return Scope(
        zone,
        now_s,
        since,
        until,
        one_of(asked.mode, MODES, "--mode") or MODES[0],
        DAYS.index(_day(asked.week_start)) if asked.week_start else MONDAY,
    )


def narrowed(scope: Scope, asked: Asked, reader: sqlite3.Connection) -> Scope:
    """With the names that are asked for, each found among those that are recorded."""
    if asked.account is not None:
        scope = scope._replace(accounts=_of(named.exact, "account", asked.account, _texts(reader, "account_names")))
    if asked.agent is not None:
        scope = scope._replace(agents=_of(named.exact, "agent", asked.agent, _texts(reader, "agent_names")))
    if asked.model is not None:
        scope = scope._replace(models=_of(named.like, "model", asked.model, _texts(reader, "model_names")))
    if asked.project is not None:
        scope = scope._replace(projects=_of(named.project, "project", asked.project, _texts(reader, "project_names")))
    if asked.branch is not None:
        branches = _texts(reader, "branch_names")
        if asked.branch not in branches:
            raise _unknown("branch", asked.branch, branches)
        scope = scope._replace(branch=asked.branch)
    if asked.id is not None:
        scope = scope._replace(sessions=session_keys(asked.id, reader))
    return scope


def one_of(text: str | None, names: Sequence[str], option: str) -> str | None:
    """One of a few words."""
    if text is None or text in names:
        return text
    raise UsageTrouble(f"{option} cannot be {text!r}", hint=nearest(text, names))


def number_of(text: str | None, option: str) -> int | None:
    """A number of things."""
    if text is None:
        return None
    digits = text.replace(",", "").replace("_", "")
    if not (digits.isascii() and digits.isdecimal()) or not 0 < int(digits) < 10**15:
        raise UsageTrouble(f"{option} {text!r} is not a whole number above zero", hint="write it as 20")
    return int(digits)


def _day(text: str) -> str:
    found = [day for day in DAYS if len(text) > 1 and day.startswith(text.lower())]
    if len(found) != 1:
        raise UsageTrouble(f"--week-start cannot be {text!r}", hint=nearest(text.lower(), DAYS))
    return found[0]


def _of(find: Callable[[str, Sequence[str]], tuple[str, ...]], what: str, text: str, names: Sequence[str]) -> Any:
    """Those that are meant by a name, or an error that says what there is."""
    found = find(text, names)
    if found:
        return found
    last = [path.rstrip("/").rpartition("/")[2] for path in names] if what == "project" else []
    raise _unknown(what, text, [*last, *names])


def project_named(text: str, reader: sqlite3.Connection) -> str:
    """The folders of a project, as a list for a query."""
    return _list(_of(named.project, "project", text, _texts(reader, "project_names")))


def session_keys(text: str, reader: sqlite3.Connection) -> tuple[int, ...]:
    """The session of this id, of the beginning of one, or the one that somebody worked in last."""
    if text in (NEWEST, "latest"):
        text = next(iter(_texts(reader, "session_names")), text)
    found: list[tuple[int, str]] = query.rows(reader, "sessions_like", id=text) if text else []
    same = [key for key, id_ in found if id_ == text]
    if same or len(found) == 1:
        return tuple(same or [found[0][0]])
    if found:
        names = " or ".join(id_ for _, id_ in found[:2])
        raise UsageTrouble(f"{len(found)} sessions begin with {text!r}", hint=f"write more of it: {names}")
    raise _unknown("session", text, _texts(reader, "session_names"))


def _texts(reader: sqlite3.Connection, name: str) -> list[str]:
    return [row[0] for row in query.rows(reader, name)]


def _unknown(what: str, text: str, names: Sequence[str]) -> UsageTrouble:
    hint = nearest(text, names) if names else "nothing is recorded yet: run `fleetmeter collect --once`"
    return UsageTrouble(f"no {what} {text!r} is recorded", hint=hint)


def nearest(text: str, names: Sequence[str]) -> str:
    """What was probably meant, or else what there is."""
    import difflib

    known = {name.lower(): name for name in names}
    close = difflib.get_close_matches(text.lower(), known, n=1)
    if close:
        return f"did you mean {known[close[0]]}?"
    few = ", ".join(list(dict.fromkeys(names))[:6])
    return f"it may be {few}" + (" …" if len(set(names)) > 6 else "")
