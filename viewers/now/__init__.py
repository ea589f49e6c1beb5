"""What stands now: plan limits, contexts, alerts."""
