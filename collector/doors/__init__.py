"""What programs send, and what is asked of vendors: sockets, HTTP, telemetry."""
