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
    is_real: bool


def trees() -> list[Tree]:
    """Every Claude home, and all that is published as one."""
    if not IS_HERE:
        return []
    published = [Tree(f"claude/{folder.name}", folder, False) for folder in sorted((CORPUS / "claude").iterdir())]
    real = sorted((CORPUS / "real-clients" / "claude").iterdir())
    samples = [Tree(f"real-clients/{folder.name}", folder / "home", True) for folder in real]
    return [*published, *samples, Tree("whole", CORPUS / "claude", False)]


def tree(name: str) -> Tree:
    """The home of this name."""
    return next(one for one in trees() if one.name == name)


def lay(one: Tree, user: Path) -> Mapping[str, str]:
    """Make it the home of a user, and say what the user's environment holds."""
    if one.is_real:
        shutil.copytree(one.folder, user, dirs_exist_ok=True)
    else:
        shutil.copytree(one.folder, user / ".claude" / "projects" / "p", dirs_exist_ok=True)
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
