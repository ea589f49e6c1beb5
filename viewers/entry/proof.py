"""Where figures come from, in its plain form."""

from store.light import Any
from viewers.entry import Plain, options
from viewers.flags import WHY


def why(*, what: str | None = None, name: str | None = None, **chosen: Any) -> int:
    """What a figure is made of; chosen as in flags.Asked."""
    from viewers.why import run

    return run([word for word in (what, name) if word is not None], **chosen)


PLAIN = {"why": Plain(why, *options(WHY), more=("what", "name"))}
