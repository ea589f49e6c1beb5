"""Archives in small steps, until it is killed: `archive_child.py <mutant> <home>`."""

import sys
import time
from contextlib import nullcontext
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[3]))

from collector.archive import archiving, keep
from store import blocks
from store.config import Archiving


def run(mutant: str, home: str) -> None:
    """What a collector's own process does, in steps that a kill falls between and into."""
    blocks.BLOCK = keep.BLOCK = 4096
    keep.AT_ONCE = 2
    if mutant == "no-transaction":  # blocks and what is said of them, one by one
        setattr(keep.Keeper, "_together", lambda _: nullcontext())  # noqa: B010 - its own, for nobody else
        seal = keep.kept.seal

        def late(*arguments: Any) -> None:
            time.sleep(0.03)
            seal(*arguments)

        keep.kept.seal = late
    archiving.archive_all(home, Archiving(), starting=lambda _: print("ready", flush=True))  # noqa: T201 - for the test
    time.sleep(60)


if __name__ == "__main__":
    run(*sys.argv[1:])
