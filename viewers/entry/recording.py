"""Commands that record: at once, or all the time."""

from store.light import TYPE_CHECKING
from viewers.entry import JSON, Plain

if TYPE_CHECKING:
    from viewers.collecting.archiving import Archive


def collect(*, once: bool = False, as_json: bool = False) -> int:
    from viewers.collecting.recording import run, serve

    if not once and not as_json:
        from collector.daemon.daemon import serve as run_daemon
        from viewers.collecting.watching import beside

        with beside():
            return serve(run_daemon)
    from collector.recording.once import collect_once

    return run(collect_once, archive_once, once=once, as_json=as_json)


def archive_once() -> "Archive":
    """The collector's own function: imported only where something is to be archived."""
    from collector.archive.archiving import archive_once

    return archive_once


def start() -> int:
    from viewers.collecting.running import start

    return start()


def stop() -> int:
    from viewers.collecting.running import stop

    return stop()


def restart() -> int:
    from viewers.collecting.running import restart

    return restart()


def status(*, as_json: bool = False) -> int:
    from viewers.care.status import run

    return run(as_json=as_json)


def service(*, act: str, is_dry: bool = False) -> int:
    from collector.files.agents import variables
    from collector.sources import all_sources
    from viewers.collecting.service import run

    return run((name for source in all_sources() for name in variables(source)), act=act, is_dry=is_dry)


PLAIN = {
    "collect": Plain(collect, {"--once": "once", **JSON}, {}),
    "start": Plain(start, {}, {}),
    "stop": Plain(stop, {}, {}),
    "restart": Plain(restart, {}, {}),
    "status": Plain(status, JSON, {}),
    "service": Plain(service, {"--dry-run": "is_dry"}, {}, ("act",)),
}
