"""Questions of one's own: ad-hoc SQL behind a fence, and all rows of a view as a file."""
