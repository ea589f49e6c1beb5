"""The collector as a process that runs for months."""
