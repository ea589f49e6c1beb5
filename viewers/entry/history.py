"""History that survives: proven, shown, restored."""

from store.light import TYPE_CHECKING
from viewers.entry import JSON, Plain, whole

if TYPE_CHECKING:
    from viewers.reading.show import Texts


def verify(*, is_full: bool = False, as_json: bool = False) -> int:
    from collector.archive.prove import prove, prove_all
    from viewers.care.verify import run

    return run(prove_all if is_full else prove, is_full=is_full, as_json=as_json)


def rebuild(*, agent: str | None = None, as_json: bool = False) -> int:
    from collector.archive.rebuild import rebuild
    from collector.sources import all_sources
    from viewers.care.rebuild import run

    return run(rebuild, [source.agent for source in all_sources()], agent=agent, as_json=as_json)


def show(*, session: str, as_json: bool = False, is_full: bool = False, of_run: str | None = None) -> int:
    from viewers.reading.show import run

    return run(_texts, session=session, as_json=as_json, is_full=is_full, of_run=of_run)


def _texts() -> "Texts":
    from collector.lines.texts import texts

    return texts


def restore(
    *,
    session: str | None = None,
    is_all: bool = False,
    to: str | None = None,
    is_dry: bool = False,
    as_json: bool = False,
) -> int:
    from collector.archive.restore import restore
    from viewers.care.restore import run

    return run(restore, session=session, is_all=is_all, to=to, is_dry=is_dry, as_json=as_json)


def prune(
    *,
    session: str | None = None,
    project: str | None = None,
    days: int | None = None,
    is_sure: bool = False,
    as_json: bool = False,
) -> int:
    from collector.daemon.errands import do
    from viewers.care.prune import run

    return run(do, session=session, project=project, days=days, is_sure=is_sure, as_json=as_json)


PLAIN = {
    "show": Plain(show, {"--full": "is_full", **JSON}, {"--run": ("of_run", str)}, ("session",)),
    "restore": Plain(
        restore, {"--all": "is_all", "--dry-run": "is_dry", **JSON}, {"--to": ("to", str)}, more=("session",)
    ),
    "prune": Plain(
        prune,
        {"--yes": "is_sure", **JSON},
        {"--project": ("project", str), "--older-than": ("days", whole)},
        more=("session",),
    ),
    "verify": Plain(verify, {"--full": "is_full", **JSON}, {}),
    "rebuild": Plain(rebuild, JSON, {"--agent": ("agent", str)}),
}
