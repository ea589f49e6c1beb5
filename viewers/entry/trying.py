"""Commands to try things on: a fleet of agents that do not exist."""

from viewers.entry import JSON, Plain, whole

SESSIONS, RATE, SEED = 6, 5.0, 1


def demo(
    *, words: list[str] | str | None = None, sessions: int = SESSIONS, rate: float = RATE, duration: str | None = None,
    seed: int = SEED, home: str | None = None, keep: bool = False, as_json: bool = False,
) -> int:  # fmt: skip
    from collector.demo.fleet import Fleet, on_stage
    from collector.demo.fleet import run as run_fleet
    from collector.files.agents import variables
    from collector.sources import all_sources
    from viewers.collecting.demo import Asked, Sides, run, seconds_of

    given = (words,) if isinstance(words, str) else tuple(words or ())
    sides = Sides(Fleet, on_stage, run_fleet, tuple(name for source in all_sources() for name in variables(source)))
    return run(sides, Asked(sessions, rate, seconds_of(duration), seed, home, keep, given, as_json))


def pace(text: str) -> float | None:
    """Lines a second, as most people write them."""
    number = float(text) if text.isascii() and text.replace(".", "", 1).isdecimal() else -1.0
    return number if 0 <= number <= 100_000 else None


PLAIN = {
    "demo": Plain(
        demo,
        {"--keep": "keep", **JSON},
        {
            "--sessions": ("sessions", whole),
            "--rate": ("rate", pace),
            "--for": ("duration", str),
            "--seed": ("seed", whole),
            "--home": ("home", str),
        },
        more=("words",),
    ),
}
