"""What is recorded, as it is: sources, refusals, agents, sessions, conversations, events."""
