"""Django settings, made from the operator's environment. The organisation's own policy lives in the database."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from rapport.config.environment import Environment, read_environment
from rapport.kit.secrets import KeyRing

ENVIRONMENT: Environment = read_environment(os.environ)
ENVIRONMENT.home.mkdir(mode=0o700, parents=True, exist_ok=True)
KEY_RING = KeyRing.load_or_create(ENVIRONMENT.key_file)


def _database(environment: Environment) -> dict[str, Any]:
    """The one database: a PostgreSQL named by its address, else a SQLite file in the data folder.

    SQLite runs in WAL mode with `synchronous=FULL`, so that a committed row survives a power cut, and takes the write
    lock at the start of each transaction, so that no transaction fails half way for want of it.
    """
    if environment.database_url:
        parts = urlsplit(environment.database_url)
        return {
            "ENGINE": "rapport.rows.postgresql",
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(parts.hostname or ""),
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": None,
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": {"connect_timeout": 10, **environment.database_options},
        }
    return {
        "ENGINE": "rapport.rows.sqlite",
        "NAME": environment.home / "rapport.sqlite3",
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA temp_store=MEMORY;",
        },
        "TEST": {"NAME": environment.home / "test.sqlite3"},
    }


SECRET_KEY = ENVIRONMENT.secret_key or KEY_RING.derive("django")
SECRET_KEY_FALLBACKS = KEY_RING.derived_secrets("django")  # so that rotating the key ring signs nobody out
DEBUG = False
_base = urlsplit(ENVIRONMENT.base_url)
_files_host = urlsplit(ENVIRONMENT.files_url or "").hostname
ALLOWED_HOSTS = sorted(
    {_base.hostname or "localhost", "127.0.0.1", "localhost", *ENVIRONMENT.allowed_hosts, *filter(None, [_files_host])}
)
CSRF_TRUSTED_ORIGINS = [f"{_base.scheme}://{_base.netloc}"]
DATABASES = {"default": _database(ENVIRONMENT)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        # Limits are counted here: a crowd of strangers must not push out the counts that hold them off.
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    },
}

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_htmx",
    "django_prose_editor",
    "rapport.events",
    "rapport.files",
    "rapport.search",
    "rapport.ui",
    "rapport.people",
    "rapport.channels",
    "rapport.hours",
    "rapport.conversations",
    "rapport.outbox",
    "rapport.notifications",
    "rapport.intake",
    "rapport.automation",
    "rapport.watching",
    "rapport.reactions",
    "rapport.desk",
    "rapport.demo",
    "rapport.config",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "rapport.desk.files.hosting.FilesHostServesFilesOnly",
    "rapport.ui.csp.ContentSecurityPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "rapport.config.foreign_requests.RefuseForeignRequests",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "rapport.desk.entering.AccessMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "rapport.config.transactions.UnsafeRequestsInOneTransaction",
]
ROOT_URLCONF = "rapport.config.urls"
WSGI_APPLICATION = "rapport.config.wsgi.application"
ASGI_APPLICATION = "rapport.config.asgi.application"

_context_processors = [
    "django.template.context_processors.request",
    "django.contrib.auth.context_processors.auth",
    "django.contrib.messages.context_processors.messages",
    "rapport.ui.context.appearance",
    "rapport.desk.status.alarms.bar",
    "rapport.desk.notifications.lines.bar",
]
_package = Path(__file__).resolve().parent.parent
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [_package / app / "templates" for app in ("ui", "desk", "demo")],
        "APP_DIRS": False,
        "OPTIONS": {
            "environment": "rapport.ui.jinja.environment",
            "context_processors": _context_processors,
            "auto_reload": False,
        },
    },
    {
        # Packages' own pages stay Django templates; ours for them lie in ui/package_templates.
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [_package / "ui" / "package_templates"],
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": _context_processors},
    },
]

AUTH_USER_MODEL = "people.Account"
AUTHENTICATION_BACKENDS = ["rapport.desk.staying.Accounts"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "rapport.desk.entering.ClosedSignUp"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_FORMS = {
    "login": "rapport.desk.account.sign_in_form.SignInForm",
    "reset_password": "rapport.desk.account.reset_form.ForgottenForm",
    "user_token": "rapport.desk.account.reset_key_form.ResetKeyForm",
}
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "rapport.desk.account.reset_keys.ResetKeys"  # noqa: S105  # a name
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
# desk.limiting counts failed sign-ins; these bound what even that may cost, and mails to one address.
ACCOUNT_RATE_LIMITS = {"login": "600/m/ip", "reset_password": "20/m/ip,5/h/key"}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Rapport"
MFA_ADAPTER = "rapport.desk.entering.EncryptedSecondFactors"
USERSESSIONS_TRACK_ACTIVITY = False
EMAIL_BACKEND = "rapport.outbox.backend.OutboxBackend"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
SILENCED_SYSTEM_CHECKS: list[str] = []

SESSION_ENGINE = "rapport.desk.staying"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _base.scheme == "https"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
CSRF_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

LANGUAGE_CODE = "en"
USE_I18N = True
LOCALE_PATHS = [_package / "ui" / "locale"]
LANGUAGES = [
    ("en", "English"),
    ("en-us", "English (US)"),
    ("de", "Deutsch"),
    ("es", "Español"),
    ("fr", "Français"),
    ("zh-hans", "简体中文"),
]
USE_TZ = True
TIME_ZONE = ENVIRONMENT.time_zone
STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
LOGGING_CONFIG = None  # rapport.config.logging sets structlog up once, before Django
