"""How fast and how large recording is, beside the programs a user would pick instead: `python tests/bench <what>`.

    import       a first import of a corpus, against one report of ccusage and one sync of agentsview over it
    nothing-new  another recording of the same tree, against the bare interpreter
    agents       first imports of a corpus of Claude Code's files and of one of Codex's, for each byte
    memory       the peak at 100 MB, at 1 GB, and with a single line of 1 GB
    latency      of a collector that runs: from an appended line to its commit, with 1 and with 5,000 folders
    idle         what it costs while nothing happens: 5,000 folders, 10,000 files
    reports      `daily` at 1 GB and at 100 MB, against one report of ccusage and the bare interpreter
    costs        what a corpus costs by our account and by that of ccusage, model by model
    emit         a message of a hook kept, and a status line drawn, against the bare interpreter; also over a gigabyte
    query        all of a million answers by day, against the best index over them
    screen       the terminal app on the demo: from a line to the screen, what looking costs, whether it grows; with
                 --home, the first paint on the data folder of a history
    browser      the web face on the demo, in Chromium: from a line to the page, what sixty who look on cost; with
                 --home, the first paint of each page over the data folder of a history

All programs run in turn, each in a private home whose agents' folders are links to the corpus; medians and ratios are
printed beside the bars that they should keep. Slow is no error. What was recorded is compared with the truth of the
corpus, to the token, and a difference ends with exit code 1. Standard library only, but for the browser's driver.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import browser
import costs
import live
import reports
import screen
import senders
from exactness import differences, reported
from programs import ROOT, Run, Stage, agentsview, ccusage, fleetmeter, make_corpus, median

SHARED = ROOT.parent / "shared" / "bench"
BARE = [sys.executable, "-I", "-c", "pass"]
MOST_MS = 70
AGENT_MB = 200
GIB = 1 << 30


def show(name: str, runs: list[Run]) -> None:
    """One line of figures."""
    wall = [run.wall_s for run in runs]
    say(
        f"{name:28}{median(runs, 'wall_s'):9.3f} s wall ({min(wall):.3f}-{max(wall):.3f})"
        f"{median(runs, 'cpu_s'):9.3f} s cpu{median(runs, 'peak_mib'):8.0f} MiB  n={len(runs)}"
    )


def bar(what: str, ratio: float, most: float, is_met: bool | None = None) -> None:
    """A ratio beside what it should be at most."""
    mark = "kept" if (ratio <= most if is_met is None else is_met) else "MISSED"
    say(f"  {what}: {ratio:.3f} (bar {most:.3f}) {mark}")


def say(words: str) -> None:
    print(words, flush=True)  # noqa: T201 - the output of a command


def corpus_of(args: argparse.Namespace, megabytes: int) -> Path:
    """The corpus that was given, or one of this size."""
    if args.corpus:
        return Path(args.corpus).resolve()
    return make_corpus(args.shared, args.work / f"corpus-{megabytes}", megabytes)


def measure_import(args: argparse.Namespace) -> list[str]:
    """First imports, in turn with a report of ccusage; agentsview's sync, which takes long, fewer times."""
    corpus, tools = corpus_of(args, args.megabytes), args.tools.resolve()
    ours, theirs, slow = (Stage(args.work, name, corpus) for name in ("fleetmeter", "ccusage", "agentsview"))
    imports, reports, syncs, wrong = list[Run](), list[Run](), list[Run](), list[str]()
    theirs.renew()
    for number in range(args.runs):
        ours.renew()
        imports.append(ours.run(fleetmeter(args.command)))
        wrong += differences(ours.data, corpus)
        reports.append(theirs.run(ccusage(tools)))
        if number < args.syncs:
            slow.renew()
            syncs.append(slow.run(agentsview(tools)))
    show("fleetmeter, first import", imports)
    show("ccusage, one report", reports)
    if syncs:
        show("agentsview, first sync", syncs)
    ratio = median(imports, "wall_s") / median(reports, "wall_s")
    bar("wall / wall of ccusage", ratio, 3)
    bar("the same, moonshot", ratio, 1.5)
    bar("peak / peak of ccusage", median(imports, "peak_mib") / median(reports, "peak_mib"), 1 / 2)
    bar("peaks of all our processes / the same", median(imports, "sum_mib") / median(reports, "peak_mib"), 1 / 2)
    if syncs:
        bar("wall / wall of agentsview", median(imports, "wall_s") / median(syncs, "wall_s"), 1 / 15)
    say(f"  ccusage against the truth: {reported(reports[-1].out, corpus)}")
    return wrong


def measure_agents(args: argparse.Namespace) -> list[str]:
    """One agent's files against the other's: what a byte of each costs."""
    corpora = {
        name: make_corpus(args.shared, args.work / f"{name}-{AGENT_MB}", AGENT_MB, codex_share)
        for codex_share, name in enumerate(("claude", "codex"))
    }
    runs: dict[str, list[Run]] = {name: [] for name in corpora}
    for _ in range(args.runs):
        for name, corpus in corpora.items():
            stage = Stage(args.work, f"agents-{name}", corpus)
            stage.renew()
            runs[name].append(stage.run(fleetmeter(args.command)))
    size = {name: sum(file.stat().st_size for file in corpora[name].rglob("*.jsonl")) for name in corpora}
    for name, found in runs.items():
        show(f"{name}, {size[name] / 1e6:.0f} MB", found)
    for what in ("wall_s", "cpu_s"):
        ratio = median(runs["codex"], what) / size["codex"] / (median(runs["claude"], what) / size["claude"])
        bar(f"{what} of a byte, Codex / Claude Code", ratio, 1.5)
    return []


def measure_nothing_new(args: argparse.Namespace) -> list[str]:
    """The same tree again: the time over that of an interpreter which does nothing."""
    corpus = corpus_of(args, args.megabytes)
    stage = Stage(args.work, "fleetmeter", corpus)
    stage.renew()
    stage.run(fleetmeter(args.command))
    again, bare = list[Run](), list[Run]()
    for _ in range(args.runs):
        again.append(stage.run(fleetmeter(args.command)))
        bare.append(stage.run(BARE))
    show("fleetmeter, nothing new", again)
    show("python -I -c pass", bare)
    bar("ms over the interpreter", (median(again, "wall_s") - median(bare, "wall_s")) * 1000, MOST_MS)
    return differences(stage.data, corpus)


def measure_memory(args: argparse.Namespace) -> list[str]:
    """The peaks at two sizes and with one giant line, against ccusage's at the larger size."""
    corpora = {100: make_corpus(args.shared, args.work / "corpus-100", 100)}
    corpora[1000] = corpus_of(args, 1000)
    peaks, wrong = dict[int, float](), list[str]()
    for megabytes, corpus in corpora.items():
        stage = Stage(args.work, "fleetmeter", corpus)
        runs = list[Run]()
        for _ in range(args.runs):
            stage.renew()
            runs.append(stage.run(fleetmeter(args.command)))
            wrong += differences(stage.data, corpus)
        show(f"fleetmeter, {megabytes} MB", runs)
        peaks[megabytes] = median(runs, "peak_mib")
    theirs = Stage(args.work, "ccusage", corpora[1000])
    theirs.renew()
    reports = [theirs.run(ccusage(args.tools.resolve())) for _ in range(args.runs)]
    show("ccusage, 1000 MB", reports)
    with giant_line(args.work) as giant:
        stage = Stage(args.work, "fleetmeter", Path(giant))
        stage.renew()
        lines = [stage.run(fleetmeter(args.command))]
    show("fleetmeter, a line of 1 GB", lines)
    theirs_peak = median(reports, "peak_mib")
    bar("peak at 1 GB / peak of ccusage", peaks[1000] / theirs_peak, 1 / 2)
    bar("peak at 1 GB / at 100 MB", peaks[1000] / peaks[100], 1.2)
    bar("peak with the line / peak of ccusage", median(lines, "peak_mib") / theirs_peak, 1 / 2)
    return wrong


def giant_line(work: Path) -> "tempfile.TemporaryDirectory[str]":
    """A tree of one file with a line of 1 GB between two small ones; removed when it was used."""
    folder = tempfile.TemporaryDirectory(dir=work)
    project = Path(folder.name) / ".claude" / "projects" / "p"
    project.mkdir(parents=True)
    small = b'{"type":"user","uuid":"u%d","sessionId":"s","message":{"role":"user","content":"hello"}}\n'
    with (project / "s.jsonl").open("wb") as file:
        file.write(small % 1 + b'{"type":"user","uuid":"u2","sessionId":"s","message":{"role":"user","content":"')
        for _ in range(GIB >> 20):
            file.write(b"x" * (1 << 20))
        file.write(b'"}}\n' + small % 3)
    return folder


def measure_latency(args: argparse.Namespace) -> list[str]:
    """Lines appended one by one, each until a reader sees it."""
    for folders in (1, 5000):
        tree = live.lay(args.work, folders, folders)
        with live.running(args.work, tree, args.command) as (_, data):
            found = live.latencies(data, tree, folders, args.runs)
        say(f"appended line to commit, ms: {live.show_latency(folders, found)}")
        bar("p99", found[int(len(found) * 0.99)], 5)
    return []


def measure_idle(args: argparse.Namespace) -> list[str]:
    """CPU, disk and memory over some minutes without any change."""
    for folders, files, most in ((5000, 5000, 0.1), (5000, 10000, 2.0)):
        tree = live.lay(args.work, folders, files)
        with live.running(args.work, tree, args.command) as (pid, _):
            time.sleep(140)  # files that grew lately are looked at often for two minutes
            before = live.used(pid)
            time.sleep(args.runs)
            after = live.used(pid)
        say(f"idle, {folders} folders, {files} files, {args.runs} s")
        bar("% of a core", (after[0] - before[0]) / args.runs * 100, most)
        bar("bytes written to disk", after[1] - before[1], 0)
        bar("MiB resident", after[2], 60)
    return []


def measure_reports(args: argparse.Namespace) -> list[str]:
    """Warm reports over two sizes of history."""
    small = Path(args.small).resolve() if args.small else make_corpus(args.shared, args.work / "corpus-100", 100)
    return reports.measure_reports(args, {100: small, 1000: corpus_of(args, args.megabytes)}, BARE, show, bar)


def measure_query(args: argparse.Namespace) -> list[str]:
    """The question of `daily` over a million answers."""
    sys.path.insert(0, str(ROOT))
    return reports.measure_query(args.work, args.runs, say, bar)


def measure_costs(args: argparse.Namespace) -> list[str]:
    """Money, beside that of ccusage."""
    return costs.measure_costs(args, corpus_of(args, args.megabytes), say)


def measure_emit(args: argparse.Namespace) -> list[str]:
    """What agents wait for."""
    return senders.measure_senders(args, {"empty": None, "history": corpus_of(args, args.megabytes)}, say, bar)


def measure_screen(args: argparse.Namespace) -> list[str]:
    """What somebody sees who looks on."""
    return screen.measure_screen(args.work, fleetmeter(args.command)[0], args.runs, args.home, say, bar)


def measure_browser(args: argparse.Namespace) -> list[str]:
    """The same in a browser."""
    return browser.measure_browser(args.work, fleetmeter(args.command)[0], args.runs, args.home, say, bar)


MEASURES: dict[str, tuple[Callable[[argparse.Namespace], list[str]], int]] = {
    "import": (measure_import, 5), "agents": (measure_agents, 5), "nothing-new": (measure_nothing_new, 21),
    "memory": (measure_memory, 3), "latency": (measure_latency, 1000), "idle": (measure_idle, 180),
    "reports": (measure_reports, 21), "costs": (measure_costs, 1), "query": (measure_query, 7),
    "emit": (measure_emit, 51), "screen": (measure_screen, 40),
    "browser": (measure_browser, 40),
}  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(
        "python tests/bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=MEASURES)
    parser.add_argument("--corpus", help="a corpus that exists; without it one is made in the work folder")
    parser.add_argument("--small", help="the same of 100 MB, for `reports`")
    parser.add_argument("--megabytes", type=int, default=1000, help="the size of a corpus that is made")
    parser.add_argument("--shared", type=Path, default=SHARED, help="the folder of make_corpus.py")
    parser.add_argument("--tools", type=Path, default=Path("tools"), help="the folder that the peers are installed in")
    parser.add_argument("--home", help="the data folder of a history, for `screen` and `browser`")
    parser.add_argument("--work", type=Path, help="a folder for homes and corpora; a temporary one without it")
    parser.add_argument("--runs", type=int, default=0, help="runs of each program, lines, or seconds of idling")
    parser.add_argument("--syncs", type=int, default=1, help="runs of agentsview, of a minute each at 1 GB")
    parser.add_argument("--command", default="", help="the command that records, if not the installed one")
    args = parser.parse_args()
    measure, runs = MEASURES[args.what]
    args.runs = args.runs or runs
    with tempfile.TemporaryDirectory() as folder:
        args.work = (args.work or Path(folder)).resolve()
        args.work.mkdir(parents=True, exist_ok=True)
        say(f"{args.what}: {fleetmeter(args.command)[0]}, {os.cpu_count()} cores")
        wrong = measure(args)
    for words in wrong[:20]:
        say(f"WRONG: {words}")
    say("exact" if not wrong else f"{len(wrong)} differences from the truth")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
