"""The processes of agents: shown, ended and pinned. Who looks and acts is passed in."""
