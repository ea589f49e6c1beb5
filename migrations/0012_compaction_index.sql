-- A session's compactions are asked for whenever its context is shown.

create index compaction_session on compaction (session_key, at);
