"""The wheel holds all that the checkout has: an editable install would hide what it forgets."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("collector", "control", "migrations", "store", "viewers")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    if done.returncode and not (ROOT / "viewers" / "web" / "fetched").exists():
        pytest.skip("the build hook could not reach npm, and no wheel is made without what it fetches")
    assert done.returncode == 0, done.stderr
    (made,) = folder.glob("*.whl")
    return made


def test_everything_in_the_packages_is_in_the_wheel(wheel: Path) -> None:
    held = set(zipfile.ZipFile(wheel).namelist())
    here = {
        str(path.relative_to(ROOT))
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert {path for path in here if path.endswith(".sql")}
    assert "viewers/web/fetched/uPlot.iife.min.js" in held
    assert here - held == set()


def test_nothing_else_is_in_the_wheel(wheel: Path) -> None:
    tops = {name.partition("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} <= set(PACKAGES)


def test_the_wheel_makes_a_database(wheel: Path, home: Path, tmp_path: Path) -> None:
    unpacked = tmp_path / "unpacked"
    zipfile.ZipFile(wheel).extractall(unpacked)
    script = (
        "import store, store.schema; from store.database import open_writer, user_version;"
        "import sys; assert store.__file__.startswith(sys.argv[2]), store.__file__;"
        "assert user_version(open_writer(sys.argv[1])) == store.schema.newest() > 0"
    )
    command = [sys.executable, "-P", "-c", script, str(home), str(unpacked)]
    subprocess.run(command, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(unpacked)}, check=True)
    assert (home / "fleetmeter.db").stat().st_size > 0
