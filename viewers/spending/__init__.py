"""Where the money went: of a session, of caches, of tools and files, between two ranges, out of line."""
