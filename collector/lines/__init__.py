"""What lines say, as far as it is the same for many agents."""
