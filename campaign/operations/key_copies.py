"""The one newest copy of the wrapped keys, apart from backups of the data."""

import base64
import json
from pathlib import Path

from campaign.errors import CampaignError, InvalidError
from campaign.languages import lazy_gettext as _
from campaign.operations.files import appearing
from campaign.vault import key_store


class OtherKeysError(CampaignError):
    """The key store has another key for a scope than the copy: one of the two would be lost."""


def backup_keys(path: Path) -> int:
    """Overwrite the one newest copy of the wrapped keys, mode 0600; return how many.

    A line is [scope, name of the master key, wrapped key in base64, when it was made].
    """
    keys = key_store.everything()
    with appearing(path) as file:
        for scope, master, wrapped, made_at in keys:
            line = [scope, master, base64.b64encode(wrapped).decode(), made_at.isoformat()]
            file.write(f"{json.dumps(line)}\n".encode())
    return len(keys)


def restore_keys(path: Path) -> int:
    """Add the wrapped keys of a copy to those that are here; return how many it holds.

    A second time changes nothing. Raises InvalidError for a damaged file, OtherKeysError; nothing
    is added then.
    """
    try:
        keys = [_read(line) for line in path.read_text(encoding="utf-8").splitlines()]
    except (TypeError, ValueError) as error:
        raise InvalidError(_("This file is no copy of a key store, or it is damaged.")) from error
    here = {scope: wrapped for scope, _master, wrapped, _made_at in key_store.everything()}
    if any(here.get(scope, wrapped) != wrapped for scope, _master, wrapped in keys):
        raise OtherKeysError(_("This key store has other keys already: restore into a fresh one."))
    for scope, master, wrapped in keys:
        key_store.add(scope, master, wrapped)
    return len(keys)


def _read(line: str) -> tuple[str, str, bytes]:
    scope, master, wrapped, _made_at = json.loads(line)
    return str(scope), str(master), base64.b64decode(wrapped, validate=True)
