"""The web face: the same panels in a browser, on the desk and on the phone, alive, and safe to leave open."""
