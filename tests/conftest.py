"""Real parts for every test: PostgreSQL and Valkey by DATABASE_URL and VALKEY_URL, or else started from the wheels."""
