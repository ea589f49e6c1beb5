"""How a session goes, whatever agent plays it: prompts, answers with calls, and what gets in the way."""

from collections.abc import Iterator
from dataclasses import dataclass

from collector.demo.stage import Dice, Scene
from collector.demo.work import Step, Task

READS = ("search", "read")
WAITS_S = {"run": 6.0, "web": 4.0, "ask": 45.0}


@dataclass(frozen=True)
class Ask:
    """The human says something."""

    text: str
    is_queued: bool = False


@dataclass(frozen=True)
class Call:
    """A tool call. verdict: ok, error, rejected or waited (for a permission that was given)."""

    step: Step
    seconds: float
    verdict: str = "ok"


@dataclass(frozen=True)
class Answer:
    """One answer of the model; without calls it ends the turn."""

    thought: str
    words: str
    calls: tuple[Call, ...] = ()


@dataclass(frozen=True)
class Todo:
    """The list of what is to be done: how many are done already."""

    entries: tuple[str, ...]
    done: int


@dataclass(frozen=True)
class Trouble:
    """What gets in the way: overload (goes on after a while), limit, interrupt (both end the turn)."""

    kind: str


@dataclass(frozen=True)
class Workflow:
    """Many agents at once, by a plan."""


@dataclass(frozen=True)
class Rename:
    """The human gives the session a name."""

    title: str


@dataclass(frozen=True)
class Pause:
    """The human reads, thinks, or is away."""

    seconds: float


Act = Ask | Answer | Todo | Trouble | Workflow | Rename | Pause


def acts(scene: Scene) -> Iterator[Act]:
    """A session from its first prompt on."""
    dice = scene.dice
    for number, task in scene.rounds():
        if number:
            yield Pause(dice.about(40.0))
        yield from _task(scene, task, is_first=number == 0)
        for text in task.follow:
            if dice.chance(0.7):
                yield Pause(dice.about(50.0))
                yield from _follow(scene, task, text)


def _task(scene: Scene, task: Task, *, is_first: bool) -> Iterator[Act]:
    dice = scene.dice
    yield Ask(task.prompt)
    if dice.chance(0.06):
        yield Trouble("overload")
    has_list = bool(task.todos) and dice.chance(0.75)
    if has_list:
        yield Todo(task.todos, 0)
    if not scene.is_endless and dice.chance(0.07):
        yield Workflow()
    steps = list(task.steps)
    for place, group in enumerate(groups(steps, dice)):
        if dice.chance(0.012):
            yield Trouble("interrupt")
            yield Pause(dice.about(15.0))
            yield Ask(dice.choice(("go on", "sorry, continue", "ok, carry on please", "never mind, keep going")))
        if dice.chance(0.03):
            yield Ask(dice.choice(("also keep the changelog up to date", "and please no new dependencies",
                                   "don't touch the public API", "mind the line length")), is_queued=True)  # fmt: skip
        if dice.chance(0.02):
            yield Trouble("overload")
        yield Answer(_thought(task, dice), _words(group, dice), tuple(_call(step, scene) for step in group))
        if has_list and place % 2 and place // 2 < len(task.todos):
            yield Todo(task.todos, place // 2 + 1)
    yield _checked(scene, task)
    if has_list:
        yield Todo(task.todos, len(task.todos))
    yield Answer(_thought(task, dice), task.done)
    if is_first and dice.chance(0.2):
        yield Rename(task.title.lower())
    if not scene.is_endless and dice.chance(0.03):
        yield Trouble("limit")


def _follow(scene: Scene, task: Task, text: str) -> Iterator[Act]:
    dice = scene.dice
    yield Ask(text)
    steps = [step for step in task.steps if step.kind in (*READS, "edit", "run") and not step.fails]
    chosen = sorted(dice.sample(range(len(steps)), min(len(steps), dice.randrange(1, 4))))
    for step in (steps[place] for place in chosen):
        yield Answer(_thought(task, dice), _words([step], dice), (_call(step, scene),))
    yield _checked(scene, task)
    yield Answer(_thought(task, dice), dice.choice(DONE))


def groups(steps: list[Step], dice: Dice) -> Iterator[list[Step]]:
    """Steps that one answer takes: reading goes in parallel sometimes."""
    while steps:
        take = 1
        while take < len(steps) and steps[0].kind in READS and steps[take].kind in READS and dice.chance(0.6):
            take += 1
        yield steps[:take]
        del steps[:take]


def _call(step: Step, scene: Scene) -> Call:
    dice = scene.dice
    seconds = step.seconds or dice.about(WAITS_S.get(step.kind, 0.05))
    if step.fails:
        return Call(step, seconds, "error")
    if step.kind in ("run", "edit", "write") and dice.chance(0.05):
        return Call(step, seconds, "rejected" if dice.chance(0.2) else "waited")
    return Call(step, seconds)


def _checked(scene: Scene, task: Task) -> Answer:
    project, dice = scene.project, scene.dice
    step = Step("run", project.test, project.passes)
    words = dice.choice(("Running the whole suite once more.", "Now everything together:", "Let me verify.", ""))
    return Answer("", words, (Call(step, dice.about(20.0)),))


def _thought(task: Task, dice: Dice) -> str:
    return dice.choice(task.thoughts) if task.thoughts and dice.chance(0.45) else ""


def _words(group: list[Step], dice: Dice) -> str:
    if dice.chance(0.45):
        return ""
    return dice.choice(SAID[group[0].kind])


SAID = {
    "run": ("Let me run that.", "I'll check how it behaves now.", "Running it to see the real output.",
            "Let me reproduce this first."),
    "read": ("Let me look at the code first.", "I'll read the part that matters.", "Opening the file to be sure.",
             "Before changing anything I want to see the callers."),
    "edit": ("That is the place. Changing it.", "I'll make the smallest change that fixes this.",
             "Now the fix itself.", "This needs one more adjustment."),
    "write": ("I'll add a test that fails without the fix.", "A new file for this keeps the module small.",
              "Writing it down as a test first."),
    "search": ("Searching for everything that uses it.", "Let me find the call sites.", "Where else does this occur?"),
    "web": ("Let me check the documentation.", "I want to be sure what the library promises here."),
    "say": ("A note before I go on.",),
    "ask": ("I'll have a helper look into that in parallel.", "Handing the survey to a subagent."),
}  # fmt: skip
DONE = (
    "Done, and the suite is green.",
    "Changed as you asked; nothing else depends on it.",
    "That is in now. I kept the old name as an alias for one release, so that nobody breaks.",
    "Adjusted. The diff is small: one function and its test.",
    "Good catch. It was the same mistake in a second place; both are fixed and covered by a test.",
    "Yes: the order is stable now, also for equal timestamps.",
)
