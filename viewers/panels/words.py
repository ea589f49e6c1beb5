"""The words for states, models and money, the same on every screen."""

from viewers.screen import format
from viewers.screen.money import UNPRICED
from viewers.screen.text import clean, short_path

# State → its mark, its words, its style, its place in a list.
STATES = {
    "waiting": ("◆", "waiting", "warn", 0),
    "failed": ("✗", "failed", "bad", 1),
    "working": ("●", "working", "accent", 2),
    "your_turn": ("○", "your turn", "", 3),
    "idle": ("·", "idle", "muted", 4),
    "ended": (" ", "ended", "muted", 5),
}
FAMILIES = ("opus", "sonnet", "haiku", "fable", "gpt")
UNKNOWN = ("·", "unknown", "muted", 6)


def state(name: str) -> tuple[str, str, str, int]:
    return STATES.get(name, UNKNOWN)


def folder(path: str | None) -> str:
    """The last name of a project's path."""
    return clean((path or "").rstrip("/").rpartition("/")[2]) or clean(path or "") or "no project"


def near(path: str, cwd: str | None) -> str:
    """A path as one would write it in that folder."""
    return path[len(cwd) + 1 :] if cwd and path.startswith(f"{cwd}/") else short_path(path)


def model_style(model: str | None) -> str:
    """The series of a model's family."""
    return next((f"model-{family}" for family in FAMILIES if family in (model or "")), "tool")


def model(name: str | None) -> str:
    """Without the date at its end, which no column has room for."""
    words = clean(name or "")
    head, _, tail = words.rpartition("-")
    return head if head and len(tail) == 8 and tail.isdecimal() else words


def money(usd: float | None, *, is_least: bool = False, is_total: bool = False) -> str:
    """Two decimals; from a thousand on none in totals; what has no price says so."""
    if usd is None:
        return UNPRICED
    if 0 < usd < 0.005:
        text = "<$0.01"
    else:
        text = f"${usd:,.0f}" if is_total and usd >= 1000 else f"${usd:,.2f}"
    return format.LOWER_BOUND + text if is_least else text
