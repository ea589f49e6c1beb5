"""The schema in order, NNNN_name.sql, and the public views. Data only: store runs it."""
