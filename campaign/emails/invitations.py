"""The calendar that a mail brings along, by which programs move its event (RFC 6047)."""

from dataclasses import asdict, dataclass
from email.message import EmailMessage
from typing import Final

KEY: Final = "invitation"
FILE_NAME: Final = "invite.ics"


@dataclass(frozen=True, slots=True)
class Invitation:
    """A calendar for one recipient, and where that recipient's answer goes.

    Raises ValueError unless the content says the same method: programs ignore what differs.
    """

    method: str  # "REQUEST" or "CANCEL"
    content: str  # the whole calendar, its lines ended by CRLF
    reply_to: str  # the address of the organizer in it

    def __post_init__(self) -> None:
        if f"\r\nMETHOD:{self.method}\r\n" not in self.content:
            raise ValueError("an invitation says its method as its content does")

    def to_values(self) -> dict[str, object]:
        """Return what `send` takes among a mail's values, under the key "invitation"."""
        return {KEY: asdict(self)}


def invitation_in(values: dict[str, object]) -> Invitation | None:
    """Return the invitation among a mail's values, if there is one."""
    stored = values.get(KEY)
    return Invitation(**stored) if isinstance(stored, dict) else None


def attach(invitation: Invitation, message: EmailMessage) -> None:
    """Add the calendar to a message of text and HTML: as one more form of it, and as a file.

    Some programs read only the one, some only the other. Bytes, since text would lose its CRLF.
    """
    content = invitation.content.encode()
    message["Reply-To"] = invitation.reply_to
    message.add_alternative(
        content,
        maintype="text",
        subtype="calendar",
        cte="base64",
        params={"charset": "UTF-8", "method": invitation.method, "component": "VEVENT"},
    )
    message.add_attachment(
        content,
        maintype="application",
        subtype="ics",
        cte="base64",
        filename=FILE_NAME,
        params={"name": FILE_NAME},
    )
