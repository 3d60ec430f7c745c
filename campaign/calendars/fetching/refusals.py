"""Why nothing was fetched from an address; none of it repeats what a server said."""

from typing import Final

from campaign.errors import InvalidError
from campaign.languages import lazy_gettext as _

LARGEST_ANSWER: Final = 1024 * 1024  # bytes, packed and unpacked
SECONDS: Final = 5  # for all of it: name, connection, answer


class AddressUnreadable(InvalidError):
    """An address that is none, or not of a kind that calendars have."""

    def __init__(self) -> None:
        """Say which are taken."""
        super().__init__(
            _("Give the public address of a calendar: https://, http:// or webcal:// and a name.")
        )


class HostUnknown(InvalidError):
    """A name that leads nowhere, or to where we do not go: which of both is nobody's business."""

    def __init__(self) -> None:
        """Say that nothing was fetched."""
        super().__init__(_("No public server is known by the name in this address."))


class FetchMoved(InvalidError):
    """An address that only points to another one, which we do not follow."""

    def __init__(self) -> None:
        """Say what to give instead."""
        super().__init__(_("This address only points to another one: give the one where it ends."))


class FetchTooSlow(InvalidError):
    """A server that takes too long."""

    def __init__(self) -> None:
        """Say how long it may take."""
        super().__init__(
            _("The calendar did not arrive within %(seconds)s seconds.", seconds=SECONDS)
        )


class FetchTooLarge(InvalidError):
    """An answer that is too large."""

    def __init__(self) -> None:
        """Say how large it may be."""
        super().__init__(
            _(
                "This calendar is too large to be fetched: it may have %(megabytes)s MB.",
                megabytes=LARGEST_ANSWER // 1024 // 1024,
            )
        )


class FetchFailed(InvalidError):
    """A server that does not answer as it should."""

    def __init__(self) -> None:
        """Say so, and nothing of what the server said."""
        super().__init__(_("The server at this address gave no calendar."))
