"""All settings in one file; what differs between machines is read from the environment."""

import os
import re
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from servicedesk.lib import environment, secret_keys
from servicedesk.processes import places

BASE_DIR = places.TREE
SERVERS = places.find()
VAR = SERVERS.var

# The newest heading of the change log is the version, so the two cannot disagree.
_headings = re.findall(r"^## v?(\d+\.\d+\S*)", (BASE_DIR / "CHANGELOG.md").read_text(), re.M)
VERSION = _headings[0] if _headings else "0.0"

DEBUG = False
SECRET_KEY = environment.text("SECRET_KEY") or secret_keys.kept(VAR, "secret_key")
PHONE_HASH_KEY = environment.text("PHONE_HASH_KEY") or secret_keys.kept(VAR, "phone_hash_key")

# Addresses. PUBLIC_URL alone decides whether cookies and redirects insist on https.
PORT = environment.number("PORT", 8000, least=1, most=65535)
PUBLIC_URL = environment.web_address("PUBLIC_URL", f"http://127.0.0.1:{PORT}")
IS_HTTPS = PUBLIC_URL.startswith("https://")
ALLOWED_HOSTS = environment.words("ALLOWED_HOSTS") or [
    re.sub(r"^https?://|:\d+$", "", PUBLIC_URL),
    "127.0.0.1",
    "localhost",
    "[::1]",
]
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
# Only a proxy named here may say who the client is and that it came by https.
TRUSTED_PROXIES = environment.words("TRUSTED_PROXIES")
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = IS_HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = IS_HTTPS
SECURE_HSTS_PRELOAD = IS_HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = IS_HTTPS
_prefix = "__Host-" if IS_HTTPS else ""
SESSION_COOKIE_NAME = f"{_prefix}session"
CSRF_COOKIE_NAME = f"{_prefix}csrf"
CSRF_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "worker-src": ["'self'"],
        "manifest-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "object-src": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}

# Apps look down only: each may use those above it in this list.
DESK_APPS = [
    "organisation",
    "customers",
    "notifications",
    "assignment",
    "tickets",
    "surveys",
    "reports",
]
INSTALLED_APPS = [
    "servicedesk",
    *DESK_APPS,
    "demonstration",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_htmx",
    "csp",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "servicedesk.middleware.BrokenTextMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "servicedesk.middleware.SessionLimitsMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "servicedesk.refusals.RefusalMiddleware",
    "tickets.middleware.AccessLogMiddleware",
]
ROOT_URLCONF = "servicedesk.urls"
WSGI_APPLICATION = "servicedesk.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.template.context_processors.tz",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "servicedesk.rail.rail",
                "demonstration.context.demonstration",
            ],
        },
    }
]
CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "bootstrap5"

# PostgreSQL alone holds truth. A ticket with all its people is one row from fifteen tables: seeking
# the best order of eight at a time takes ten times as long as the rest of the page. The time limits
# are the web's: loops and workers may take longer. A loop that was frozen gives up the rows it holds,
# so that its copy goes on with them.
_time_limits = {
    "web": (
        " -c statement_timeout=15s -c lock_timeout=2s -c idle_in_transaction_session_timeout=10s"
    ),
    "loop": " -c idle_in_transaction_session_timeout=5s",
}
DATABASES = {"default": environment.database("DATABASE_URL", SERVERS.database_url)}
DATABASES["default"] |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
DATABASES["default"]["OPTIONS"]["options"] = "-c join_collapse_limit=4" + _time_limits.get(
    environment.text("SERVICEDESK_PROCESS"), ""
)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# People and sessions: 30 minutes idle, 12 hours in all, kept in the database so they can be ended.
AUTH_USER_MODEL = "organisation.Staff"
AUTHENTICATION_BACKENDS = ["organisation.signing_in.DeskBackend"]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = LOGOUT_REDIRECT_URL = "home"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
_validators = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"{_validators}.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": f"{_validators}.CommonPasswordValidator"},
]
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_IDLE_SECONDS = 30 * 60
SESSION_MOST_SECONDS = 12 * 60 * 60
SESSION_COOKIE_AGE = SESSION_MOST_SECONDS
SESSION_EXPIRE_AT_BROWSER_CLOSE = True

# What a request may carry.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
DATA_UPLOAD_MAX_NUMBER_FILES = 10
FILE_UPLOAD_PERMISSIONS = 0o600

# Words and time.
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("en", _("English")), ("zh-hans", _("Simplified Chinese"))]
LOCALE_PATHS = [BASE_DIR / "servicedesk" / "locale"]
FORMAT_MODULE_PATH = "servicedesk.formats"
TIME_ZONE = environment.text("TIME_ZONE", "Asia/Shanghai")
USE_TZ = True

# Files. Hashed names let browsers keep them for ever.
STATIC_URL = "/static/"
STATIC_ROOT = VAR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
MEDIA_ROOT = VAR / "files"

# Messages that leave. Without SMTP_URL they stay on this machine, in the demonstration's sink.
MAIL_SINK_PORT = environment.number("MAIL_SINK_PORT", 8025, most=65535)
MAIL_SINK_FOLDER = VAR / "mail"
USES_MAIL_SINK = not environment.text("SMTP_URL")
# The same for text messages and webhooks; SINK_LOG gets one lasting line per hand-over to a sink.
HTTP_SINK_PORT = environment.number("HTTP_SINK_PORT", 8026, most=65535)
HTTP_SINK_FOLDER = VAR / "caught"
USES_HTTP_SINK = not (environment.text("SMS_GATEWAY_URL") or environment.text("SMS_GATEWAY"))
SINK_LOG = Path(given) if (given := environment.text("SINK_LOG")) else None
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
globals().update(environment.mail_server("SMTP_URL", f"smtp://127.0.0.1:{MAIL_SINK_PORT}"))
EMAIL_TIMEOUT = 10
MESSAGE_DOMAIN = environment.text("MESSAGE_DOMAIN", "servicedesk.invalid")
DEFAULT_FROM_EMAIL = environment.text("MAIL_FROM", f"servicedesk@{MESSAGE_DOMAIN}")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
# Text messages: SMS_GATEWAY_URL names a gateway that speaks HTTP, SMS_GATEWAY one that takes mail.
_sink = f"http://127.0.0.1:{HTTP_SINK_PORT}/sms"
SMS_GATEWAY = environment.text("SMS_GATEWAY")
SMS_GATEWAY_URL = environment.gateway("SMS_GATEWAY_URL", _sink)
SMS_STATUS_URL = environment.gateway("SMS_STATUS_URL", f"{_sink}/status" if USES_HTTP_SINK else "")
SMS_GATEWAY_SECRET = environment.text("SMS_GATEWAY_SECRET")
SMS_GATEWAY_TOKEN = environment.text("SMS_GATEWAY_TOKEN")
SMS_SENDER = environment.text("SMS_SENDER")
# Networks of one's own that webhooks may reach beside the public ones.
WEBHOOK_NETWORKS = environment.networks("WEBHOOK_NETWORKS")

# The queue. Redis may be emptied at any second: rows in PostgreSQL say what is still to do.
REDIS_URL = environment.text("REDIS_URL", SERVERS.redis_url)
CELERY_BROKER_URL = re.sub(r"^unix://", "redis+socket://", REDIS_URL)
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 60,
    "unacked_restore_interval": 1,
    "unacked_restore_throttle": 1,
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
    "socket_keepalive": True,
    # A relay that waited for the broker would hold back what it can deliver itself.
    "max_retries": 0,
    "health_check_interval": 10,
}
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_SOFT_TIME_LIMIT = 20
CELERY_TASK_TIME_LIMIT = 30
CELERY_TASK_CREATE_MISSING_QUEUES = False
# A queue and a worker for each channel: one whose other side hangs holds up nobody else.
CELERY_TASK_DEFAULT_QUEUE = "email"
CELERY_TASK_QUEUES = {
    name: {"exchange": name, "routing_key": name} for name in ("email", "sms", "webhook", "bulk")
}
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 20
# An idle worker holds nothing that its rows would not bring back, so nobody waits for it.
CELERY_WORKER_ENABLE_SOFT_SHUTDOWN_ON_IDLE = False
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_WORKER_MAX_TASKS_PER_CHILD = 1000
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 300_000
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_TIMEZONE = "UTC"
# A worker that receives nothing for so long, while its queue holds something, ends itself.
WORKER_DEAF_SECONDS = environment.number("WORKER_DEAF_SECONDS", 30, least=1)

# Long work and standing tasks, by name: a higher app may have one without a lower knowing it.
JOBS: dict[str, str] = {
    "import": "tickets.importing.run_job",
    "replan": "tickets.replanning.run_job",
    "report_xlsx": "reports.exports.build_month",
    "watch_xlsx": "reports.watch_exports.build_list",
}
HOUSEKEEPING: list[tuple[str, int]] = [
    ("surveys.invitations.draw_new", 5),
    ("surveys.invitations.close_windows", 5),
    ("organisation.guarding.forget", 900),
    ("notifications.heartbeats.forget", 3600),
    ("notifications.posting.forget", 3600),
    ("tickets.lookups.forget_old_tries", 900),
    ("tickets.orphan_alarm.tell", 300),
    ("tickets.renewing.renew_due", 5),
    ("surveys.guessing.forget", 3600),
    ("reports.exports.forget_expired", 300),
    ("tickets.housekeeping.forget_old_runs", 3600),
]

# What people hold beside their tickets, asked before an account is deactivated or moved.
HELD_WORK = ["surveys.taken.by"]

# What each app ships as rows, in the order in which they lean on each other.
PRESETS = [
    "organisation.presetting.load_calendars",
    "tickets.presetting.load",
    "tickets.shipped_lists.load",
    "surveys.presetting.load",
    "reports.targets.seed",
    "reports.thresholds.seed",
]

# Real complaint data for the tests that want it.
REAL_DATA = BASE_DIR / os.environ.get("REAL_DATA", "../shared/data")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": environment.text("LOG_LEVEL", "WARNING")},
}
