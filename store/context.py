"""How full a context is: one definition for every face. Pure, but for the table of usual sizes."""

import os
from collections.abc import Mapping

from store.light import NamedTuple

TABLE = os.path.join(os.path.dirname(__file__), "windows.toml")
AUTO_PERCENT = 92
"""Of its window, where agents make a context smaller by themselves, as far as nobody knows better."""
GROWN_FROM, GROWN_TO = 200_000, 1_000_000
"""A context that was ever longer than this is not one of the usual size, whatever its model's is."""


class Seen(NamedTuple):
    """What is recorded of a context; None is not known. As the view `contexts` has it."""

    used_tokens: int | None
    peak_tokens: int
    model: str | None
    status_window_tokens: int | None = None
    status_model: str | None = None
    window_tokens: int | None = None
    compacted_at_tokens: int | None = None


class Context(NamedTuple):
    """A context now. window_from: status, told, config, model or growth; None where nobody knows its size."""

    used_tokens: int | None
    window_tokens: int | None
    window_from: str | None
    auto_tokens: int | None
    """Where it will be made smaller by itself."""
    is_auto_seen: bool
    """It was made smaller there before; else it is a share of the window."""

    @property
    def percent(self) -> float | None:
        if self.used_tokens is None or not self.window_tokens:
            return None
        return self.used_tokens * 100 / self.window_tokens

    @property
    def headroom_tokens(self) -> int | None:
        """Until then."""
        return _rest(self.auto_tokens, self.used_tokens)

    @property
    def left_tokens(self) -> int | None:
        """Until the window is full."""
        return _rest(self.window_tokens, self.used_tokens)


def _rest(most: int | None, used: int | None) -> int | None:
    return None if most is None or used is None else max(0, most - used)


def context(seen: Seen, configured: Mapping[str, int], usual: Mapping[str, int]) -> Context:
    """The context, by what programs told, what the user knows, and the usual size of its model, in this order."""
    window, source = _window(seen, configured, usual)
    if window is None:
        return Context(seen.used_tokens, None, None, None, is_auto_seen=False)
    auto = window * AUTO_PERCENT // 100
    known = seen.compacted_at_tokens
    # A smaller one was begun by hand in all but name, or under another window.
    is_seen = known is not None and window // 2 <= known <= window
    return Context(seen.used_tokens, window, source, known if is_seen else auto, is_auto_seen=is_seen)


def _window(seen: Seen, configured: Mapping[str, int], usual: Mapping[str, int]) -> tuple[int | None, str | None]:
    if seen.status_window_tokens and _is_same(seen.status_model, seen.model):
        return seen.status_window_tokens, "status"
    if seen.window_tokens:
        return seen.window_tokens, "told"
    model = (seen.model or "").lower()
    own = max((name for name in configured if model.startswith(name.lower())), key=len, default=None)
    if own is not None:
        return configured[own], "config"
    size = next((size for part, size in usual.items() if part in model), None)
    if seen.peak_tokens > max(GROWN_FROM, size or 0):
        return max(GROWN_TO, seen.peak_tokens), "growth"
    return size, "model" if size else None


def _is_same(one: str | None, other: str | None) -> bool:
    """Answers leave out what programs write behind a model's name."""
    return one is None or other is None or one.partition("[")[0] == other.partition("[")[0]


def usual_windows() -> dict[str, int]:
    """Part of a model's name → size; the first that fits holds."""
    import tomllib  # only now: it takes a while

    with open(TABLE, "rb") as file:
        return {str(part): int(size) for part, size in tomllib.load(file).items()}
