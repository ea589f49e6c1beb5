"""`fleetmeter status`: whether a collector runs, how far it is, and what troubles it."""

from typing import Any

from store import home as homes
from store import lock
from store.ask import ask
from store.lock import COLLECTING, Holder
from viewers.collecting import watching
from viewers.screen import format, output, terminal
from viewers.screen.text import clean
from viewers.trouble import FAILED

NOT_RUNNING = "no collector runs for {home}; `fleetmeter start` starts one"


def run(*, as_json: bool) -> int:
    """Show it; the exit code says whether a collector runs."""
    home = homes.locate()
    found = ask(home, "status")
    if found is None or "error" in found:
        holder = lock.holder(home)
        found = silent(home, holder if holder is not None and holder.doing == COLLECTING else None)
    if found["isRunning"]:
        found["processes"] = watching.standing(home)
    if as_json:
        output.print_json(found)
    elif not found["isRunning"]:
        terminal.say(NOT_RUNNING.format(home=clean(home)))
    else:
        terminal.show(*map(clean, lines(found)))
    return 0 if found["isRunning"] else FAILED


def silent(home: str, holder: Holder | None) -> dict[str, Any]:
    """What is known where nobody answers."""
    if holder is None:
        return {"schemaVersion": 1, "isRunning": False, "home": home}
    return {"schemaVersion": 1, "isRunning": True, "home": home, "pid": holder.pid, "state": "does not answer"}


def lines(found: dict[str, Any]) -> list[str]:
    """The same for people."""
    said = [f"collector   {found['state']}, pid {found['pid']}"]
    if "uptimeSeconds" not in found:
        return said
    said[0] += f", for {format.lasting(found['uptimeSeconds'])}"
    backlog: dict[str, Any] = found.get("backlog", {"files": 0})
    if backlog["files"]:
        said.append(
            f"import      {backlog['share']:.0%} done; {format.things(backlog['files'], 'file')}, "
            f"{format.size(backlog['bytes'])} left"
        )
    if "lagBytes" in found:
        said.append(f"lag         {format.size(found['lagBytes'])}, {found['lagSeconds']:.1f} s")
        files = ", ".join(f"{format.count(number)} {state}" for state, number in sorted(found["files"].items()))
        said.append(f"files       {files or 'none'}")
        said += _watches(found["watches"])
    said.append(
        f"recorded    {format.things(found['records'], 'record')}, {format.count(found['rejected'])} rejected since "
        f"the start; {found['recordsPerSecond']:g} a second in the last minute"
    )
    if "archive" in found:
        said += _archive(found["archive"])
    if found.get("feed", {}).get("files"):
        feed = found["feed"]
        said.append(
            f"feed        {format.things(feed['files'], 'file')}, {format.size(feed['waitingBytes'])} not read yet"
        )
    said += [_clean_up(one) for one in found.get("cleanUps", ())]
    if "rebuild" in found:
        said += _rebuild(found["rebuild"])
    said.append(f"database    {format.size(found['databaseBytes'])}, log {format.size(found['walBytes'])}")
    if "care" in found:
        said += _care(found["care"])
    if found.get("walHeldUpBytes"):
        said.append("            a program that reads the database keeps its log from being emptied: end it")
    if found["sqlite"]["hasWalResetBug"]:
        version = found["sqlite"]["version"]
        said.append(
            f"sqlite      {version} has the WAL-reset bug, which can damage a database, rarely: 3.51.3 mends it"
        )
    said += _telemetry(found.get("telemetry", {}))
    if "processes" in found:
        said.append(f"processes   {watching.words(found['processes'])}")
    if found.get("alerts", {}).get("open"):
        said.append(f"alerts      {found['alerts']['open']} open; `fleetmeter alerts` lists them")
    for own in found.get("limits", []):
        at = f", last at {format.minute(own['at'])}" if own["at"] else ""
        said.append(f"limits      {own['root']}: {own['state']}{at}")
    if found["lastError"]:
        said.append(f"last error  {format.minute(found['lastError']['at'])}: {found['lastError']['words']}")
    return said


def _care(care: dict[str, Any]) -> list[str]:
    checked = f"checked {format.minute(care['checkedAt'])}" if care["checkedAt"] else "not checked yet"
    backup = f"the newest backup {format.minute(care['backupAt'])}" if care["backupAt"] else "no backup was made yet"
    said = [f"            {checked}; {backup}"]
    if care["trouble"]:
        said.append(f"            {care['trouble']}")
    if care["aside"]:
        latest = care["aside"][0]
        said.append(f"put aside   {format.minute(latest['at'])}: {latest['reason']}; it lies in {latest['path']}")
    return said


def _archive(archive: dict[str, Any]) -> list[str]:
    said = [f"archive     {archive['state']}"]
    if "files" in archive:
        said[0] += f"; {format.things(archive['files'], 'file')} kept, {format.size(archive['bytes'])}"
        if archive["backlogFiles"]:
            waiting = format.things(archive["backlogFiles"], "file")
            said[0] += f"; {waiting} waiting, {format.size(archive['backlogBytes'])}"
        if archive["lostFiles"]:
            said.append(f"            {format.things(archive['lostFiles'], 'file')} gone before all was archived")
    if archive["trouble"]:
        said.append(f"            the last round failed: {archive['trouble']}")
    return said


def _clean_up(one: dict[str, Any]) -> str:
    """When an agent's own clean-up strikes, and whether what it takes is safe."""
    when = "any time now" if one["daysLeft"] <= 0 else f"in {one['daysLeft']:.0f} days"
    safe = not_safe(one["unsafeFiles"], one["unsafeBytes"])
    said = f"clean-up    {one['agent']} deletes the first of its files {when}; {safe}"
    return f"{said}, {format.things(one['safeFiles'], 'file')} archived ({format.size(one['safeBytes'])})"


def not_safe(files: int, size: int) -> str:
    """How much is not archived yet."""
    return f"{format.things(files, 'file')} not safe yet ({format.size(size)})" if files else "all is safe"


def _rebuild(rebuild: dict[str, Any]) -> list[str]:
    """Of facts that an older version made."""
    said: list[str] = []
    if rebuild["waiting"]:
        said.append(f"rebuild     {format.things(rebuild['waiting'], 'group')} of sessions to be made anew")
    if rebuild["leftFiles"]:
        files = format.things(rebuild["leftFiles"], "file")
        said.append(f"rebuild     {files} told by an older version: lines are gone and not archived, so that stays")
    return said


def _telemetry(told: dict[str, Any]) -> list[str]:
    """Of a door that is open, or should be."""
    if told.get("port") is None:
        return [f"telemetry   not taken: {told['problem']}"] if told.get("problem") else []
    lost = f", {format.things(told['lost'], 'message')} lost: too much waits in the data folder" if told["lost"] else ""
    return [
        f"telemetry   taken on port {told['port']}: {format.things(told['requests'], 'request')}, "
        f"{format.count(told['refused'])} refused{lost}"
    ]


def _watches(watches: dict[str, Any]) -> list[str]:
    trees: list[dict[str, Any]] = watches["trees"]
    polled = [tree for tree in trees if tree["polled"]]
    said = [
        f"watches     {format.things(len(trees), 'folder')}, {len(polled)} of them polled; "
        f"everything is looked at each {watches['everySeconds']:g} s"
    ]
    return said + [f"            {tree['path']} is polled: {tree['polled']}" for tree in polled]
