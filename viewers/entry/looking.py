"""Looking on: the terminal app, and what it shows for scripts, pipes and paper. Only the app imports Textual."""

from store.light import TYPE_CHECKING
from viewers.entry import JSON, Plain, options
from viewers.reports.flags import SEARCH

if TYPE_CHECKING:
    from viewers.reading.show import Texts


def tui(*, session: str | None = None, is_ascii: bool = False, no_start: bool = False) -> int:
    from viewers.tui.run import run

    return run(texts=_texts, session=session, is_ascii=is_ascii, no_start=no_start)


def once(*, is_once: bool = True, as_json: bool = False, session: str | None = None) -> int:
    from viewers.reading.once import run

    return run(as_json=as_json, session=session)


def list_(*, is_all: bool = False, as_json: bool = False) -> int:
    from viewers.reading.listing import run

    return run(is_all=is_all, as_json=as_json)


def watch(*, session: str | None = None, as_json: bool = False) -> int:
    from viewers.reading.watch import run

    return run(session=session, as_json=as_json)


def search(
    *, words: str | list[str], as_json: bool = False, project: str | None = None, agent: str | None = None,
    since: str | None = None, until: str | None = None, limit: str | None = None,
) -> int:  # fmt: skip
    from viewers.reading.search import run

    text = words if isinstance(words, str) else " ".join(words)
    return run(text, as_json=as_json, project=project, agent=agent, since=since, until=until, limit=limit)


def _texts() -> "Texts":
    from collector.lines.texts import texts

    return texts


PLAIN = {
    "tui": Plain(tui, {"--ascii": "is_ascii", "--no-start": "no_start"}, {}, more=("session",)),
    "list": Plain(list_, {"--all": "is_all", "-a": "is_all", **JSON}, {}),
    "watch": Plain(watch, dict(JSON), {"--session": ("session", str)}),
    "search": Plain(search, *options(SEARCH), words=("words",)),
}
ONCE = Plain(once, {"--once": "is_once", **JSON}, {"--session": ("session", str)})
"""`fleetmeter --once`, which is no command."""
