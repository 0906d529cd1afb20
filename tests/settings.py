"""The console's settings over real parts.

Where DATABASE_URL or VALKEY_URL is absent, PostgreSQL or Valkey is started from its wheel, once per test session: by
the process that is asked first (with xdist the controller, whose environment the workers inherit).
"""

import os

from tests import parts

os.environ.update(parts.start_missing(os.environ))

from console.settings import *  # noqa: F403

# The real hasher takes a third of a second per user, on purpose.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# Only here may a table be truncated that nothing else may empty: pytest-django does so after each transactional test.
DATABASES["default"]["OPTIONS"]["options"] += " -c stagedoor.truncate=on"  # noqa: F405
