"""`fleetmeter service`: the collector as a service of the user's own: a systemd user unit, or a launchd agent."""

import os
import subprocess
import sys
from collections.abc import Iterable
from xml.sax.saxutils import escape

from store import home as homes
from store.errors import FleetmeterError
from viewers.collecting.running import command
from viewers.screen import terminal
from viewers.screen.text import clean
from viewers.trouble import UsageTrouble

UNIT, AGENT = "fleetmeter.service", "fleetmeter.collector"
ACTS = ("install", "uninstall", "status")
SYSTEMD = """\
[Unit]
Description=fleetmeter: records what coding agents do

[Service]
ExecStart={command}
{environment}Restart=on-failure
RestartSec=10
UMask=0077
Nice=5

[Install]
WantedBy=default.target
"""
LAUNCHD = """\
<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
    <key>Label</key><string>{label}</string>
    <key>ProgramArguments</key><array>{command}</array>
    <key>EnvironmentVariables</key><dict>{environment}</dict>
    <key>RunAtLoad</key><true/>
    <key>KeepAlive</key><dict><key>SuccessfulExit</key><false/></dict>
    <key>ProcessType</key><string>Background</string>
</dict>
</plist>
"""


def run(variables: Iterable[str], *, act: str, is_dry: bool) -> int:
    """Do it, or only show what would be done. variables: those that say where agents keep their files."""
    if act not in ACTS:
        raise UsageTrouble(f"`service` can {', '.join(ACTS[:-1])} and {ACTS[-1]}, not {act}")
    is_mac = sys.platform == "darwin"
    path = place(is_mac)
    if act == "status":
        terminal.show(f"{clean(path)}: {'installed' if os.path.exists(path) else 'not installed'}")
        return 0
    text = (launchd if is_mac else systemd)(command(), environment(variables))
    calls = _calls(act, path, is_mac)
    if is_dry:
        terminal.show(f"# {clean(path)}", *map(clean, text.splitlines() if act == "install" else ["# is removed"]))
        terminal.show(*(f"# {clean(' '.join(call))}" for call in calls))
        return 0
    if os.geteuid() == 0:
        raise FleetmeterError(
            "nothing is installed as root: a collector records one user, as that user",
            hint="run it as yourself, or look at `fleetmeter service install --dry-run`",
        )
    if act == "install":
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
    for call in calls:
        _call(call, must=act == "install")
    if act == "uninstall" and os.path.exists(path):
        os.unlink(path)
    terminal.show(f"{act}ed: {clean(path)}")
    return 0


def place(is_mac: bool) -> str:
    """Where its description lies."""
    if is_mac:
        return os.path.expanduser(f"~/Library/LaunchAgents/{AGENT}.plist")
    shared = os.environ.get("XDG_CONFIG_HOME", "").strip() or os.path.expanduser("~/.config")
    return os.path.join(shared, "systemd", "user", UNIT)


def environment(variables: Iterable[str]) -> dict[str, str]:
    """A service begins without the variables of a shell: those that say where things lie are written down."""
    names = dict.fromkeys(("FLEETMETER_HOME", *variables))
    found = {name: os.environ[name] for name in names if os.environ.get(name)}
    return {**found, "FLEETMETER_HOME": homes.locate()}


def systemd(words: list[str], variables: dict[str, str]) -> str:
    lines = "".join(f"Environment={_quoted(f'{name}={value}')}\n" for name, value in variables.items())
    return SYSTEMD.format(command=" ".join(_quoted(word).replace("$", "$$") for word in words), environment=lines)


def launchd(words: list[str], variables: dict[str, str]) -> str:
    pairs = "".join(f"<key>{escape(name)}</key><string>{escape(value)}</string>" for name, value in variables.items())
    return LAUNCHD.format(
        label=AGENT, command="".join(f"<string>{escape(word)}</string>" for word in words), environment=pairs
    )


def _quoted(word: str) -> str:
    """As systemd reads it: % begins a name of its own, and a line ends nothing."""
    if "\n" in word:
        raise FleetmeterError("a line break in a path or a variable cannot be written into a unit")
    return '"' + word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%") + '"'


def _calls(act: str, path: str, is_mac: bool) -> list[list[str]]:
    if is_mac:
        domain = f"gui/{os.getuid()}"
        return [
            ["launchctl", "bootstrap", domain, path] if act == "install" else ["launchctl", "bootout", domain, path]
        ]
    if act == "install":
        return [["systemctl", "--user", "daemon-reload"], ["systemctl", "--user", "enable", "--now", UNIT]]
    return [["systemctl", "--user", "disable", "--now", UNIT]]


def _call(words: list[str], *, must: bool) -> None:
    try:
        done = subprocess.run(words, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise FleetmeterError(f"there is no `{words[0]}` here", hint="use `fleetmeter start` instead") from error
    if done.returncode and must:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise FleetmeterError(f"`{' '.join(words)}` failed: {said[-1] if said else done.returncode}")
