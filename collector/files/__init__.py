"""The files of agents: where they are, which have news, their bytes as whole lines."""
