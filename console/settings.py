"""The console's settings: the only reader of the environment in this package.

Everything has a default that works on one machine; see docs/operations.md for the variables.
"""

import contextlib
import os
import secrets
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

BASE_DIR = Path(__file__).resolve().parent.parent
HOME = Path(os.environ.get("STAGEDOOR_HOME", BASE_DIR / ".stagedoor")).resolve()


def kept_secret(name: str) -> str:
    """A secret made once and kept in STAGEDOOR_HOME (mode 0600); the variable STAGEDOOR_<NAME> wins."""
    given = os.environ.get(f"STAGEDOOR_{name.upper()}")
    if given:
        return given
    path = HOME / "secrets" / name
    try:
        return path.read_text()
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = path.with_name(f"{name}.{os.getpid()}")
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_urlsafe(48))
        with contextlib.suppress(FileExistsError):  # the first writer wins; every process reads what is kept
            os.link(fresh, path)
        fresh.unlink()
        return path.read_text()


def database(url: str) -> dict[str, object]:
    """Django's settings for a `postgres://user:password@host:port/name?host=/socket/dir` URL."""
    parts = urlsplit(url)
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "stagedoor",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "OPTIONS": {"pool": {"min_size": 1, "max_size": 12, "timeout": 10}, **query},
        "TEST": {"NAME": f"test_stagedoor_{os.getpid()}"},
    }


SECRET_KEY = kept_secret("secret_key")
# What a dataplane shows to fetch snapshots and to report.
NODE_TOKEN = kept_secret("node_token")
DEBUG = os.environ.get("STAGEDOOR_DEBUG") == "1"
ALLOWED_HOSTS = os.environ.get("STAGEDOOR_ALLOWED_HOSTS", "*").split(",")
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("STAGEDOOR_TRUSTED_ORIGINS", "").split(",") if o]

CONSOLE_PORT = int(os.environ.get("STAGEDOOR_CONSOLE_PORT", "8000"))
GATEWAY_PORT = int(os.environ.get("STAGEDOOR_GATEWAY_PORT", "8080"))
TLS_PORT = int(os.environ.get("STAGEDOOR_TLS_PORT", "8443"))
NODE_PORT = int(os.environ.get("STAGEDOOR_NODE_PORT", "8081"))
# The address under which customers reach the gateway, for the URLs that pages show.
GATEWAY_URL = os.environ.get("STAGEDOOR_GATEWAY_URL", f"http://127.0.0.1:{GATEWAY_PORT}")

ACCOUNT_ID = os.environ.get("STAGEDOOR_ACCOUNT_ID", "000000000000")
REGION = os.environ.get("STAGEDOOR_REGION", "us-east-1")

DATABASES = {
    "default": database(
        os.environ.get("DATABASE_URL", f"postgres://postgres@/stagedoor?host={HOME / 'postgres'}"),
    )
}
VALKEY_URL = os.environ.get("VALKEY_URL", f"unix://{HOME / 'valkey' / 'valkey.sock'}")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_htmx",
    "template_partials",
    "console.core",
    "console.accounts",
    "console.apis",
    "console.stages",
    "console.access",
    "console.publishing",
    "console.telemetry",
    "console.up",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "console.urls"
WSGI_APPLICATION = "console.wsgi.application"
APPEND_SLASH = False

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "/sign-in"
LOGIN_REDIRECT_URL = "/"
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG

USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en-us"
# An OpenAPI document of the largest size that AWS takes is 6 MB.
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024

REST_FRAMEWORK = {
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Stagedoor admin API",
    "VERSION": "0.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}

CELERY_BROKER_URL = VALKEY_URL.replace("unix://", "redis+socket://").replace("valkey://", "redis://")
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_TIME_LIMIT = 900
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "UTC"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("STAGEDOOR_LOG_LEVEL", "INFO")},
}
