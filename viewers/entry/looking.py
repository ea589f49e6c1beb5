"""Looking on: the terminal app."""

from store.light import TYPE_CHECKING
from viewers.entry import Plain

if TYPE_CHECKING:
    from viewers.show import Texts


def tui(*, session: str | None = None, is_ascii: bool = False, no_start: bool = False) -> int:
    from viewers.tui.run import run

    return run(texts=_texts, session=session, is_ascii=is_ascii, no_start=no_start)


def _texts() -> "Texts":
    from collector.texts import texts

    return texts


PLAIN = {
    "tui": Plain(tui, {"--ascii": "is_ascii", "--no-start": "no_start"}, {}, more=("session",)),
}
