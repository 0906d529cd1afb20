"""What the HTTP server loads. WSGI: every view is synchronous, a thread and a pooled connection each."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "console.settings")
application = get_wsgi_application()
