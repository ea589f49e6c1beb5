"""The two themes of fleetmeter, by the design's tokens; and how the names of styles become colours of any theme."""

from rich.color import Color
from rich.style import Style
from textual.theme import Theme

# One value for each token: dark, light.
TOKENS = {
    "background": ("#0e1013", "#f6f7f8"), "surface": ("#15181c", "#ffffff"), "panel": ("#1d2126", "#f0f2f4"),
    "foreground": ("#e9ebee", "#15181c"), "muted": ("#8d96a1", "#5f6772"), "line": ("#454d57", "#c0c6cd"),
    "track": ("#454d57", "#c0c6cd"), "accent": ("#9ea8ff", "#414dc6"), "cursor": ("#23274a", "#eceefb"),
    "ok": ("#3fae78", "#2a9d63"), "warn": ("#d9982a", "#c47f08"), "bad": ("#e5564f", "#d23f3f"),
    "ok-text": ("#5ccf97", "#176b41"), "warn-text": ("#f0b75a", "#855300"), "bad-text": ("#ff8a82", "#b42525"),
    "model-opus": ("#8591ff", "#4f5bd5"), "model-sonnet": ("#3fb6d1", "#0b7a8c"), "model-haiku": ("#a9d3f5", "#4a97d4"),
    "model-fable": ("#d58ae3", "#a345b8"), "model-gpt": ("#8c9aab", "#56626f"),
}  # fmt: skip
OWN = (
    "muted",
    "line",
    "track",
    "cursor",
    "ok-text",
    "warn-text",
    "bad-text",
    *(n for n in TOKENS if n[:6] == "model-"),
)


def _theme(name: str, side: int) -> Theme:
    token = {key: values[side] for key, values in TOKENS.items()}
    return Theme(
        name=name, primary=token["accent"], secondary=token["model-sonnet"], accent=token["accent"],
        success=token["ok"], warning=token["warn"], error=token["bad"], foreground=token["foreground"],
        background=token["background"], surface=token["surface"], panel=token["panel"], dark=side == 0,
        variables={key: token[key] for key in OWN},
    )  # fmt: skip


DARK, LIGHT = "fleetmeter-dark", "fleetmeter-light"
THEMES = (_theme(DARK, 0), _theme(LIGHT, 1))

# The name of a style → the variable it takes its colour from, and the one that every theme has.
COLOURS = {
    "accent": ("primary", "primary"), "ok": ("ok-text", "success"), "warn": ("warn-text", "warning"),
    "bad": ("bad-text", "error"), "tool": ("secondary", "secondary"), "muted": ("muted", "foreground-muted"),
    "track": ("track", "surface-lighten-2"), "line": ("line", "surface-lighten-2"),
    **{name: (name, "secondary") for name in TOKENS if name.startswith("model-")},
}  # fmt: skip


def styles(variables: dict[str, str]) -> dict[str, Style]:
    """A style for each name, in the colours of the theme that holds now."""
    base = Style(color=_colour(variables, "foreground"), bgcolor=_colour(variables, "background"))
    found = {"": base, "bold": base + Style(bold=True)}
    for name, (own, common) in COLOURS.items():
        colour = _colour(variables, own) or _colour(variables, common)
        found[name] = base + Style(color=colour, dim=colour is None or None)
    found["cursor"] = Style(bgcolor=_colour(variables, "cursor") or _colour(variables, "panel"))
    found["tab"] = found["accent"] + Style(bold=True)
    found["match"] = found["warn"] + Style(bold=True)
    found["alarm"] = found["bad"] + Style(bold=True)
    return found


def _colour(variables: dict[str, str], name: str) -> Color | None:
    value = variables.get(name, "")
    return Color.parse(value) if value.startswith("#") and len(value) == 7 else None
