"""Which file system holds a folder. SQLite's shared memory works only where all readers share one kernel."""

import os
from collections.abc import Callable

from store.errors import FleetmeterError

Detector = Callable[[str], str]

NETWORK = frozenset(
    "9p afs beegfs ceph cifs coda davfs gfs2 glusterfs gpfs lustre ncpfs nfs nfs4 ocfs2 orangefs pvfs2 smb2 smb3 smbfs "
    "vboxsf fuse.ceph fuse.davfs2 fuse.gcsfuse fuse.glusterfs fuse.gvfsd-fuse fuse.juicefs fuse.rclone fuse.s3fs "
    "fuse.sshfs fuse.vmhgfs-fuse".split()
)


def filesystem_type(folder: str, mountinfo: str = "/proc/self/mountinfo") -> str:
    """The kernel's name of it, or "" where the kernel keeps no mountinfo."""
    target = os.fsencode(os.path.realpath(folder))
    found, length = b"", -1
    try:
        with open(mountinfo, "rb") as lines:
            for line in lines:
                mount, _, rest = line.partition(b" - ")
                # Space, tab, newline and backslash are written as octal escapes, which Python reads alike.
                point = mount.split(b" ")[4].decode("unicode_escape").encode("latin-1").rstrip(b"/")
                # Of two mounts on one point the later hides the earlier.
                if len(point) >= length and (target == point or target.startswith(point + b"/")):
                    found, length = rest.split(b" ")[0], len(point)
    except FileNotFoundError:
        return ""
    return found.decode("ascii", "replace")


def refuse_network(folder: str, detect: Detector = filesystem_type) -> None:
    kind = detect(folder)
    if kind in NETWORK:
        raise FleetmeterError(
            f"{folder} lies on a network file system ({kind}), where a database in WAL mode gets damaged",
            hint="set FLEETMETER_HOME to a folder on a disk of this machine",
        )
