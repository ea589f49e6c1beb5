"""What viewers that look on are made of: a read, and a drawing of what was read, in lines of words and the names of
their styles. It knows of no terminal, so that the terminal app, a snapshot on paper and tests show the same."""
