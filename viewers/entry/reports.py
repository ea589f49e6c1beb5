"""The reports in their plain forms, made from the table of their options."""

from functools import partial

from store.light import Any
from viewers.entry import Plain, options
from viewers.reports.flags import REPORTS


def report(name: str, **chosen: Any) -> int:
    """Any of the reports; chosen as in flags.Asked."""
    from viewers.reports.report import run

    return run(name, **chosen)


PLAIN = {name: Plain(partial(report, name), *options(REPORTS[name][1])) for name in REPORTS}
