"""The corpus of published transcripts and samples of real programs, and the slow count that ours must equal."""

import functools
import importlib.util
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import pytest

SHARED = Path(__file__).parents[3] / "shared"
CORPUS = SHARED / "corpus"
ORACLE = SHARED / "tools" / "oracle.py"
IS_HERE = ORACLE.is_file() and (CORPUS / "claude").is_dir()
needed = pytest.mark.skipif(not IS_HERE, reason="needs the corpus and the oracle in ../shared, which are not here")


class Tree(NamedTuple):
    """One home of the corpus: published transcripts, or what a real program left behind."""

    name: str
    folder: Path

    @property
    def is_real(self) -> bool:
        return self.name.startswith("real-clients/")


# The agents that the slow count knows, and where in a home their published files belong.
PLACES = {"claude": Path(".claude", "projects", "p"), "codex": Path(".codex", "sessions")}


def trees() -> list[Tree]:
    """Every home of the agents that the slow count knows, and all that is published as one."""
    if not IS_HERE:
        return []
    found: list[Tree] = []
    for agent in PLACES:
        found += [Tree(f"{agent}/{folder.name}", folder) for folder in sorted((CORPUS / agent).iterdir())]
        real = sorted((CORPUS / "real-clients" / agent).iterdir())
        found += [Tree(f"real-clients/{agent}/{folder.name}", folder / "home") for folder in real]
    return [*found, Tree("whole", CORPUS)]


def tree(name: str) -> Tree:
    """The home of this name."""
    return next(one for one in trees() if one.name == name)


def lay(one: Tree, user: Path) -> Mapping[str, str]:
    """Make it the home of a user, and say what the user's environment holds."""
    if one.is_real:
        shutil.copytree(one.folder, user, dirs_exist_ok=True)
    else:
        for agent, place in PLACES.items():
            if one.name == "whole" or one.name.startswith(f"{agent}/"):
                folder = one.folder / agent if one.name == "whole" else one.folder
                shutil.copytree(folder, user / place, dirs_exist_ok=True)
    return {"CLAUDE_CONFIG_DIR": str(user / "cfg")} if (user / "cfg").is_dir() else {}


@functools.cache
def oracle() -> ModuleType:
    """The slow and plain count, by path."""
    spec = importlib.util.spec_from_file_location("oracle", ORACLE)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["oracle"] = module
    spec.loader.exec_module(module)
    return module
