"""Where the money went, in plain forms, made from the table of their options."""

from functools import partial

from store.light import Any
from viewers.entry import Plain, options
from viewers.reports.flags import SPENDING


def spending(name: str, **chosen: Any) -> int:
    """Any of the commands that tell where the money went; chosen as in flags.Asked."""
    from viewers.spending.shown import run

    return run(name, **chosen)


PLAIN = {name: Plain(partial(spending, name), *options(taken), words) for name, (_, taken, words) in SPENDING.items()}
