"""From lines to rows: once, or for as long as a collector runs."""
