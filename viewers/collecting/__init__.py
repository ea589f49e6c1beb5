"""What makes the recording run: the collector, its service, the agents' settings, a fleet to try it on."""
