"""The filters in an address: of which days, by what, only of whom; the same words for pages, exports and the API."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import NamedTuple
from urllib.parse import urlencode

from viewers.reports.flags import Asked as ReportAsked
from viewers.reports.scope import Scope, narrowed, one_of, scope_of
from viewers.reports.zone import today
from viewers.trouble import UsageTrouble
from viewers.web.page import Asked

RANGES = (("1d", "Today"), ("7d", "7 days"), ("30d", "30 days"), ("90d", "90 days"), ("month", "This month"),
          ("365d", "A year"))  # fmt: skip
USUAL = "30d"
FILTERS = ("project", "agent", "model", "account", "branch")
SHOWN = ("by", "month")
"""Words of the page alone: how the same is shown."""
WORDS = ("range", "since", "until", *FILTERS, *SHOWN)


class Range(NamedTuple):
    """What is looked at."""

    name: str
    by: str
    scope: Scope
    filters: dict[str, str]
    query: Mapping[str, str]

    def link(self, **changed: str | None) -> str:
        """The same address with something changed."""
        own = {name: value for name, value in self.query.items() if name in WORDS}
        words = {**own, **{name: value for name, value in changed.items() if value is not None}}
        kept = {name: value for name, value in words.items() if value and name not in _dropped(changed)}
        return "?" + urlencode(kept) if kept else "?"

    def export(self, group: str) -> str:
        """The same for the API."""
        return self.link(group=group, **dict.fromkeys(SHOWN))


def _dropped(changed: Mapping[str, str | None]) -> set[str]:
    gone = {name for name, value in changed.items() if value is None}
    return gone | ({"since", "until"} if changed.get("range") else {"range"} if changed.get("since") else set())


def range_of(asked: Asked, bys: tuple[str, ...], usual: str | None = USUAL) -> Range:
    """Understood, with the names that are recorded."""
    query = asked.query
    by = one_of(query.get("by") or bys[0], bys, "by") or bys[0]
    filters = {name: query[name] for name in FILTERS if query.get(name)}
    since, until, name = query.get("since"), query.get("until"), query.get("range") or usual
    report = ReportAsked(
        since=since or None, until=until or None, project=filters.get("project"), agent=filters.get("agent"),
        model=filters.get("model"), account=filters.get("account"), branch=filters.get("branch"),
    )  # fmt: skip
    scope = scope_of(report, asked.now_s)
    if since or until or name is None:
        name = ""
    else:
        now = today(scope.zone, asked.now_s)
        if not re.fullmatch(r"month|[1-9][0-9]{0,3}d", name):
            raise UsageTrouble(f"range cannot be {name!r}", hint="7d is, and so is month")
        first = now[:8] + "01" if name == "month" else _days_before(now, int(name[:-1]) - 1)
        scope = scope._replace(since=first, until=now)
    return Range(name, by, narrowed(scope, report, asked.reader), filters, query)


def _days_before(day: str, days: int) -> str:
    return (date.fromisoformat(day) - timedelta(days)).isoformat()
