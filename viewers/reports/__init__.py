"""The reports: what was used and what it cost, by day, week, month, session, project, model, agent or window."""
