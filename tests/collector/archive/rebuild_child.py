"""Makes everything anew as a newer version would, slowly, until it is killed: `rebuild_child.py <mutant> <home>`."""

import sys
import time
from contextlib import nullcontext
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[3]))

from collector.archive import rebuild
from collector.sources import all_sources
from store.write import Portion, write


def run(mutant: str, home: str) -> None:
    """With a pause before each portion, so that a kill falls between any two writes."""
    for source in all_sources():
        type(source).version = 2  # type: ignore[misc] - a class of its own
    if mutant == "no-transaction":
        rebuild.transaction = lambda connection: nullcontext()

    def slowly(connection: Any, portion: Portion) -> None:
        print("writing", flush=True)  # noqa: T201 - for the test
        time.sleep(0.01)
        write(connection, portion)

    rebuild.write = slowly
    rebuild.rebuild(home, None)


if __name__ == "__main__":
    run(*sys.argv[1:])
