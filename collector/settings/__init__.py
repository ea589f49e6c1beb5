"""What is put into agents' own settings, so that their programs tell us more; only ever when a user says so."""
