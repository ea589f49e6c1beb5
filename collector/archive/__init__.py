"""The lines themselves, kept; and everything that is made again from them."""
