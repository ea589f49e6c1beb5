"""Why a figure is what it is: the answers behind it, each with its place and its price."""
