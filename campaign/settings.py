"""Read the settings: config.py, the environment, what a test gives; refuse unsafe ones."""

import base64
import binascii
import os
import secrets
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from campaign.errors import CampaignError

PROJECT = Path(__file__).resolve().parent.parent
SECRETS = ("SECRET_KEY", "MASTER_KEYS")
LOOPBACK_HOSTS = ("127.0.0.1", "localhost", "::1")


class SettingsError(CampaignError):
    """The installation is set up so that it must not start."""


def load(given: Mapping[str, object] | None = None) -> dict[str, object]:
    """Return all settings, typed like their defaults in config.py.

    Raises SettingsError with one sentence per fault.
    """
    settings = {**_defaults(), **_from_environment(), **(given or {})}
    folder = Path(str(settings["INSTANCE_FOLDER"]))
    folder = folder if folder.is_absolute() else PROJECT / folder
    settings["INSTANCE_FOLDER"] = str(folder)
    if settings["MODE"] not in ("demo", "production"):
        raise SettingsError("CAMPAIGN_MODE is either demo or production.")
    if settings["MODE"] == "demo":
        _make_secrets(settings, folder)
    settings["DATABASE_URL"] = _database_url(settings["DATABASE_URL"], folder / "campaign.sqlite")
    settings["KEYSTORE_URL"] = _database_url(settings["KEYSTORE_URL"], folder / "keys.sqlite")
    faults = _faults(settings)
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
        if len(key) != 32 or not name:
            raise SettingsError("Each of CAMPAIGN_MASTER_KEYS is name:base64 of 32 bytes.")
        keys[name] = key
    return keys


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
            found[name] = _typed(variable, value, default)
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
        return path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise SettingsError(f"{path.name} cannot be read: {error.strerror}.") from error


def _make_secrets(settings: dict[str, object], folder: Path) -> None:
    """Fill missing secrets from the instance folder, making them on the first run, mode 0600."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = {
        "SECRET_KEY": lambda: secrets.token_urlsafe(48),
        "MASTER_KEYS": lambda: "first:" + base64.b64encode(secrets.token_bytes(32)).decode(),
    }
    for name in SECRETS:
        if settings[name]:
            continue
        path = folder / name.lower()
        try:
            handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        except FileExistsError:
            settings[name] = _read_secret(path)
            continue
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            settings[name] = fresh[name]()
            file.write(str(settings[name]))


def _database_url(url: object, path: Path) -> str:
    text = str(url) or f"sqlite:///{path}"
    for plain in ("postgresql://", "postgres://"):
        if text.startswith(plain):
            return "postgresql+psycopg://" + text.removeprefix(plain)
    return text


def _faults(settings: Mapping[str, object]) -> list[str]:
    faults = []
    if settings["NOW"]:
        try:
            moment = datetime.fromisoformat(str(settings["NOW"]))
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None:
            faults.append("CAMPAIGN_NOW is a time with its offset, like 2005-04-01T09:00:00Z.")
    master_keys(str(settings["MASTER_KEYS"]))
    if settings["MODE"] == "demo":
        if urlsplit(str(settings["BASE_URL"])).hostname not in LOOPBACK_HOSTS:
            faults.append("In demo mode CAMPAIGN_BASE_URL is an address of this machine only.")
        return faults
    return faults + _production_faults(settings)


def _production_faults(settings: Mapping[str, object]) -> list[str]:
    wrong = {
        "CAMPAIGN_BASE_URL must start with https://.": (
            not str(settings["BASE_URL"]).startswith("https://")
        ),
        "CAMPAIGN_SMTP_URL is missing.": not settings["SMTP_URL"],
        "CAMPAIGN_SECRET_KEY must have at least 32 characters.": (
            len(str(settings["SECRET_KEY"])) < 32 or len(set(str(settings["SECRET_KEY"]))) < 8
        ),
        "CAMPAIGN_MASTER_KEYS is missing.": not settings["MASTER_KEYS"],
        "CAMPAIGN_TRUSTED_HOSTS is missing.": not settings["TRUSTED_HOSTS"],
        "CAMPAIGN_FLOOD_CONTROL must stay on.": settings["FLOOD_CONTROL"] != "on",
        "CAMPAIGN_NOW belongs to demo mode.": bool(settings["NOW"]),
    }
    return [sentence for sentence, is_wrong in wrong.items() if is_wrong]
