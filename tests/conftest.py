"""Real parts for every test: PostgreSQL and Valkey, from DATABASE_URL and VALKEY_URL or else started from the wheels."""
