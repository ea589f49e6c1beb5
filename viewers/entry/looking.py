"""Looking on: the terminal app."""

from viewers.entry import Plain


def tui(*, session: str | None = None, is_ascii: bool = False, no_start: bool = False) -> int:
    from viewers.tui.run import run

    return run(session=session, is_ascii=is_ascii, no_start=no_start)


PLAIN = {
    "tui": Plain(tui, {"--ascii": "is_ascii", "--no-start": "no_start"}, {}, more=("session",)),
}
