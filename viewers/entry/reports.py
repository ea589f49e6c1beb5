"""The reports in their plain forms, made from the table of their options."""

from functools import partial

from store.light import Any
from viewers.entry import Plain
from viewers.flags import FLAGS, REPORTS


def report(name: str, **chosen: Any) -> int:
    """Any of the reports; chosen as in flags.Asked."""
    from viewers.report import run

    return run(name, **chosen)


def _plain(name: str) -> Plain:
    flags = [FLAGS[option] for option in REPORTS[name][1]]
    return Plain(
        partial(report, name),
        {word: flag.name for flag in flags if not flag.metavar for word in flag.words},
        {word: (flag.name, str) for flag in flags if flag.metavar for word in flag.words},
    )


PLAIN = {name: _plain(name) for name in REPORTS}
