"""With which settings does the site run? Everything that differs between machines comes from the environment.

DATABASE_URL            postgresql://user:password@host/name; without it, the PostgreSQL of our own wheel
YANGCAI_HOME            folder of database, files, key (default: var/ of the checkout, else of the current folder)
YANGCAI_SECRET_KEY      else made once, in YANGCAI_HOME/secret_key
YANGCAI_HOSTS           host names served, comma-separated;  YANGCAI_ORIGINS  https://… origins trusted for forms
YANGCAI_BEHIND_TLS      1: a reverse proxy sets X-Forwarded-Proto and adds to X-Forwarded-For
YANGCAI_PROXIES         how many proxies before the site add to it whom they heard (default: 1 behind TLS, else 0)
YANGCAI_SANDBOX         1: demo and replay: the clock can be moved, cookies work without TLS
YANGCAI_DEBUG           1: error pages for developers
YANGCAI_LIVE_PORT       port of the live hall's process (`yangcai serve` sets it); without it the pages ask now and then
YANGCAI_NAME            name under which the platform signs log and receipts (default: the first of YANGCAI_HOSTS)
YANGCAI_LOG             folder of the public log's files (default: YANGCAI_HOME/log)
YANGCAI_PROBE           http(s) address of the site, for the worker's health journal to look at (default: not looked at)
YANGCAI_LOG_SIGNER      socket of the process that holds the log's key (`yangcai signer`); without it the site holds it
YANGCAI_LOG_SM2         1: the log signs in SM2 too, in a second line (needs openssl; default in a sandbox that has it)
YANGCAI_UPLOAD_MAX_MB   largest single file (default 100)
YANGCAI_FILE_KEYS       who keeps the key of opened bids' files, module:function (default: YANGCAI_HOME/keys/files.key)
YANGCAI_SEALS           who signs papers: demo (default in the sandbox), or module:function
YANGCAI_TRUST           a PEM file of roots by which signatures are believed, besides those of the seals
YANGCAI_SITE            https://… address of the site in e-mails (default: first of YANGCAI_ORIGINS)
YANGCAI_EMAIL_BACKEND   Django's mail backend (default: the console); YANGCAI_EMAIL_FROM, _HOST, _PORT, _USER, _PASSWORD
YANGCAI_SMS             gateway of text messages, a dotted path (default in the sandbox: a file);  YANGCAI_IM messengers
YANGCAI_TIMESTAMPS      who stamps them: demo (default in the sandbox), or an http(s) address (RFC 3161)
"""

import os
import secrets
import shutil
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from yangcai.kernel import embedded_postgres

PACKAGE = Path(__file__).resolve().parent
CHECKOUT = PACKAGE.parent


class Misconfigured(ImproperlyConfigured):
    """A variable of the environment is wrong; said in both languages, as none is chosen yet."""

    def __init__(self, *, zh: str, en: str) -> None:
        self.zh, self.en = zh, en
        super().__init__(en)


def flag(name: str, *, default: bool = False) -> bool:
    """An environment variable that is on or off; where it is not set, as by default."""
    given = os.environ.get(name, "").lower()
    return given in {"1", "true", "yes", "on"} if given else default


def listed(name: str, default: str = "") -> list[str]:
    """A comma-separated environment variable."""
    return [part.strip() for part in os.environ.get(name, default).split(",") if part.strip()]


def home() -> Path:
    """The folder of everything that the program keeps."""
    if given := os.environ.get("YANGCAI_HOME"):
        return Path(given).absolute()
    return (CHECKOUT if (CHECKOUT / "pyproject.toml").exists() else Path.cwd()) / "var"


def number(name: str, default: int) -> int:
    """An environment variable that is a whole number."""
    given = os.environ.get(name) or str(default)
    if not given.isdecimal():
        raise Misconfigured(zh=f"{name} 应为整数：{given}", en=f"{name} must be a whole number: {given}")
    return int(given)


def megabytes(name: str, default: int) -> int:
    """An environment variable that is a size; in bytes."""
    return number(name, default) * 2**20


def secret_key() -> str:
    """From the environment, else made once for this home; of two processes that start together, one wins."""
    if given := os.environ.get("YANGCAI_SECRET_KEY"):
        return given
    path = YANGCAI_HOME / "secret_key"
    if not path.exists():
        YANGCAI_HOME.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=YANGCAI_HOME, prefix="secret_key.")  # mode 0600
        with os.fdopen(descriptor, "w") as out:
            out.write(secrets.token_urlsafe(64))
        try:
            os.link(temporary, path)
        except FileExistsError:
            pass
        finally:
            os.unlink(temporary)
    return path.read_text()


def database(url: str) -> dict[str, Any]:
    """Django's form of a postgresql:// URL. A socket folder may stand as ?host=/…; other parameters go to libpq."""
    try:
        parts = urlsplit(url)
        port = str(parts.port or "")
    except ValueError as error:
        raise Misconfigured(zh=f"DATABASE_URL 写法有误：{error}", en=f"DATABASE_URL is malformed: {error}") from error
    if parts.scheme not in {"postgres", "postgresql"}:
        raise Misconfigured(
            zh="DATABASE_URL 须以 postgresql:// 开头，不支持其他数据库",
            en="DATABASE_URL must begin with postgresql://; no other database is supported",
        )
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    host = options.pop("host", "") or unquote(parts.hostname or "")
    return {
        "ENGINE": "yangcai.kernel.postgres",
        "NAME": unquote(parts.path.lstrip("/")) or "yangcai",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": port,
        "CONN_MAX_AGE": 600,  # what a connection has prepared goes with it
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }


def in_sandbox(database: dict[str, Any]) -> None:
    """Tell each connection that the sandbox clock counts; without this the database keeps its own time."""
    given = database["OPTIONS"].get("options", "")
    database["OPTIONS"]["options"] = f"{given} -c yangcai.sandbox=on".strip()


DEBUG = flag("YANGCAI_DEBUG")
YANGCAI_SANDBOX = flag("YANGCAI_SANDBOX")
YANGCAI_HOME = home()
YANGCAI_FILES = YANGCAI_HOME / "files"
YANGCAI_LOG = Path(os.environ.get("YANGCAI_LOG") or YANGCAI_HOME / "log")
#: Part of the health journal where it is set (tendering/health.py).
YANGCAI_PROBE = os.environ.get("YANGCAI_PROBE", "")
YANGCAI_LOG_SIGNER = os.environ.get("YANGCAI_LOG_SIGNER", "")
#: Who holds the key apart starts `yangcai signer` with --sm2 as well.
YANGCAI_LOG_SM2 = flag("YANGCAI_LOG_SM2", default=YANGCAI_SANDBOX and shutil.which("openssl") is not None)
YANGCAI_UPLOAD_MAX_BYTES = megabytes("YANGCAI_UPLOAD_MAX_MB", 100)
#: Who wraps the keys of files that lie enciphered in the store (kernel/file_keys.py).
YANGCAI_FILE_KEYS = os.environ.get("YANGCAI_FILE_KEYS", "")
YANGCAI_BEHIND_TLS = flag("YANGCAI_BEHIND_TLS")
#: Behind a reverse proxy it is asked for under /live/ of the site itself, else at this port of the same host.
YANGCAI_LIVE_PORT = number("YANGCAI_LIVE_PORT", 0)
#: OCDS prefix: a publisher registers its own; this one is the unregistered example.
YANGCAI_OCID_PREFIX = os.environ.get("YANGCAI_OCID_PREFIX", "ocds-000000")
#: Who signs and stamps papers (kernel/signatures/configured.py).
YANGCAI_SEALS = os.environ.get("YANGCAI_SEALS", "demo" if YANGCAI_SANDBOX else "")
YANGCAI_TIMESTAMPS = os.environ.get("YANGCAI_TIMESTAMPS", "demo" if YANGCAI_SANDBOX else "")
YANGCAI_TIMESTAMPS_SECONDS = int(os.environ.get("YANGCAI_TIMESTAMPS_SECONDS") or "10")
YANGCAI_TRUST = os.environ.get("YANGCAI_TRUST", "")
WITHOUT_TLS = DEBUG or YANGCAI_SANDBOX
#: Posts that decide on money or approvals act only after TOTP or a passkey; a demo signs in with one click.
YANGCAI_SECOND_FACTOR = not YANGCAI_SANDBOX

SECRET_KEY = secret_key()
ALLOWED_HOSTS = listed("YANGCAI_HOSTS", "localhost,127.0.0.1,[::1]")
YANGCAI_NAME = os.environ.get("YANGCAI_NAME") or ALLOWED_HOSTS[0]
CSRF_TRUSTED_ORIGINS = listed("YANGCAI_ORIGINS")

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "yangcai.kernel",
    "yangcai.parties",
    "yangcai.funds",
    "yangcai.credit",
    "yangcai.planning",
    "yangcai.cases",
    "yangcai.tendering",
    "yangcai.frameworks",
    "yangcai.contracts",
    "yangcai.controls",
    "yangcai.challenges",
    "yangcai.supervision",
    "yangcai.portal",
    "yangcai.notifications",
    "yangcai.ocds",
    "yangcai.demo",
    "yangcai.api",
    "yangcai.www",
]

MIDDLEWARE = [
    "yangcai.www.timings.TimingMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "yangcai.www.csp.ContentSecurityPolicyMiddleware",
    "yangcai.api.lane.TokenLane",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "yangcai.www.sizes.SizeMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "yangcai.www.middleware.PostMiddleware",
]

ROOT_URLCONF = "yangcai.urls"
WSGI_APPLICATION = "yangcai.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        # Before the apps' own, so that our account pages win over allauth's.
        "DIRS": [PACKAGE / "www" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "yangcai.www.context.page",
            ],
        },
    },
]

# The pieces of a form may be ours: a choice begins as a label does (templates/django/forms/widgets).
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# ---------------------------------------------------------------- database

DATABASES = {
    "default": database(
        os.environ.get("DATABASE_URL") or embedded_postgres.status(YANGCAI_HOME / "postgres").dsn,
    ),
}
if YANGCAI_SANDBOX:
    in_sandbox(DATABASES["default"])
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# In the database, so that the limit on failed logins holds over all worker processes.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "platform_cache"}}

# ---------------------------------------------------------------- language and time

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("简体中文")), ("en", _("英文"))]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

# ---------------------------------------------------------------- people

AUTH_USER_MODEL = "parties.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
CSRF_FAILURE_VIEW = "yangcai.www.errors.stale_page"
LOGIN_REDIRECT_URL = "choose_post"
ACCOUNT_ADAPTER = "yangcai.www.accounts.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_SESSION_REMEMBER = False  # a session ends with the browser, or with the working day
# Five wrong passwords lock a login name for fifteen minutes; ten a minute lock an address.
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/15m/key"}
# Whose address that is: behind a proxy not the proxy's own, which would be everybody's.
ALLAUTH_TRUSTED_PROXY_COUNT = number("YANGCAI_PROXIES", int(YANGCAI_BEHIND_TLS))
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_ISSUER = "阳采"
MFA_ADAPTER = "yangcai.www.factors.FactorAdapter"
MFA_FORMS = {
    "add_webauthn": "yangcai.www.factors.AddPasskey",
    "edit_webauthn": "yangcai.www.factors.RenamePasskey",
    "activate_totp": "yangcai.www.factors.ActivateTotp",
    "authenticate": "yangcai.www.factors.Authenticate",
    "reauthenticate": "yangcai.www.factors.Reauthenticate",
}
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = WITHOUT_TLS

# ---------------------------------------------------------------- what leaves the platform

YANGCAI_SITE = (
    os.environ.get("YANGCAI_SITE") or next(iter(CSRF_TRUSTED_ORIGINS), f"http://{ALLOWED_HOSTS[0]}")
).rstrip("/")
#: Channel -> its gateway (notifications/gateways); empty: that channel is not offered.
TO_FILE = "yangcai.notifications.gateways.file.FileGateway" if YANGCAI_SANDBOX else ""
YANGCAI_GATEWAYS = {
    "email": "yangcai.notifications.gateways.mail.Mail",
    "sms": os.environ.get("YANGCAI_SMS", TO_FILE),
    "im": os.environ.get("YANGCAI_IM", TO_FILE),
}
EMAIL_BACKEND = os.environ.get("YANGCAI_EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend")
EMAIL_HOST = os.environ.get("YANGCAI_EMAIL_HOST", "localhost")
EMAIL_PORT = number("YANGCAI_EMAIL_PORT", 25)
EMAIL_HOST_USER = os.environ.get("YANGCAI_EMAIL_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("YANGCAI_EMAIL_PASSWORD", "")
EMAIL_USE_TLS = flag("YANGCAI_EMAIL_TLS")
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = os.environ.get("YANGCAI_EMAIL_FROM") or f"yangcai@{YANGCAI_NAME}"

# ---------------------------------------------------------------- files

STATIC_URL = "/static/"
STATIC_ROOT = None if WITHOUT_TLS else YANGCAI_HOME / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if WITHOUT_TLS
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = WITHOUT_TLS
FILE_UPLOAD_MAX_MEMORY_SIZE = 2**20  # above it, to a temporary file
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 2**20  # of a request without its files
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000  # a score matrix: suppliers × experts × criteria
DATA_UPLOAD_MAX_NUMBER_FILES = 50

# ---------------------------------------------------------------- transport

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = not WITHOUT_TLS
SESSION_COOKIE_AGE = 8 * 60 * 60  # one working day
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SECURE_HSTS_SECONDS = 0 if WITHOUT_TLS else 365 * 24 * 60 * 60
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]  # HSTS of the whole domain is for its owner to decide
if YANGCAI_BEHIND_TLS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": [], "level": "WARNING", "propagate": True},
        # Whatever is wrong with a signature is a finding; the library would log a traceback beside it.
        "pyhanko": {"level": "CRITICAL"},
        "pyhanko_certvalidator": {"level": "CRITICAL"},
    },
}
