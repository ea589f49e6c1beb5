"""The feed of events: which of them somebody wants, by the words in the address."""

import time
from collections.abc import Mapping
from contextlib import closing
from typing import NamedTuple

from store.database import open_reader
from viewers.reports.flags import Asked as ReportAsked
from viewers.reports.scope import Scope, narrowed, one_of
from viewers.reports.zone import local
from viewers.web.feed import Happened

KINDS = ("prompt", "message", "tool", "compaction", "workflow", "state")
NAMES = ("session", "agent", "project")


class Wanted(NamedTuple):
    """None leaves nothing out."""

    sessions: tuple[int, ...] | None = None
    agents: tuple[str, ...] | None = None
    projects: tuple[str, ...] | None = None
    kinds: tuple[str, ...] | None = None

    def fits(self, event: Happened) -> bool:
        return (
            (self.sessions is None or event.session in self.sessions)
            and (self.agents is None or event.agent in self.agents)
            and (self.projects is None or event.project in self.projects)
            and (self.kinds is None or event.kind in self.kinds)
        )


def wanted(home: str, query: Mapping[str, str]) -> Wanted:
    """Understood, with the names that are recorded."""
    kinds = tuple(one_of(kind, KINDS, "kind") or "" for kind in query.get("kind", "").split(",") if kind)
    named = {name: query[name] for name in NAMES if query.get(name)}
    if not named:  # then it may begin before anything is recorded
        return Wanted(kinds=kinds or None)
    asked = ReportAsked(id=named.get("session"), agent=named.get("agent"), project=named.get("project"))
    with closing(open_reader(home)) as reader:
        scope = narrowed(Scope(local(), time.time()), asked, reader)
    return Wanted(scope.sessions, scope.agents, scope.projects, kinds or None)
