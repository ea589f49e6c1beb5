"""The same as JSON for programs: one module for each kind of answer, one entry each in the table of routes."""
