"""OpenCode as far as its database goes: tables that change in place, a log of events, forks that copy."""

import json
import os
import sqlite3
from itertools import count
from pathlib import Path
from typing import Any

SCHEMA = """
create table if not exists event_sequence (aggregate_id text primary key, seq integer not null, owner_id text);
create table if not exists event (
    id text primary key, aggregate_id text not null, seq integer not null, type text not null, data text not null,
    foreign key (aggregate_id) references event_sequence (aggregate_id) on delete cascade
);
create unique index if not exists event_aggregate_seq_idx on event (aggregate_id, seq);
create table if not exists session (
    id text primary key, parent_id text, directory text not null, title text not null, version text not null,
    time_created integer not null, time_updated integer not null
);
create table if not exists message (
    id text primary key, session_id text not null, time_created integer not null, time_updated integer not null,
    data text not null, foreign key (session_id) references session (id) on delete cascade
);
create table if not exists part (
    id text primary key, message_id text not null, session_id text not null, time_created integer not null,
    time_updated integer not null, data text not null,
    foreign key (message_id) references message (id) on delete cascade
);
create index if not exists message_session_idx on message (session_id);
create index if not exists part_session_idx on part (session_id);
"""
BEGIN = 1_795_216_000_000

Json = dict[str, Any]


class Agent:
    """A program that writes. Its clock goes on by a second with every message."""

    def __init__(self, path: Path, *, has_log: bool = True, mode: str = "wal", seed: str = "a") -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path, self._has_log, self._seed = path, has_log, seed
        self.now, self._count = BEGIN, count(1)
        self.database = sqlite3.connect(path, isolation_level=None, timeout=5, check_same_thread=False)
        for statement in (f"pragma journal_mode = {mode}", "pragma foreign_keys = on", "pragma synchronous = normal"):
            self.database.execute(statement).fetchall()
        self.database.executescript(SCHEMA)
        if not has_log:
            self.database.executescript("drop table event; drop table event_sequence")

    def id(self, kind: str) -> str:
        return f"{kind}_{(self.now << 12) % (1 << 48) | 1:012x}{self._seed}{next(self._count):013}"

    def session(self, directory: str = "/src/app", parent: str | None = None, title: str = "A title") -> str:
        self.now += 1000
        id_ = self.id("ses")
        info: Json = {"id": id_, "directory": directory, "title": title, "version": "1.18.33"}
        info |= {"parentID": parent} if parent else {}
        self._tell(id_, "session.created.1", {"sessionID": id_, "info": info | {"time": self._times()}})
        return id_

    def ask(self, session: str, text: str, *, created: int | None = None) -> str:
        self.now += 1000
        id_, created = self.id("msg"), created or self.now
        self._tell(session, "message.updated.1", {"sessionID": session, "info": {
            "id": id_, "sessionID": session, "role": "user", "time": {"created": created}, "agent": "build",
        }})  # fmt: skip
        self.part(session, id_, {"type": "text", "text": text})
        self.touch(session)
        return id_

    def answer(
        self, session: str, prompt: str, *, output: int = 10, reasoning: int = 5, created: int | None = None,
        is_completed: bool = True, parts: tuple[Json, ...] = (), **more: Any,
    ) -> str:  # fmt: skip
        self.now += 1000
        id_, created = self.id("msg"), created or self.now
        zero = {"input": 0, "output": 0, "reasoning": 0, "cache": {"read": 0, "write": 0}}
        info: Json = {
            "id": id_, "sessionID": session, "role": "assistant", "time": {"created": created}, "parentID": prompt,
            "modelID": "m-1", "providerID": "p", "agent": "build", "path": {"cwd": "/src/app", "root": "/src/app"},
            "cost": 0, "tokens": zero,
        }  # fmt: skip
        self.update(session, info)
        self.part(
            session, id_, {"type": "text", "text": f"reply {created}", "time": {"start": created, "end": created + 1}}
        )
        for part in parts:
            self.part(session, id_, part)
        used = {"input": 100, "output": output, "reasoning": reasoning, "cache": {"read": 1000, "write": 7}}
        info |= {"tokens": used, "cost": 0.25, "finish": "stop"} | more
        self.update(session, info)
        if is_completed:
            self.update(session, info | {"time": {"created": created, "completed": created + 500}})
        return id_

    def update(self, session: str, info: Json) -> None:
        self._tell(session, "message.updated.1", {"sessionID": session, "info": info})

    def part(self, session: str, message: str, part: Json) -> str:
        id_ = part.get("id") or self.id("prt")
        part = {"id": id_, "sessionID": session, "messageID": message} | part
        self._tell(session, "message.part.updated.1", {"sessionID": session, "part": part, "time": self.now})
        return id_

    def touch(self, session: str, **more: Any) -> None:
        row = self.database.execute("select directory, title, time_created from session where id = ?", (session,))
        directory, title, created = row.fetchone()
        info = {"id": session, "directory": directory, "title": title, "version": "1.18.33"} | more
        info["time"] = {"created": created, "updated": self.now}
        self._tell(session, "session.updated.1", {"sessionID": session, "info": info})

    def fork(self, session: str) -> str:
        """A copy of a conversation: new ids, the times and the tokens of the old ones."""
        rows = self.database.execute("select id, data from message where session_id = ? order by id", (session,))
        messages = rows.fetchall()
        fork, names = self.session(title="A title (fork #1)"), dict[str, str]()
        for old, data in messages:
            self.now += 1
            names[old] = id_ = self.id("msg")
            info = json.loads(data) | {"id": id_, "sessionID": fork}
            if "parentID" in info:
                info["parentID"] = names.get(info["parentID"], info["parentID"])
            self.update(fork, info)
            parts = self.database.execute("select data from part where message_id = ? order by id", (old,)).fetchall()
            for (part,) in parts:
                self.part(fork, id_, json.loads(part))
        return fork

    def delete(self, session: str) -> None:
        self.database.execute("begin immediate")
        self.database.execute("delete from session where id = ?", (session,))
        self.forget(session)
        self.database.execute("commit")

    def forget(self, session: str) -> None:
        """Old events are pruned; what they made stays in the tables."""
        if self._has_log:
            self.database.execute("delete from event_sequence where aggregate_id = ?", (session,))

    def talk(self, session: str, turns: int) -> None:
        for turn in range(turns):
            prompt = self.ask(session, f"ask {turn} of {session}")
            self.answer(session, prompt, output=turn + 1)

    def close(self) -> None:
        self.database.close()

    def crash(self) -> None:
        """What a killed program leaves behind: its log is not folded into the file."""
        for name in ("-wal", "-shm"):
            beside = Path(f"{self.path}{name}")
            if beside.exists():
                os.link(beside, f"{beside}.kept")
        self.database.close()
        for name in ("-wal", "-shm"):
            kept = Path(f"{self.path}{name}.kept")
            if kept.exists():
                os.replace(kept, f"{self.path}{name}")

    def _times(self) -> Json:
        return {"created": self.now, "updated": self.now}

    def _tell(self, session: str, type_: str, data: Json) -> None:
        run = self.database.execute
        run("begin immediate")
        self._project(type_, data)
        if self._has_log:
            seq = run("select seq + 1 from event_sequence where aggregate_id = ?", (session,)).fetchone() or (0,)
            run(
                "insert into event_sequence values (?, ?, null) on conflict do update set seq = excluded.seq",
                (session, seq[0]),
            )
            run("insert into event values (?, ?, ?, ?, ?)", (self.id("evt"), session, *seq, type_, json.dumps(data)))
        run("commit")

    def _project(self, type_: str, data: Json) -> None:
        run, now = self.database.execute, self.now
        if "part" in data:
            part = data["part"]
            kept = {key: value for key, value in part.items() if key not in ("id", "sessionID", "messageID")}
            run(
                "insert into part values (?, ?, ?, ?, ?, ?) on conflict do update set data = excluded.data, "
                "time_updated = excluded.time_updated",
                (part["id"], part["messageID"], part["sessionID"], now, now, json.dumps(kept)),
            )
            return
        info = data["info"]
        if type_.startswith("session."):
            times = info["time"]["created"], info["time"]["updated"]
            run(
                "insert into session values (?, ?, ?, ?, ?, ?, ?) on conflict do update set title = excluded.title, "
                "time_updated = excluded.time_updated",
                (info["id"], info.get("parentID"), info["directory"], info["title"], info["version"], *times),
            )
            return
        kept = {key: value for key, value in info.items() if key not in ("id", "sessionID")}
        run(
            "insert into message values (?, ?, ?, ?, ?) on conflict do update set data = excluded.data, "
            "time_updated = excluded.time_updated",
            (info["id"], info.get("sessionID", ""), info["time"].get("created", now), now, json.dumps(kept)),
        )
