"""The one side that knows how the database is opened, migrated, written and priced."""
