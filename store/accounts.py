"""What accounts are called: by the user's name, else by the name of their folder, by its path where two have that."""

import os
import sqlite3
from collections import Counter
from collections.abc import Collection, Mapping

Root = tuple[str, str]  # an agent, and the folder of the account


def name_accounts(
    connection: sqlite3.Connection, device_id: int, found: Mapping[Root, str], given: Collection[str], user: str
) -> dict[Root, str]:
    """The name of every account; found are the roots of today under their plain names, given those the user named.

    Accounts that are only recorded, of a folder that this look does not include, count too: their history is shown
    beside the others'. Where a plain name is taken twice, each is renamed to its path, unless the user chose the name.
    """
    rows = connection.execute("select agent, root, name from account where device_id = ?", (device_id,)).fetchall()
    known = {(agent, root): name for agent, root, name in rows}
    plain = {root: os.path.basename(root[1]) if name == _path(root, user) else name for root, name in known.items()}
    plain |= found
    uses = Counter((agent, name) for (agent, _), name in plain.items())
    names = {
        root: _path(root, user) if uses[root[0], name] > 1 and root[1] not in given else name
        for root, name in plain.items()
    }
    connection.executemany(
        "update account set name = ? where device_id = ? and agent = ? and root = ?",
        [(names[root], device_id, *root) for root, name in known.items() if names[root] != name],
    )
    return names


def _path(root: Root, user: str) -> str:
    """The folder as people write it."""
    home = os.path.realpath(user) + "/"
    return "~/" + root[1][len(home) :] if root[1].startswith(home) else root[1]
