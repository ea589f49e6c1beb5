"""What the browser runs of others: fetched once, by its lock file; only an editable install goes on without it."""

import importlib.util
import json
import re
import shutil
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from viewers.web.static import FETCHED, FOLDER, Static

ROOT = Path(__file__).parents[1]
NPM = ROOT / "viewers" / "web" / "npm"


@pytest.fixture(scope="module")
def hook() -> ModuleType:
    spec = importlib.util.spec_from_file_location("assets_hook", NPM / "hook.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A checkout to which nothing was fetched."""
    shutil.copytree(NPM, tmp_path / "viewers" / "web" / "npm")
    return tmp_path


class App:
    """Where a hook says what is wrong."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def display_warning(self, words: str) -> None:
        self.said.append(words)


def made(hook: ModuleType, root: Path) -> Any:
    return hook.AssetsHook(str(root), {}, None, None, str(root), "wheel", app=App())


def test_an_editable_install_goes_on_without_and_says_how_to_fetch(
    hook: ModuleType, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hook, "_npm", lambda: ["false"])
    own = made(hook, root)
    own.initialize("editable", {})
    assert "`pip install -e .` again" in own.app.said[0]
    with pytest.raises(hook.subprocess.CalledProcessError):
        own.initialize("standard", {})
    assert not hook.is_current(str(root))


def test_what_is_there_is_not_fetched_again(hook: ModuleType, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = made(hook, root)
    assert own.dependencies() == [hook.NODE]
    script = "mkdir -p node_modules/uplot/dist; cd node_modules/uplot; touch LICENSE"
    script += " dist/uPlot.iife.min.js dist/uPlot.min.css"
    monkeypatch.setattr(hook, "_npm", lambda: ["sh", "-c", script])
    own.initialize("standard", {})
    assert {path.name for path in (root / hook.FETCHED).iterdir()} == {*hook.FILES, hook.STAMP}
    assert own.dependencies() == []
    monkeypatch.setattr(hook, "fetch", lambda _: pytest.fail("fetched again"))
    own.initialize("standard", {})
    lock = root / hook.NPM / "package-lock.json"
    lock.write_text(lock.read_text() + " ")
    assert own.dependencies() == [hook.NODE]  # another lock file, other files


def test_the_lock_file_has_a_hash_for_each_and_names_no_host() -> None:
    text = (NPM / "package-lock.json").read_text()
    packages = json.loads(text)["packages"]
    asked = json.loads((NPM / "package.json").read_text())["dependencies"]
    assert {f"node_modules/{name}" for name in asked} == set(packages) - {""}
    assert all(re.match(r"sha512-", one["integrity"]) for name, one in packages.items() if name)
    assert all(packages[f"node_modules/{name}"]["version"] == version for name, version in asked.items())
    assert "://" not in text


def test_without_them_every_file_of_ours_is_still_served(tmp_path: Path) -> None:
    ours = Static(FOLDER, str(tmp_path / "absent"))
    assert "plot.js" in ours.files
    assert set(Static(FOLDER, FETCHED).files) - set(ours.files) <= {"uPlot.iife.min.js", "uPlot.min.css"}
