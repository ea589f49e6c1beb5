"""What there is to say of each folder of an agent, from a look at the names and times of its files alone."""

from collections.abc import Mapping
from typing import NamedTuple

from collector.files.agents import standing
from collector.files.discover import roots, walk
from collector.sources import all_sources
from store.config import load


class Health(NamedTuple):
    """One folder of one agent. oldest_s, newest_s: when the first and the last of its files changed, since 1970;
    keep_days: after so many days the agent removes a file by itself, where it says so."""

    agent: str
    name: str
    path: str
    standing: str
    files: int
    oldest_s: float | None
    newest_s: float | None
    keep_days: float | None


def look(home: str, environ: Mapping[str, str], user: str) -> list[Health]:
    """Every folder that is looked in."""
    sources = all_sources()
    found: list[Health] = []
    for root in roots(home, sources, load(home, [source.agent for source in sources]), environ, user):
        times = [
            one.seen.mtime_ns / 1e9
            for tree in root.trees
            for one in walk(tree, root.source.kind, getattr(root.source, "skips", None))
            if one.problem is None
        ]
        keep_days = getattr(root.source, "keep_days", None)
        found.append(
            Health(
                root.source.agent, root.source.name, root.path, standing(root.path, root.trees), len(times),
                min(times, default=None), max(times, default=None), keep_days(root.path) if keep_days else None,
            )
        )  # fmt: skip
    return found
