"""What every test may use. The real parts behind it, PostgreSQL and Valkey, are started by tests/settings.py."""
