"""What somebody should know, and who is told of it."""
