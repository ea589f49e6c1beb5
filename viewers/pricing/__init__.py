"""Prices: what they are, where they come from, and all costs made anew from them."""
