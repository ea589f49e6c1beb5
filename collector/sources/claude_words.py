"""What Claude Code's lines say of their session: when and where it runs, and the words said again and again."""

from collector.sources.claude_spot import Spot, kept
from collector.sources.claude_wire import Line, Worktree
from store.batch import Batch
from store.facts import TEXT_KEPT, Summary, Word
from store.merge import NEVER, least

WORKTREES = "/.claude/worktrees/"
# The type of a line → the name of the word and the field that holds it.
WORDS = {
    "ai-title": ("ai_title", "ai_title"),
    "custom-title": ("custom_title", "custom_title"),
    "agent-name": ("agent_name", "agent_name"),
    "agent-color": ("agent_color", "agent_color"),
    "agent-setting": ("agent_setting", "agent_setting"),
    "mode": ("mode", "mode"),
    "permission-mode": ("permission_mode", "permission_mode"),
    "last-prompt": ("last_prompt", "last_prompt"),
    "tag": ("tag", "tag"),
    "pr-link": ("pr_url", "pr_url"),
    "relocated": ("relocated_cwd", "relocated_cwd"),
    "worktree-state": ("worktree", "worktree"),
}


def say(spot: Spot, name: str, value: str, length: int = TEXT_KEPT) -> None:
    """A word of the session; the last one of a file wins, and of several files the latest."""
    spot.out.say(Word(spot.run.session.index, name, kept(value, length), spot.said_at, spot.record.byte_offset))


def take_word(type_: str, spot: Spot) -> None:
    """A line that is no part of the conversation."""
    line, (name, field) = spot.line, WORDS[type_]
    value = getattr(line, field)
    if isinstance(value, Worktree):
        if value.path and value.original:
            known = spot.out.worktrees.get(value.path)
            spot.out.worktrees[value.path] = least(known, value.original) or value.original
        value = value.name
    if value:
        say(spot, name, value)


def take_summary(line: Line, at: str, out: Batch) -> None:
    """A title for the conversation that ends at some line, here or in another file."""
    if line.leaf and line.summary:
        out.summaries.append(Summary(line.leaf, kept(line.summary), at))


def tell(spot: Spot) -> None:
    """What every line of a conversation says of its session and run."""
    line, at, run = spot.line, spot.at, spot.run
    session = run.session
    if at is not None:
        if at > session.last_at:
            session.last_at = at
        if not session.first_at or at < session.first_at:
            session.first_at = at
        if run.run_id != "main":
            if at > run.last_at:
                run.last_at = at
            if not run.first_at or at < run.first_at:
                run.first_at = at
    if line.forked_from is not None and line.forked_from.session_id:
        session.forked_from = least(session.forked_from, line.forked_from.session_id) or ""
    setting = (line.cwd, line.branch, line.version, line.entrypoint)
    if run is spot.told_run and setting == spot.told_setting and at is not None and at >= spot.told_at:
        return  # as the line before it said, and no earlier: so it is with nearly all lines
    spot.told_run, spot.told_setting, spot.told_at = run, setting, at or NEVER
    _tell_setting(spot, line)


def _tell_setting(spot: Spot, line: Line) -> None:
    state, is_main = spot.state, spot.run.run_id == "main"
    spot.out.files.add((spot.run.session.index, spot.generation_id))
    if line.version and line.version != state.version:
        state.version = line.version
        say(spot, "version", state.version)
    if is_main and line.branch and line.branch != state.branch:
        state.branch = line.branch
        say(spot, "branch", state.branch)
    if is_main and line.entrypoint and line.entrypoint != state.entrypoint:
        state.entrypoint = line.entrypoint
        say(spot, "entrypoint", state.entrypoint)
    if line.cwd:
        _tell_place(spot, line.cwd, spot.at, is_main)


def _tell_place(spot: Spot, cwd: str, at: str | None, is_main: bool) -> None:
    """Where the session was started: its earliest folder, the main thread's before a subagent's."""
    session = spot.run.session
    since = (at or "7") if is_main else f"8{at or ''}"
    if not session.cwd or (since, cwd) < (session.cwd_at, session.cwd):
        session.cwd, session.cwd_at = cwd, since
    branch = spot.line.branch or ""
    place = f"{branch} {cwd}"
    if place == spot.state.place:
        return
    spot.state.place = place
    if branch:
        spot.out.branches.add((cwd, branch))
    root, marker, rest = cwd.partition(WORKTREES)
    if marker:
        spot.out.worktrees[root + marker + rest.partition("/")[0]] = root
