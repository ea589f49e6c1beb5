"""Ids of sessions, as short as tells them apart."""

from collections.abc import Collection
from itertools import count

SHORT = 8


def told_apart(ids: Collection[str]) -> int:
    """How many characters of an id it takes: some agents begin those of an hour alike."""
    many = set(ids)
    return next(n for n in count(SHORT) if len({id_[:n] for id_ in many}) == len(many))
