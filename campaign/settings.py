"""Read the settings: config.py, the environment, what a test gives; refuse unsafe ones."""

import base64
import binascii
import os
import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError
from werkzeug.sansio.utils import host_is_trusted

from campaign.errors import CampaignError

PROJECT = Path(__file__).resolve().parent.parent
SECRETS = ("SECRET_KEY", "MASTER_KEYS")
LOOPBACK_HOSTS = ("127.0.0.1", "localhost", "::1")
SHORTEST_SECRET = 32  # characters
FEWEST_LETTERS = 8  # different ones; "aaaa…" is long, but no secret
KEY_BYTES = 32
# Before the "@" stand at most 64 octets (RFC 5321 4.5.3.1.1), and ours add a "+" and a token of 52.
MAILBOX = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,10}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")


class SettingsError(CampaignError):
    """The installation is set up so that it must not start."""


def load(given: Mapping[str, object] | None = None) -> dict[str, object]:
    """Return all settings, typed like their defaults in config.py.

    Raises SettingsError with one sentence per fault.
    """
    settings = {**_defaults(), **_from_environment(), **(given or {})}
    if settings["MODE"] not in ("demo", "production"):
        raise SettingsError("CAMPAIGN_MODE is either demo or production.")
    folder = PROJECT / str(settings["INSTANCE_FOLDER"])  # An absolute folder stays as it is.
    settings["INSTANCE_FOLDER"] = str(folder)
    inbound = str(settings["INBOUND_FOLDER"] or folder / "inbound")
    settings["INBOUND_FOLDER"] = str(PROJECT / inbound)
    settings["BASE_URL"] = str(settings["BASE_URL"]).rstrip("/")
    if settings["MODE"] == "demo":
        _make_folder(folder)
        _make_secrets(settings, folder)
    for name, file in (("DATABASE_URL", "campaign.sqlite"), ("KEYSTORE_URL", "keys.sqlite")):
        if not settings[name]:
            _make_folder(folder)
        settings[name] = _database_url(settings[name], folder / file)
    faults = list(_faults(settings))
    if faults:
        raise SettingsError(" ".join(faults))
    return settings


def master_keys(setting: str) -> dict[str, bytes]:
    """Return name -> 32 bytes, newest first, of the MASTER_KEYS setting. Raises SettingsError."""
    keys: dict[str, bytes] = {}
    for part in filter(None, (part.strip() for part in setting.split(","))):
        name, _, text = part.partition(":")
        try:
            key = base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError) as error:
            raise SettingsError("A key of CAMPAIGN_MASTER_KEYS is not base64.") from error
        if len(key) != KEY_BYTES or not name:
            raise SettingsError("Each of CAMPAIGN_MASTER_KEYS is name:base64 of 32 bytes.")
        if name in keys:
            raise SettingsError("Two of CAMPAIGN_MASTER_KEYS have the same name.")
        keys[name] = key
    return keys


# --- Reading -------------------------------------------------------------------------------


def _defaults() -> dict[str, object]:
    import config

    return {name: getattr(config, name) for name in dir(config) if name.isupper()}


def _from_environment() -> dict[str, object]:
    found: dict[str, object] = {}
    for name, default in _defaults().items():
        variable = f"CAMPAIGN_{name}"
        value = os.environ.get(variable)
        if value is None and (path := os.environ.get(f"{variable}_FILE")):
            value = _read_secret(Path(path))
        if value is not None:
            found[name] = _typed(variable, value.strip(), default)
    return found


def _typed(variable: str, value: str, default: object) -> object:
    if isinstance(default, int):
        if not value.isdecimal():
            raise SettingsError(f"{variable} is a whole number of zero or more.")
        return int(value)
    return value


def _read_secret(path: Path) -> str:
    try:
        if path.stat().st_mode & 0o007:
            raise SettingsError(f"{path.name} can be read by anybody on this machine: chmod 600.")
        secret = path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise SettingsError(f"{path.name} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path.name} is not text in UTF-8.") from error
    if not secret:
        raise SettingsError(f"{path.name} is empty.")
    return secret


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(f"{folder} cannot be made: {error.strerror}.") from error


def _make_secrets(settings: dict[str, object], folder: Path) -> None:
    """Fill missing secrets from the instance folder, making them on the first run, mode 0600."""
    fresh = {
        "SECRET_KEY": lambda: secrets.token_urlsafe(48),
        "MASTER_KEYS": lambda: "first:" + base64.b64encode(secrets.token_bytes(32)).decode(),
    }
    for name in SECRETS:
        if not settings[name]:
            path = folder / name.lower()
            if not path.exists():
                _write_once(path, fresh[name]())
            settings[name] = _read_secret(path)


def _write_once(path: Path, secret: str) -> None:
    """Write a secret whole, mode 0600, unless another process was first: then its counts."""
    unfinished = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    try:
        handle = os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(secret)
        with suppress(FileExistsError):
            path.hardlink_to(unfinished)
    except OSError as error:
        raise SettingsError(f"{path.name} cannot be written: {error.strerror}.") from error
    finally:
        unfinished.unlink(missing_ok=True)


def _database_url(url: object, path: Path) -> str:
    text = str(url) or f"sqlite:///{path}"
    for plain in ("postgresql://", "postgres://"):
        if text.startswith(plain):
            return "postgresql+psycopg://" + text.removeprefix(plain)
    return text


# --- Refusing ------------------------------------------------------------------------------


def _faults(settings: Mapping[str, object]) -> Iterator[str]:
    yield from _time_faults(str(settings["NOW"]))
    yield from _database_faults(settings)
    yield from _mail_faults(settings)
    if _address(str(settings["QUICK_EXIT_URL"])) is None:
        yield "CAMPAIGN_QUICK_EXIT_URL is an address that starts with https:// or http://."
    try:
        master_keys(str(settings["MASTER_KEYS"]))
    except SettingsError as error:
        yield str(error)
    base = _address(str(settings["BASE_URL"]))
    if base is None or base.path or base.query or base.fragment or base.username:
        yield "CAMPAIGN_BASE_URL is an address without a path, like https://campaign.example."
        return
    hosts = [host.strip() for host in str(settings["TRUSTED_HOSTS"]).split(",") if host.strip()]
    if settings["MODE"] == "production":
        yield from _production_faults(settings, base, hosts)
    elif {base.hostname, *hosts} - set(LOOPBACK_HOSTS):
        yield (
            "In demo mode CAMPAIGN_BASE_URL and CAMPAIGN_TRUSTED_HOSTS are addresses of this "
            "machine only."
        )


def _address(text: str, schemes: tuple[str, ...] = ("http", "https")) -> SplitResult | None:
    """Return the parts of an address that names a host, or None."""
    try:
        parts = urlsplit(text)
        is_whole = parts.scheme in schemes and parts.hostname and parts.port != 0
    except ValueError:
        return None
    return parts if is_whole else None


def _time_faults(now: str) -> Iterator[str]:
    moment = None
    with suppress(ValueError):
        moment = datetime.fromisoformat(now)
    if now and (moment is None or moment.tzinfo is None):
        yield "CAMPAIGN_NOW is a time with its offset, like 2005-04-01T09:00:00Z."


def _database_faults(settings: Mapping[str, object]) -> Iterator[str]:
    for name in ("DATABASE_URL", "KEYSTORE_URL"):
        driver = ""
        with suppress(ArgumentError, ValueError):
            driver = make_url(str(settings[name])).drivername
        if driver not in ("sqlite", "postgresql+psycopg"):
            yield f"CAMPAIGN_{name} is a sqlite:/// or a postgresql:// address."
    if settings["DATABASE_URL"] == settings["KEYSTORE_URL"]:
        yield "CAMPAIGN_KEYSTORE_URL must be another database than CAMPAIGN_DATABASE_URL."


def _mail_faults(settings: Mapping[str, object]) -> Iterator[str]:
    smtp = str(settings["SMTP_URL"])
    if smtp and _address(smtp, ("smtp", "smtps")) is None:
        yield "CAMPAIGN_SMTP_URL starts with smtp:// or smtps:// and names a host."
    if "@" not in parseaddr(str(settings["MAIL_FROM"]))[1]:
        yield "CAMPAIGN_MAIL_FROM is a mail address."
    mailbox = str(settings["REPLY_MAILBOX"])
    if mailbox and not MAILBOX.fullmatch(mailbox):
        yield (
            "CAMPAIGN_REPLY_MAILBOX is a mail address with at most 11 characters before the @, "
            "like reply@example.org."
        )


def _production_faults(
    settings: Mapping[str, object], base: SplitResult, hosts: list[str]
) -> Iterator[str]:
    secret = str(settings["SECRET_KEY"])
    is_guessable = len(secret) < SHORTEST_SECRET or len(set(secret)) < FEWEST_LETTERS
    is_foreign = not host_is_trusted(base.hostname, hosts)
    wrong = {
        "CAMPAIGN_BASE_URL must start with https://.": base.scheme != "https",
        "CAMPAIGN_SMTP_URL is missing.": not settings["SMTP_URL"],
        "CAMPAIGN_SECRET_KEY must be random and have at least 32 characters.": is_guessable,
        "CAMPAIGN_MASTER_KEYS is missing.": not settings["MASTER_KEYS"],
        "CAMPAIGN_TRUSTED_HOSTS is missing.": not hosts,
        "CAMPAIGN_TRUSTED_HOSTS lacks the host of CAMPAIGN_BASE_URL.": bool(hosts) and is_foreign,
        "CAMPAIGN_FLOOD_CONTROL must stay on.": settings["FLOOD_CONTROL"] != "on",
        "CAMPAIGN_NOW belongs to demo mode.": bool(settings["NOW"]),
    }
    yield from (sentence for sentence, is_wrong in wrong.items() if is_wrong)
