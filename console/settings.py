"""The console's settings: the only reader of the environment in this package.

Everything has a default that works on one machine; see docs/operations.md for the variables.
"""

import contextlib
import hashlib
import os
import secrets
import tempfile
from pathlib import Path
from urllib.parse import parse_qs, quote, unquote, urlsplit

BASE_DIR = Path(__file__).resolve().parent.parent
HOME = Path(os.environ.get("STAGEDOOR_HOME", BASE_DIR / ".stagedoor")).resolve()


def kept_secret(name: str) -> str:
    """A secret made once and kept in STAGEDOOR_HOME (mode 0600); the variable STAGEDOOR_<NAME> wins."""
    given = os.environ.get(f"STAGEDOOR_{name.upper()}", "").strip()  # files and secret stores add a line break
    if given:
        return given
    path = HOME / "secrets" / name
    try:
        if not path.exists():
            _make_secret(path)
        return path.read_text().strip()
    except OSError as error:
        raise SystemExit(
            f"stagedoor: {path} cannot be kept ({error.strerror}): make {HOME} writable to this user, or set "
            "STAGEDOOR_HOME to a folder that is"
        ) from None


def _make_secret(path: Path) -> None:
    for folder in (HOME, path.parent):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    fresh.touch(mode=0o600)
    fresh.write_text(secrets.token_urlsafe(48))
    with contextlib.suppress(FileExistsError):  # the first writer wins; every process reads what is kept
        os.link(fresh, path)
    fresh.unlink()


def port(variable: str, default: int) -> int:
    """Raises SystemExit with one sentence that says what to do."""
    given = os.environ.get(variable) or str(default)
    if given.isascii() and given.isdigit() and 0 < int(given) < 65536:
        return int(given)
    raise SystemExit(f"stagedoor: {variable} is {given!r}, which is no port: set a number from 1 to 65535 or unset it")


def proxies(given: str) -> int:
    """Raises SystemExit with one sentence that says what to do."""
    if given.isascii() and given.isdigit() and int(given) < 10:
        return int(given)
    raise SystemExit(
        f"stagedoor: STAGEDOOR_PROXIES is {given!r}: set how many proxies stand before the console, 0 to 9"
    )


def names(variable: str, default: str = "") -> list[str]:
    """A list separated by commas."""
    return [name.strip() for name in os.environ.get(variable, default).split(",") if name.strip()]


def socket_dir(name: str) -> Path:
    """Where an embedded server puts its Unix socket: in STAGEDOOR_HOME, unless a socket's path (107 bytes at most on
    Linux, 103 on macOS) would not fit; then in a folder of its own below the temporary one."""
    inside = HOME / name
    if len(os.fsencode(inside / ".s.PGSQL.5432.lock")) <= 103:
        return inside
    digest = hashlib.sha256(os.fsencode(HOME)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"stagedoor-{os.getuid()}-{digest}" / name


# AWS's quotas (developer guide, "Quotas"); requests_per_second and burst are the account's throttle.
AWS_LIMITS = {
    "api_keys": 10_000,
    "authorizers_per_rest_api": 10,
    "base_path_mappings_per_domain_name": 200,
    "burst": 5_000,
    "client_certificates": 60,
    "documentation_parts_per_rest_api": 2_000,
    "domain_name_access_associations": 100,
    "domain_names": 120,
    "edge_rest_apis": 120,
    "models_per_rest_api": 60,
    "private_domain_names": 50,
    "private_rest_apis": 600,
    "regional_rest_apis": 600,
    "request_validators_per_rest_api": 20,
    "requests_per_second": 10_000,
    "resource_policy_characters": 8_192,
    "resources_per_rest_api": 300,
    "stage_variables_per_stage": 100,
    "stages_per_rest_api": 10,
    "tags_per_resource": 50,
    "usage_plans": 300,
    "usage_plans_per_api_key": 10,
    "vpc_links": 20,
}


def limits(given: str) -> dict[str, int]:
    """AWS's, each as `name=number` in a list separated by commas sets it. Raises SystemExit with one sentence."""
    found = dict(AWS_LIMITS)
    for item in filter(None, (part.strip() for part in given.split(","))):
        name, _, number = item.partition("=")
        if name not in found or not (number.isascii() and number.isdigit()):
            raise SystemExit(
                f"stagedoor: STAGEDOOR_LIMITS has {item!r}, which is no limit: write name=number, the name one of "
                + ", ".join(sorted(found))
            )
        found[name] = int(number)
    return found


# Of every connection: who waits so long for another's lock is told to try again, and who holds locks and does nothing
# lets go of them. `?options=` of the URL comes after these and wins.
PATIENCE = "-c lock_timeout=10s -c idle_in_transaction_session_timeout=60s"


def database(url: str) -> dict[str, object]:
    """Django's settings for a `postgres://user:password@host:port/name?host=/socket/dir` URL.

    Raises SystemExit with one sentence that says what to do.
    """
    parts = urlsplit(url)
    try:
        usable = parts.scheme in ("postgres", "postgresql") and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise SystemExit("stagedoor: DATABASE_URL must look like postgres://user:password@host:5432/name: correct it")
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    options = f"{PATIENCE} {query.pop('options', '')}".strip()
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "stagedoor",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "OPTIONS": {"pool": {"min_size": 1, "max_size": 12, "timeout": 10}, "options": options, **query},
        "TEST": {"NAME": f"test_stagedoor_{os.getpid()}"},
    }


SECRET_KEY = kept_secret("secret_key")
# What a dataplane shows to fetch snapshots and to report.
NODE_TOKEN = kept_secret("node_token")
# Seal the secrets that the database keeps; the first seals, all of them open, so that a key can be replaced.
SEAL_KEYS: list[str] = [key for key in kept_secret("seal_keys").split(",") if key]
DEBUG = os.environ.get("STAGEDOOR_DEBUG") == "1"
ALLOWED_HOSTS = names("STAGEDOOR_ALLOWED_HOSTS", "*")
CSRF_FAILURE_VIEW = "console.core.htmx.csrf_failure"
CSRF_TRUSTED_ORIGINS = names("STAGEDOOR_TRUSTED_ORIGINS")
# Whether the admin API's OpenAPI document is shown to those who have not said who they are.
PUBLIC_SCHEMA = os.environ.get("STAGEDOOR_PUBLIC_SCHEMA") == "1"
# How many proxies stand before the console: so many of X-Forwarded-For's last addresses are believed.
PROXIES = proxies(os.environ.get("STAGEDOOR_PROXIES") or "0")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PROXIES else None

CONSOLE_PORT = port("STAGEDOOR_CONSOLE_PORT", 8000)
# Of each console process; half of them may wait for nodes and workers.
CONSOLE_THREADS = 8
GATEWAY_PORT = port("STAGEDOOR_GATEWAY_PORT", 8080)
TLS_PORT = port("STAGEDOOR_TLS_PORT", 8443)
NODE_PORT = port("STAGEDOOR_NODE_PORT", 8081)
# The small HTTP backend of `up`'s demo API; STAGEDOOR_DEMO=0 leaves the demo out, 1 brings it back.
DEMO_PORT = port("STAGEDOOR_DEMO_PORT", 8090)
DEMO = os.environ.get("STAGEDOOR_DEMO", "")
# The address under which customers reach the gateway, for the URLs that pages show.
GATEWAY_URL = os.environ.get("STAGEDOOR_GATEWAY_URL", f"http://127.0.0.1:{GATEWAY_PORT}")

ACCOUNT_ID = os.environ.get("STAGEDOOR_ACCOUNT_ID", "000000000000")
REGION = os.environ.get("STAGEDOOR_REGION", "us-east-1")
LIMITS = limits(os.environ.get("STAGEDOOR_LIMITS", ""))
# The DNS zone of the names that domain names point at, as tools write it into alias records; the default is AWS's own
# of us-east-1.
HOSTED_ZONE_ID = os.environ.get("STAGEDOOR_HOSTED_ZONE_ID", "Z1UJRXOUMOOFQ8")

# Absent, they are the embedded servers' that `manage.py up` runs.
EMBEDDED_DATABASE = not os.environ.get("DATABASE_URL")
EMBEDDED_VALKEY = not os.environ.get("VALKEY_URL")
POSTGRES_SOCKETS = socket_dir("postgres")
VALKEY_SOCKETS = socket_dir("valkey")
DATABASE_URL = os.environ.get("DATABASE_URL") or f"postgres://postgres@/stagedoor?host={quote(str(POSTGRES_SOCKETS))}"
VALKEY_URL = os.environ.get("VALKEY_URL") or f"unix://{quote(str(VALKEY_SOCKETS / 'valkey.sock'))}"
DATABASES = {"default": database(DATABASE_URL)}

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
    "console.domains",
    "console.sdks",
    "console.publishing",
    "console.telemetry",
    "console.up",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "console.core.security.content_security_policy",
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
            "builtins": ["console.core.templatetags.console", "template_partials.templatetags.partials"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

AUTH_USER_MODEL = "accounts.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "/sign-in"
LOGIN_REDIRECT_URL = "/"
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
# Where browsers come by HTTPS alone, cookies never go in the clear.
SESSION_COOKIE_SECURE = bool(CSRF_TRUSTED_ORIGINS) and all(o.startswith("https://") for o in CSRF_TRUSTED_ORIGINS)
CSRF_COOKIE_SECURE = SESSION_COOKIE_SECURE
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
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "console.accounts.wire.BearerToken",
        "console.accounts.wire.SignedRequest",
        "console.accounts.wire.SignedIn",
    ],
    "EXCEPTION_HANDLER": "console.core.wire.errors.answer",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Stagedoor admin API",
    "VERSION": "0.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "POSTPROCESSING_HOOKS": [],  # they would rename botocore's enumerations
    "APPEND_COMPONENTS": {
        "securitySchemes": {
            "sigv4": {
                "type": "apiKey",
                "name": "Authorization",
                "in": "header",
                "x-amazon-apigateway-authtype": "awsSigv4",
                "description": "Signature Version 4 of an access key, service apigateway.",
            },
            "bearer": {"type": "http", "scheme": "bearer", "description": "A token, made under Account."},
            "session": {"type": "apiKey", "in": "cookie", "name": "sessionid"},
        }
    },
}

CELERY_BROKER_URL = VALKEY_URL.replace("unix://", "redis+socket://").replace("valkey://", "redis://")
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_TIME_LIMIT = 900
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = {
    "forget old counts and import jobs": {"task": "telemetry.prune", "schedule": 3600.0},
    "forget old nodes": {"task": "publishing.prune", "schedule": 3600.0},
    "find SDKs that wait": {"task": "sdks.wake", "schedule": 60.0},
    "forget SDKs that nobody asks for": {"task": "sdks.prune", "schedule": 3600.0},
    "find imports that wait": {"task": "apis.wake_import_jobs", "schedule": 60.0},
    "seal the audit record": {"task": "accounts.seal_audit", "schedule": 60.0},
    "verify the audit record": {"task": "accounts.verify_audit", "schedule": 3600.0},
    "forget old audit entries": {"task": "accounts.prune_audit", "schedule": 3600.0},
}
# How long counts per minute are kept.
TELEMETRY_DAYS = int(os.environ.get("STAGEDOOR_TELEMETRY_DAYS", "14"))
# How long entries of the audit record are kept; 0 is for ever.
AUDIT_DAYS = int(os.environ.get("STAGEDOOR_AUDIT_DAYS") or "0")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    # A refusal is the client's to see, no event of this server's.
    "loggers": {"django.request": {"level": "ERROR"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("STAGEDOOR_LOG_LEVEL", "INFO")},
}
