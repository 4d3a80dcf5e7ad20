"""Every setting: its name, type, default and meaning. Settings come from the environment and nowhere else."""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
LONGEST_WAIT = 60.0


class SettingError(Exception):
    """A setting is missing or cannot be read; the message names it and says what it takes."""


def setting(variable: str, default: Any, meaning: str) -> Any:
    """A dataclass field that is read from the environment `variable`."""
    return field(default=default, metadata={"variable": variable, "meaning": meaning})


def _flag(words: str) -> bool:
    if words.lower() in {"1", "true", "yes", "on"}:
        return True
    if words.lower() in {"0", "false", "no", "off", ""}:
        return False
    raise ValueError("takes 1 or 0")


@dataclass(frozen=True)
class Settings:
    """The settings of one process. `Settings.read(os.environ)` makes them; `flask doctor` prints them."""

    instance: Path = setting(  # noqa: RUF009 — a dataclass field, made once
        "CONFAPP_INSTANCE", Path("instance"), "Folder for secrets, the SQLite file and the disposable cache."
    )
    database_url: str = setting(
        "DATABASE_URL", "", "postgresql://... for many machines; empty: SQLite in the instance folder."
    )
    secret_key: str = setting(
        "CONFAPP_SECRET_KEY",
        "",
        "Signs cookies. Empty with SQLite: made on first start and kept in the instance folder.",
    )
    audit_key: str = setting(
        "CONFAPP_AUDIT_KEY", "", "Keys the hashes of personal values in the audit chain; made like the secret key."
    )
    base_url: str = setting(
        "CONFAPP_BASE_URL", "http://127.0.0.1:5000", "The address people use; written into calendars, mails and feeds."
    )
    clock_file: str = setting(
        "CONFAPP_CLOCK_FILE", "", "For tests: a file that holds the moment to take for now, ISO 8601 with offset."
    )
    is_testing: bool = setting("CONFAPP_TESTING", False, "For tests: cheap password hashes, no throttling.")
    is_behind_tls: bool = setting(
        "CONFAPP_TLS", False, "1 where people reach the app by https: cookies become Secure and HSTS is sent."
    )
    proxies: int = setting("CONFAPP_PROXIES", 0, "How many proxies in front set X-Forwarded-For, -Proto and -Host.")
    mail_url: str = setting(
        "CONFAPP_MAIL_URL",
        "",
        "smtp://[user:password@]host[:port] or smtps://...; empty: mails are written into instance/mail.",
    )
    mail_from: str = setting("CONFAPP_MAIL_FROM", "confapp@localhost", "Sender of the app's mails.")
    websub_hub: str = setting(
        "CONFAPP_WEBSUB_HUB", "", "Address of a WebSub hub that is told of every release; empty: none."
    )
    outgoing_allow: str = setting(
        "CONFAPP_OUTGOING_ALLOW",
        "",
        "Private networks that webhooks and pings may reach, such as 10.1.0.0/16,fd00::/8; empty: none.",
    )
    upload_limit: int = setting("CONFAPP_UPLOAD_LIMIT", 20_000_000, "Largest accepted request body, in bytes.")
    file_wait: float = setting(
        "CONFAPP_FILE_WAIT", 10.0, "Seconds that a request waits for a file which the worker is making."
    )
    rate_limit_storage: str = setting(
        "CONFAPP_RATE_LIMIT_STORAGE", "memory://", "Where sign-in throttling counts; redis://... to share it."
    )
    metrics_token: str = setting(
        "CONFAPP_METRICS_TOKEN", "", "The bearer token with which Prometheus reads /metrics; empty: nobody can."
    )
    log_level: str = setting("CONFAPP_LOG_LEVEL", "INFO", "DEBUG, INFO, WARNING or ERROR.")

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> Settings:
        """Settings from `environment`; raises SettingError for a value of the wrong type."""
        values: dict[str, Any] = {}
        for declared in fields(cls):
            words = environment.get(declared.metadata["variable"])
            if words is not None:
                values[declared.name] = _typed(declared.metadata["variable"], words, type(declared.default))
        return cls(**values).completed()

    @property
    def is_embedded(self) -> bool:
        """Whether the database is the SQLite file in the instance folder."""
        return not self.database_url

    @property
    def sqlalchemy_url(self) -> str:
        """The database's address in SQLAlchemy's words."""
        if self.is_embedded:
            return f"sqlite:///{self.instance.resolve() / 'confapp.sqlite3'}"
        if self.database_url.startswith("sqlite:"):
            return self.database_url
        return "postgresql+psycopg://" + self.database_url.split("://", 1)[1]

    @property
    def cache_folder(self) -> Path:
        """Copies of made files; may be deleted at any time."""
        return self.instance / "cache"

    def completed(self) -> Settings:
        """These settings with secrets: made on first start when embedded, demanded otherwise."""
        self.check()
        missing = {
            name: variable
            for name, variable in (("secret_key", "CONFAPP_SECRET_KEY"), ("audit_key", "CONFAPP_AUDIT_KEY"))
            if not getattr(self, name)
        }
        if not missing:
            return self
        if not self.is_embedded:
            names = " and ".join(missing.values())
            raise SettingError(f"Set {names} in the environment: with DATABASE_URL, every machine must share them.")
        made: dict[str, Any] = {name: _kept_secret(self.instance / f"{name}.txt") for name in missing}
        return replace(self, **made)

    def check(self) -> None:
        """Raise SettingError for values that cannot be; what may hold a password is not repeated."""
        if self.database_url and not self.database_url.startswith(("postgresql://", "postgres://", "sqlite:")):
            raise SettingError("DATABASE_URL must start with postgresql:// (or be empty for SQLite).")
        mail = urlsplit(self.mail_url)
        if self.mail_url and (mail.scheme not in {"smtp", "smtps"} or not mail.hostname):
            raise SettingError(
                "CONFAPP_MAIL_URL cannot be read: it starts with smtp:// or smtps://, then names a host."
            )
        base = urlsplit(self.base_url)
        wanted = {
            "base_url": (base.scheme in {"http", "https"} and bool(base.netloc), "give http:// or https:// and a host"),
            "mail_from": ("@" in self.mail_from and self.mail_from.isprintable(), "give an e-mail address"),
            "proxies": (self.proxies >= 0, "give a number from 0"),
            "upload_limit": (self.upload_limit > 0, "give a number of bytes from 1"),
            "file_wait": (0 <= self.file_wait <= LONGEST_WAIT, f"give seconds from 0 to {LONGEST_WAIT:g}"),
            "log_level": (self.log_level in LOG_LEVELS, f"give one of {', '.join(LOG_LEVELS)}"),
        }
        for name, (is_well, advice) in wanted.items():
            if not is_well:
                variable = next(each.metadata["variable"] for each in fields(self) if each.name == name)
                raise SettingError(f"{variable}={getattr(self, name)} cannot be: {advice}.")


def _typed(variable: str, words: str, wanted: type[Any]) -> Any:
    try:
        if wanted is bool:
            return _flag(words)
        return Path(words) if issubclass(wanted, Path) else wanted(words)
    except ValueError as error:
        raise SettingError(f"{variable}={words!r} cannot be read: {error}.") from error


def _kept_secret(path: Path) -> str:
    """The secret kept in a file; made, readable by its owner alone, when there is none yet."""
    try:
        kept = path.read_text(encoding="ascii").strip() if path.exists() else ""
        return kept or _new_secret(path)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise SettingError(f"The instance folder {path.parent} cannot be used: {reason}.") from error


def _new_secret(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+", encoding="ascii") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # two first starts at once make one secret
        secret = file.read().strip() or secrets.token_urlsafe(48)
        file.seek(0)
        file.write(secret)
    return secret
