"""Ids of sessions, as short as tells them apart."""

from collections.abc import Collection

SHORT, LONGER, WHOLE = 8, (13, 18), 36


def told_apart(ids: Collection[str]) -> int:
    """How many characters of an id it takes: some agents begin those of an hour alike."""
    return next((n for n in (SHORT, *LONGER) if len({id_[:n] for id_ in ids}) == len(set(ids))), WHOLE)
