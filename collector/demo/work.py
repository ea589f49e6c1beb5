"""What imaginary developers work on: projects with their tasks, read from the files in `projects/`."""

import tomllib
from importlib.resources import files
from typing import Any, NamedTuple


class Step(NamedTuple):
    """One thing that is done. kind: run, read, edit, write, search, web, say or ask."""

    kind: str
    target: str
    """A path, a command, a question, what is said, or the kind of agent that is asked."""
    output: str = ""
    old: str = ""
    new: str = ""
    fails: bool = False
    seconds: float = 0.0
    task: str = ""


class Task(NamedTuple):
    """What is asked for, what is done about it, and what is said at the end."""

    title: str
    branch: str
    prompt: str
    steps: tuple[Step, ...]
    done: str
    thoughts: tuple[str, ...]
    todos: tuple[str, ...]
    follow: tuple[str, ...]


class Flow(NamedTuple):
    """A workflow: phases, each with agents, each with a label, a task and what it finds."""

    name: str
    summary: str
    phases: tuple[tuple[str, tuple[tuple[str, str, str], ...]], ...]


class Project(NamedTuple):
    name: str
    folder: str
    test: str
    passes: str
    code: tuple[str, ...]
    tasks: tuple[Task, ...]
    flow: Flow

    def text(self, path: str) -> str:
        """What a file holds: what is going to be changed in it, and the code around."""
        parts = [step.old for task in self.tasks for step in task.steps if step.kind == "edit" and step.target == path]
        number = sum(map(ord, path))
        around = [self.code[(number + place) % len(self.code)] for place in range(4 + number % 13)]
        return "\n\n".join((*around[:2], *parts, *around[2:])) + "\n"


KINDS = ("run", "read", "edit", "write", "search", "web", "say", "ask")


def projects() -> tuple[Project, ...]:
    """All of them, in the order of their names."""
    folder = files("collector.demo").joinpath("projects")
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".toml"))
    return tuple(_project(tomllib.loads(folder.joinpath(name).read_text("utf-8"))) for name in names)


def _project(said: dict[str, Any]) -> Project:
    flow = said["flow"]
    return Project(
        said["name"],
        said["folder"],
        said["test"],
        said["passes"],
        tuple(text.strip("\n") for text in said["code"]),
        tuple(map(_task, said["tasks"])),
        Flow(
            flow["name"],
            flow["summary"],
            tuple((phase["title"], tuple(tuple(agent) for agent in phase["agents"])) for phase in flow["phases"]),
        ),
    )


def _task(said: dict[str, Any]) -> Task:
    return Task(
        said["title"],
        said["branch"],
        said["prompt"],
        tuple(map(_step, said["steps"])),
        said["done"],
        tuple(said.get("thoughts", ())),
        tuple(said.get("todos", ())),
        tuple(said.get("follow", ())),
    )


def _step(said: dict[str, Any]) -> Step:
    (kind,) = [kind for kind in KINDS if kind in said]
    return Step(
        kind,
        said[kind].strip("\n"),
        said.get("out", "").strip("\n"),
        said.get("old", "").strip("\n"),
        said.get("new", "").strip("\n"),
        said.get("fails", False),
        float(said.get("s", 0.0)),
        said.get("task", ""),
    )
