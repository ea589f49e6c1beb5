"""The acting side: which processes of agents run, whether they are well, how one is ended. Its database is its own."""
