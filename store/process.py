"""Which process it is: a pid alone says nothing, for the system gives it to another one when its owner has ended."""

import os
import signal


def birth(pid: int) -> str:
    """When a process began, in words that no later one of this pid shares; "" when there is none, or nobody knows."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            words = file.read().rpartition(b") ")[2].split()
        if words[0] in (b"Z", b"X"):
            return ""  # it has ended, and only its parent has not looked yet
        ticks = words[19].decode()
        with open("/proc/sys/kernel/random/boot_id") as file:
            return f"{ticks}@{file.read().strip()}"
    except (OSError, IndexError):
        pass
    if os.path.exists("/proc/self/stat"):
        return ""
    import subprocess  # only here, and it takes as long to import as all else

    done = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return "_".join(done.stdout.split())


def send(pid: int, born: str, number: signal.Signals) -> bool:
    """Signal the process that began then, and no other; says whether there was one."""
    if pid <= 1 or pid == os.getpid() or not born:
        return False
    if not hasattr(os, "pidfd_open"):
        if birth(pid) != born:
            return False
        os.kill(pid, number)
        return True
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return False
    try:
        # Opened first, and looked at then: this descriptor is of whoever is looked at, now and later.
        if birth(pid) != born:
            return False
        signal.pidfd_send_signal(descriptor, number)
    except ProcessLookupError:
        return False
    finally:
        os.close(descriptor)
    return True
