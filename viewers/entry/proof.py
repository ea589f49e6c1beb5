"""Where figures come from, and all that they are made of, in their plain forms."""

from store.light import Any
from viewers.entry import Plain, options
from viewers.reports.flags import EXPORT, WHY


def why(*, what: str | None = None, name: str | None = None, **chosen: Any) -> int:
    """What a figure is made of; chosen as in flags.Asked."""
    from viewers.proof.why import run

    return run([word for word in (what, name) if word is not None], **chosen)


def export(*, name: str, **chosen: Any) -> int:
    """All rows of a view or report, likewise."""
    from viewers.asking.export import run

    return run(name, **chosen)


PLAIN = {
    "why": Plain(why, *options(WHY), more=("what", "name")),
    "export": Plain(export, *options(EXPORT), ("name",)),
}
