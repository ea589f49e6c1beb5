"""The looking side: reports, tables and ad-hoc SQL over the database, never over the agents' files."""
