"""Looking on: the terminal app, the web face, and the same for scripts and paper. Only an app imports its toolkit."""

from store.light import TYPE_CHECKING
from viewers.entry import JSON, Plain, options, whole
from viewers.reports.flags import SEARCH

if TYPE_CHECKING:
    from viewers.reading.show import Texts
    from viewers.reading.told import Edits

PORT, HOST = 8377, "127.0.0.1"


def tui(*, session: str | None = None, is_ascii: bool = False, no_start: bool = False) -> int:
    from control.grant import TERMINAL_APP
    from viewers.entry.processes import office
    from viewers.tui.run import run

    return run(texts=_texts, desk=office(TERMINAL_APP), session=session, is_ascii=is_ascii, no_start=no_start)


def web(
    *, act: str | None = None, id: str | None = None, port: int = PORT, host: str = HOST, is_lan: bool = False,
    is_tls: bool = False, is_opened: bool = False, no_open: bool = False, session: str | None = None,
    no_start: bool = False,
) -> int:  # fmt: skip
    if act is not None:
        from viewers.web.admitted import run as admitted

        return admitted(act, id)
    from control.grant import WEB
    from viewers.entry.processes import office
    from viewers.reading.told import Told
    from viewers.web.serve import Wanted, run

    opened = None if is_opened == no_open else is_opened
    asked = Wanted(port, host, is_lan, is_tls, opened, session, no_start)
    return run(asked, Told(_texts, _edits, _resumes), lambda peer: office(WEB, peer))


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


def _edits() -> "Edits":
    from collector.lines.edits import edits

    return edits


def _resumes() -> dict[str, tuple[str, ...]]:
    from collector.sources import Runs, all_sources

    return {source.agent: source.program.resumes for source in all_sources() if isinstance(source, Runs)}


PLAIN = {
    "tui": Plain(tui, {"--ascii": "is_ascii", "--no-start": "no_start"}, {}, more=("session",)),
    "web": Plain(
        web,
        {"--lan": "is_lan", "--tls": "is_tls", "--open": "is_opened", "--no-open": "no_open", "--no-start": "no_start"},
        {"--port": ("port", whole), "--host": ("host", str), "--session": ("session", str)},
        more=("act", "id"),
    ),
    "list": Plain(list_, {"--all": "is_all", "-a": "is_all", **JSON}, {}),
    "watch": Plain(watch, dict(JSON), {"--session": ("session", str)}),
    "search": Plain(search, *options(SEARCH), words=("words",)),
}
ONCE = Plain(once, {"--once": "is_once", **JSON}, {"--session": ("session", str)})
"""`fleetmeter --once`, which is no command."""
