"""The law of the house, over the syntax trees: who may import whom, how long a file may be, whose words stand where."""

import ast
import functools
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from collector.sources import all_sources

ROOT = Path(__file__).parents[1]

# A package → the packages of ours that it may import besides itself.
MAY_IMPORT = {
    "migrations": set[str](),
    "store": {"migrations"},
    "collector": {"store"},
    "viewers": {"store"},
    "control": {"store"},
}
# The command line names every side, but only when that side is asked for.
ENTRY = (Path("viewers/cli.py"), Path("viewers/entry"))

MOST_LINES = 300
EXCUSE = "longer than 300 lines because"

# An agent → the words that only its own source knows.
WORDS = {
    "claude": ("claude", "anthropic"),
    "codex": ("codex",),
    "gemini": ("gemini",),
    "qwen": ("qwen",),
    "opencode": ("opencode",),
    "pi": ("pi", "omp"),
}
SHORT = 3  # a word of so few letters counts only where it stands alone: "pi_session", not "api"
# File → words that it may name all the same, each with the reason beside it.
WORDS_ALLOWED: dict[str, set[str]] = {}

# A suppression gives its codes, and then its reason.
SUPPRESSION = re.compile(r"#\s*(noqa|type:\s*ignore|pyright:\s*ignore)(?P<rest>.*)")
REASONED = re.compile(r"(: ?[A-Z]+\d+(, ?[A-Z]+\d+)*|\[[\w-]+(, ?[\w-]+)*\]) - \w.*")


def modules(*folders: str) -> list[Path]:
    return [path.relative_to(ROOT) for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]


PACKAGED = modules(*MAY_IMPORT)
ALL = [*PACKAGED, *modules("tests")]
SCRIPTS = [path.relative_to(ROOT) for folder in MAY_IMPORT for path in sorted((ROOT / folder).rglob("*.sql"))]
PAGES = [
    path.relative_to(ROOT)
    for ending in ("html", "js", "css")
    for path in sorted((ROOT / "viewers").rglob(f"*.{ending}"))
]


def at_fault(modules: Iterable[Path], fault: Callable[[Path], object]) -> dict[str, object]:
    """All modules of which the fault has something to say. One test over all of them: a test each costs a minute."""
    found = {str(module): fault(module) for module in modules}
    return {module: said for module, said in found.items() if said}


@functools.cache
def tree(module: Path) -> ast.Module:
    return ast.parse((ROOT / module).read_text("utf-8"))


def imported(node: ast.AST, package: str) -> Iterator[tuple[str, bool]]:
    """The top-level packages of ours that are imported, and whether inside a function body."""
    for child, inside in _walk(node, False):
        names: list[str] = []
        if isinstance(child, ast.Import):
            names = [alias.name for alias in child.names]
        elif isinstance(child, ast.ImportFrom):
            names = [child.module or ""] if child.level == 0 else [package]
        for name in names:
            top = name.partition(".")[0]
            if top in MAY_IMPORT and top != package:
                yield top, inside


def _walk(node: ast.AST, inside: bool) -> Iterator[tuple[ast.AST, bool]]:
    yield node, inside
    inside = inside or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
    for child in ast.iter_child_nodes(node):
        yield from _walk(child, inside)


def trespasses(module: Path, node: ast.AST) -> list[str]:
    package = module.parts[0]
    return [
        top
        for top, inside in imported(node, package)
        if top not in MAY_IMPORT[package] and not (inside and (module in ENTRY or module.parent in ENTRY))
    ]


def spoken(node: ast.Module) -> Iterator[str]:
    """Names and texts of a module; its comments and docstrings may say what they like."""
    silent = {id(text) for text in docstrings(node)}
    for child in ast.walk(node):
        if isinstance(child, ast.Constant) and isinstance(child.value, str | bytes) and id(child) not in silent:
            yield child.value if isinstance(child.value, str) else child.value.decode("latin-1")
        for field in ("id", "attr", "arg", "name", "asname", "module"):
            word = getattr(child, field, None)
            if isinstance(word, str):
                yield word


def docstrings(node: ast.AST) -> Iterator[ast.Constant]:
    # A text that stands alone documents what is above it: a module, a function, a class, a field.
    for child in ast.walk(node):
        if isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant):
            yield child.value


def foreign_words(path: Path, texts: Iterator[str]) -> set[str]:
    own = path.parts[2] if path.parts[:2] == ("collector", "sources") else ""
    banned = {word for agent, words in WORDS.items() if not own.startswith(agent) for word in words}
    banned -= WORDS_ALLOWED.get(str(path), set())
    return {word for text in texts for word in banned if _says(text.lower(), word)}


def _says(text: str, word: str) -> bool:
    alone = rf"(?<![a-z0-9]){word}(?![a-z0-9])"
    return word in text and (len(word) > SHORT or re.search(alone, text) is not None)


def calls(node: ast.AST) -> set[str]:
    return {ast.unparse(child.func) for child in ast.walk(node) if isinstance(child, ast.Call)}


def unreasoned(source: str) -> list[str]:
    found = SUPPRESSION.finditer(source)
    return [match.group() for match in found if not REASONED.fullmatch(match["rest"].rstrip())]


def test_the_walk_finds_the_house() -> None:
    assert {module.parts[0] for module in PACKAGED} >= {"migrations", "store"}
    assert SCRIPTS


def test_imports_run_one_way() -> None:
    assert at_fault(PACKAGED, lambda module: trespasses(module, tree(module))) == {}


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("collector/files/tail.py", "from viewers.cli import main"),
        ("viewers/tui.py", "def f():\n    import collector.files.discover"),
        ("viewers/cli.py", "import collector"),
        ("viewers/entry/reading.py", "import collector.files.agents"),
        ("viewers/reading/sources.py", "def f():\n    import collector.files.agents"),
        ("store/database.py", "if True:\n    import collector.files.tail as tail"),
        ("migrations/__init__.py", "import store"),
        ("collector/files/tail.py", "import migrations"),
    ],
)
def test_a_trespass_is_seen(module: str, source: str) -> None:
    assert trespasses(Path(module), ast.parse(source))


def test_no_file_is_long() -> None:
    def is_long(module: Path) -> bool:
        lines = (ROOT / module).read_text("utf-8").count("\n")
        return lines > MOST_LINES and EXCUSE not in (ast.get_docstring(tree(module)) or "")

    assert at_fault(ALL, is_long) == {}


def test_every_module_says_what_it_is_for() -> None:
    silent = at_fault(PACKAGED, lambda module: (ROOT / module).read_bytes() and not ast.get_docstring(tree(module)))
    assert silent == {}


def test_words_of_an_agent_stay_in_its_source() -> None:
    assert at_fault(PACKAGED, lambda module: foreign_words(module, spoken(tree(module)))) == {}


def test_words_of_an_agent_stay_out_of_the_schema() -> None:
    def foreign(script: Path) -> set[str]:
        lines = (ROOT / script).read_text("utf-8").splitlines()
        return foreign_words(script, (line.partition("--")[0] for line in lines))

    assert at_fault(SCRIPTS, foreign) == {}


def test_words_of_an_agent_stay_out_of_the_pages() -> None:
    found = {page: foreign_words(page, iter([(ROOT / page).read_text("utf-8")])) for page in PAGES}
    long = {page: {word for word in words if len(word) > SHORT} for page, words in found.items()}  # not Math.PI
    assert {page: words for page, words in long.items() if words} == {}


def test_every_agent_has_words_and_its_files_bear_its_name() -> None:
    """So that a new source is held to it too, and none hides in a part of another's name."""
    folder = ROOT / "collector" / "sources"
    files = {path.stem.partition("_")[0] for path in folder.glob("*.py")} - {""}
    agents = {source.agent for source in all_sources()}
    assert agents == files == set(WORDS)
    assert all(agent in words for agent, words in WORDS.items())


@pytest.mark.parametrize(
    ("path", "source", "words"),
    [
        ("store/x.py", "'~/.pi/agent', 'api', 'spinner'", {"pi"}),
        ("store/x.py", "from collector.sources.pi_session import f", {"pi"}),
        ("collector/sources/pi_wire.py", "'.omp'", set[str]()),
        ("store/x.py", "folder = '~/.claude'", {"claude"}),
        ("store/x.py", "def read_codex(): pass", {"codex"}),
        ("store/x.py", "f'{home}/gemini'", {"gemini"}),
        ("store/x.py", "from collector.sources.qwen import SOURCE", {"qwen"}),
        ("collector/sources/codex.py", "'codex', 'anthropic'", {"anthropic"}),
        ("collector/sources/claude_tools.py", "ANTHROPIC = 'claude'", set[str]()),
        ("store/x.py", '"""About claude."""\n# and codex\n', set[str]()),
    ],
)
def test_a_foreign_word_is_seen(path: str, source: str, words: set[str]) -> None:
    assert foreign_words(Path(path), spoken(ast.parse(source))) == words


def test_every_allowance_is_needed() -> None:
    for path, words in WORDS_ALLOWED.items():
        texts = " ".join(spoken(tree(Path(path)))).lower()
        assert all(word in texts for word in words)


def test_viewers_parse_no_json() -> None:
    assert at_fault(modules("viewers"), lambda module: calls(tree(module)) & {"json.loads", "json.load", "loads"}) == {}


def test_only_viewers_print() -> None:
    others = [module for module in PACKAGED if module.parts[0] != "viewers"]
    assert at_fault(others, lambda module: "print" in calls(tree(module))) == {}


def test_every_suppression_has_a_reason() -> None:
    others = [module for module in ALL if module != Path("tests/test_house.py")]
    assert at_fault(others, lambda module: unreasoned((ROOT / module).read_text("utf-8"))) == {}


def test_a_suppression_without_reason_is_seen() -> None:
    for source in ("x  # noqa", "x  # noqa: BLE001", "x  # type: ignore", "x  # pyright: ignore[reportX]"):
        assert unreasoned(source)
    for source in ("x  # noqa: BLE001 - a reason", "x  # pyright: ignore[reportX] - a reason"):
        assert not unreasoned(source)


def test_the_ci_runs_the_test_command_of_the_readme() -> None:
    commands = [
        line for line in (ROOT / ".ci" / "run").read_text("utf-8").splitlines() if line.endswith("pytest -n auto")
    ]
    assert len(commands) == 1
    assert f"\n{commands[0]}\n" in (ROOT / "README.md").read_text("utf-8")


def test_the_lock_names_no_host_and_no_folder() -> None:
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    assert "sqlite-utils==" in lock
    assert not re.search(r"https?:|file:|^-|^\./|(?<!via )(?<!# )/", lock, re.MULTILINE)
